// The one error type of the package. The codes are those of the core (include/whittle/error_codes.def).

/** How a call can fail. */
export type ErrorCode =
  | 'InvalidArgument' | 'Syntax' | 'Binder' | 'Conversion' | 'OutOfRange' | 'NotFound' | 'PermissionDenied'
  | 'Io' | 'Http' | 'Timeout' | 'RangeNotSupported' | 'SourceChanged' | 'TooManyRequests' | 'Corrupt'
  | 'Encrypted' | 'Unsupported' | 'BudgetExceeded' | 'Cancelled' | 'Internal';

/** Where in the SQL text an error is: line and column from 1 (code points), offset and length in bytes. */
export interface ErrorPosition {
  line: number;
  column: number;
  offset: number;
  length: number;
}

/** What an error knows beside its message. */
export interface ErrorDetails {
  code: ErrorCode;
  message: string;
  hint?: string;
  url?: string;
  status?: number;
  line?: number;
  column?: number;
  offset?: number;
  length?: number;
}

/** Everything that whittle throws. */
export class WhittleError extends Error {
  override readonly name = 'WhittleError';
  /** What kind of failure it is. */
  readonly code: ErrorCode;
  /** The file concerned, without credentials. */
  readonly url: string | undefined;
  /** The HTTP status of the reply, if one is to blame. */
  readonly status: number | undefined;
  /** Where in the SQL text. */
  readonly position: ErrorPosition | undefined;
  /** What can be done about it. */
  readonly hint: string | undefined;

  /** @internal */
  constructor(details: ErrorDetails) {
    super(details.hint ? `${details.message}\n${details.hint}` : details.message);
    this.code = details.code;
    this.url = details.url;
    this.status = details.status;
    this.hint = details.hint;
    const { line, column = 0, offset = 0, length = 0 } = details;
    this.position = line === undefined ? undefined : { line, column, offset, length };
    this.details = details;
  }

  /** As plain data, for a message between threads. @internal */
  readonly details: ErrorDetails;
}

/** The error of a statement that its caller stopped. @internal */
export const cancelled = (): WhittleError =>
  new WhittleError({ code: 'Cancelled', message: 'the query was cancelled' });

/** An error for wrong arguments. @internal */
export const invalid = (message: string): WhittleError => new WhittleError({ code: 'InvalidArgument', message });
