// Connections, statements and results.
import type { Table } from '@uwdata/flechette';
import type { Begun, EngineCalls, FormatName } from './engine.js';
import { cancelled } from './errors.js';
import type { Cost, QueryOptions, ValueOptions } from './options.js';
import { type Parameters, encodeParameters } from './parameters.js';
import { toTable } from './table.js';

const progressInterval = 100;

/** Tells how far a result is and what it cost until now. */
async function report(engine: EngineCalls, result: number, { onProgress, onCost }: QueryOptions): Promise<void> {
  if (onProgress) onProgress(await engine.progress(result));
  if (onCost) onCost(JSON.parse(await engine.statistics(result)) as Cost);
}

/** Reports now and then while something is awaited, until stopped. */
function watch(engine: EngineCalls, result: number, options: QueryOptions): () => void {
  if (!options.onProgress && !options.onCost) return () => undefined;
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void report(engine, result, options).catch(() => undefined).finally(() => (busy = false));
  }, progressInterval);
  return () => clearInterval(timer);
}

/** A connection: settings of its own; its statements begin one after another and then run side by side. */
export class Connection {
  private opening: Promise<unknown> = Promise.resolve();

  /** @internal */
  constructor(private readonly engine: EngineCalls, private readonly id: number,
    private readonly defaults: ValueOptions) {}

  /** Runs statements and gives the rows of the last as a table.
   *  @throws WhittleError */
  async query(sql: string, options: QueryOptions = {}): Promise<Table> {
    return this.queryWith(sql, undefined, options);
  }

  /** As {@link query}, giving the rows as they come: one table per page of about 1 MB. The next page is made only
   *  when it is asked for; leaving the loop stops the statement. No rows give one table without rows. */
  async *stream(sql: string, options: QueryOptions = {}): AsyncGenerator<Table, void, void> {
    yield* this.streamWith(sql, undefined, options);
  }

  /** Runs statements for their effect. */
  async execute(sql: string, options: QueryOptions = {}): Promise<void> {
    for await (const page of this.pages('arrow', sql, undefined, options)) void page;
  }

  /** The rows of the last statement with every value as its VARCHAR cast, or null. */
  async queryText(sql: string, options: QueryOptions = {}):
  Promise<{ columns: string[]; types: string[]; rows: (string | null)[][] }> {
    return JSON.parse(await this.export('jsonLines', sql, options));
  }

  /** The rows of the last statement as text of a format: what the command would print. */
  async export(as: Exclude<FormatName, 'arrow' | 'table'>, sql: string, options: QueryOptions = {}): Promise<string> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const page of this.pages(as, sql, undefined, options)) text += decoder.decode(page, { stream: true });
    return text + decoder.decode();
  }

  /** Checks a statement and keeps it for repeated use. Parameters are `?`, `$1` or `$name`. */
  async prepare(sql: string): Promise<PreparedStatement> {
    await this.engine.check(sql);
    return new PreparedStatement(this, sql);
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    await this.engine.disconnect(this.id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @internal */
  async queryWith(sql: string, parameters: Parameters | undefined, options: QueryOptions): Promise<Table> {
    const pages: Uint8Array[] = [];
    for await (const page of this.pages('arrow', sql, parameters, options)) pages.push(page);
    return toTable(pages, { ...this.defaults, ...options });
  }

  /** @internal */
  async *streamWith(sql: string, parameters: Parameters | undefined, options: QueryOptions):
  AsyncGenerator<Table, void, void> {
    const values = { ...this.defaults, ...options };
    let schema: Uint8Array | undefined;
    let empty = true;
    for await (const page of this.pages('arrow', sql, parameters, options)) {
      const table = schema ? toTable([schema, page], values) : undefined;
      schema ??= page;
      if (!table || table.numRows === 0) continue;
      empty = false;
      yield table;
    }
    if (schema && empty) yield toTable([schema], values);
  }

  /** The bytes of a result in a format, as they come: Arrow's stream, or text in UTF-8. */
  pages(name: FormatName, sql: string, parameters: Parameters | undefined, options: QueryOptions):
  AsyncGenerator<Uint8Array, void, void> {
    const literals = encodeParameters(parameters);
    const as = { name, decimalText: (options.decimal ?? this.defaults.decimal) === 'string' };
    return readPages(this.engine, options, (ticket) => {
      const begun = this.opening.then(() => {
        // It may have waited for others.
        if (options.signal?.aborted) throw cancelled();
        return this.engine.query(ticket, this.id, as, sql, literals);
      });
      this.opening = begun.catch(() => undefined);
      return begun;
    });
  }
}

let lastTicket = 0;

/** Begins a result and gives its pages; ends it whatever happens. @internal */
export async function* readPages(engine: EngineCalls, options: QueryOptions,
  begin: (ticket: number) => Promise<Begun>): AsyncGenerator<Uint8Array, void, void> {
  const { signal } = options;
  if (signal?.aborted) throw cancelled();
  let result: number | undefined;
  lastTicket = (lastTicket + 1) >>> 0;
  const ticket = lastTicket;
  const stop = (): void => (result === undefined ? engine.interrupt(ticket) : engine.cancel(result));
  signal?.addEventListener('abort', stop);
  let unwatch = (): void => undefined;
  try {
    const begun = await begin(ticket);
    result = begun.result;
    if (signal?.aborted) throw cancelled();
    unwatch = watch(engine, result, options);
    if (begun.first.length > 0) yield begun.first;
    for (let last = false; !last;) {
      const page = await engine.next(result);
      ({ last } = page);
      await report(engine, result, options);
      if (page.bytes.length > 0) yield page.bytes;
    }
  } finally {
    unwatch();
    signal?.removeEventListener('abort', stop);
    if (result !== undefined) {
      // Also of a statement that failed or was left early.
      await report(engine, result, options).catch(() => undefined);
      await engine.close(result);
    }
  }
}

/** A statement kept for repeated use. */
export class PreparedStatement {
  /** @internal */
  constructor(private readonly connection: Connection, private readonly sql: string) {}

  /** Runs it with values by position or by name. */
  query(parameters: Parameters = [], options: QueryOptions = {}): Promise<Table> {
    return this.connection.queryWith(this.sql, parameters, options);
  }

  /** As {@link Connection.stream}. */
  stream(parameters: Parameters = [], options: QueryOptions = {}): AsyncGenerator<Table, void, void> {
    return this.connection.streamWith(this.sql, parameters, options);
  }
}
