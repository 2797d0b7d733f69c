// One statement under way. Pages are asked for only as far as somebody looks: after the first few the statement
// rests, holding one page, until more is wanted; and it ends at a cap, since a tab is no place for a billion rows.
import { type Table, tableFromIPC } from '@uwdata/flechette';
import { type Connection, type Cost, type Progress, WhittleError } from 'whittle-sql';

/** Bytes of pages that are kept at most. */
const byteCap = 64 << 20;
/** Rows kept at most: browsers bound how high an element may be. */
const rowCap = 500_000;
/** Pages (of about 1 MB) read without anybody asking. */
const pagesAhead = 3;

/** Pages as a table whose numbers have all their digits. */
const exact = (pages: Uint8Array[]): Table =>
  tableFromIPC(pages, { useBigInt: true, useBigIntTimestamp: true, useDecimalInt: true });

export type RunState = 'running' | 'resting' | 'done' | 'capped' | 'cancelled' | 'failed';

export interface RunEvents {
  page(page: Table): void;
  progress(progress: Progress): void;
  cost(cost: Cost): void;
  state(state: RunState): void;
}

export class Run {
  state: RunState = 'running';
  rows = 0;
  error: WhittleError | undefined;
  cost: Cost | undefined;
  /** When the last work was done. */
  readonly begun = performance.now();
  milliseconds = 0;
  private pages = 0;
  private bytes = 0;
  private wanted = pagesAhead;
  private wake: (() => void) | undefined;
  private readonly stop = new AbortController();

  constructor(private readonly connection: Connection, readonly sql: string, private readonly events: RunEvents) {}

  /** Resolves when the statement has ended, however. */
  async start(): Promise<void> {
    try {
      const pages = this.connection.pages('arrow', this.sql, undefined, {
        signal: this.stop.signal,
        onProgress: (progress) => this.events.progress(progress),
        onCost: (cost) => this.events.cost(this.cost = cost),
      });
      let schema: Uint8Array | undefined;
      for await (const bytes of pages) {
        schema ??= bytes;
        this.take(exact(schema === bytes ? [schema] : [schema, bytes]), bytes.length);
        if (this.bytes >= byteCap || this.rows >= rowCap) return this.enter('capped');
        if (this.pages >= this.wanted) await this.rest();
        if (this.stop.signal.aborted) return this.enter('cancelled');
      }
      this.enter('done');
    } catch (error) {
      this.error = error instanceof WhittleError ? error
        : new WhittleError({ code: 'Internal', message: String(error) });
      this.enter(this.error.code === 'Cancelled' ? 'cancelled' : 'failed');
    }
  }

  /** Somebody looks at the end of what there is. */
  more(): void {
    this.wanted = Math.max(this.wanted, this.pages + pagesAhead);
    this.wake?.();
  }

  cancel(): void {
    this.stop.abort();
    this.wake?.();
  }

  get ended(): boolean {
    return this.state !== 'running' && this.state !== 'resting';
  }

  /** The first table has no rows: it brings the columns. */
  private take(page: Table, bytes: number): void {
    if (page.numRows > 0) this.pages += 1;
    this.rows += page.numRows;
    this.bytes += bytes;
    this.milliseconds = performance.now() - this.begun;
    this.events.page(page);
  }

  private async rest(): Promise<void> {
    this.enter('resting');
    await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = undefined;
    if (!this.stop.signal.aborted) this.enter('running');
  }

  private enter(state: RunState): void {
    if (state !== 'running' && this.state === 'running') this.milliseconds = performance.now() - this.begun;
    this.state = state;
    this.events.state(state);
  }
}
