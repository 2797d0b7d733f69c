// One instance of the module: the imports that it needs, its event loop, and its exports as promises.
//
// The module's coroutines run only inside `drain`, in slices, so that the thread's own event loop keeps turning;
// whoever brings it something (a reply, a timer, a new statement) calls `pump` afterwards.
import { Ballast } from './ballast.js';
import { type ErrorDetails, WhittleError, cancelled, invalid } from './errors.js';
import { type Exports, ModuleMemory } from './exports.js';
import { type FetchOptions, Fetcher } from './fetcher.js';
import { type CustomFile, FileTable, type LocalFiles, openFile, readFile } from './files.js';
import type { Progress } from './options.js';

/** A page of a result. */
export interface Page {
  bytes: Uint8Array;
  last: boolean;
}

/** A result that has begun: its number and what comes before its rows. */
export interface Begun {
  result: number;
  first: Uint8Array;
}

/** Formats of results, as OutputFormat counts them. */
export const format = { table: 0, csv: 1, json: 2, jsonLines: 3, jsonRows: 4, markdown: 5, arrow: 6 } as const;
export type FormatName = keyof typeof format;
/** A format, and whether decimals come as text in it. */
export interface Format {
  name: FormatName;
  decimalText?: boolean;
}
const code = ({ name, decimalText }: Format): number => format[name] + (decimalText ? 256 : 0);

/** Bytes used now, at most so far, and allowed. */
export interface MemoryUse {
  used: number;
  peak: number;
  limit: number;
  /** "85 MB / 256 MB (33.2%)" */
  toString(): string;
}

/** What an instance can do; the same for one in this thread and one in a worker. */
export interface EngineCalls {
  connect(): Promise<number>;
  disconnect(connection: number): Promise<void>;
  check(sql: string): Promise<void>;
  /** `ticket`: what `interrupt` calls it until it has begun. */
  query(ticket: number, connection: number, as: Format, sql: string, parameters: string): Promise<Begun>;
  pick(ticket: number, as: Format, url: string, columns: readonly string[], rows: readonly number[]): Promise<Begun>;
  next(result: number): Promise<Page>;
  close(result: number): Promise<void>;
  cancel(result: number): void;
  interrupt(ticket: number): void;
  progress(result: number): Promise<Progress>;
  statistics(result: number): Promise<string>;
  addFile(name: string, file: CustomFile | Blob): Promise<void>;
  addUrl(name: string, url: string, headers: string, size: number): Promise<void>;
  removeFile(name: string): Promise<void>;
  memory(): MemoryUse;
  shutdown(): Promise<void>;
}

export interface EngineOptions {
  memoryLimit: number;
  headers: string;
  /** Milliseconds of work between two turns of the event loop. */
  slice: number;
  suffixRanges: boolean;
  coalescingGap: number;
  cacheSize: number;
  /** Pages and replies stay in this isolate, beside the module, and its collector needs a hint of their size. */
  ballast: boolean;
  fetch: FetchOptions;
  localFiles?: LocalFiles | undefined;
}

const pageSize = 65536;
/** What code, stack and the allocator's own need beside the budget. */
const overhead = 24 << 20;
/** The module asks for this much at its start (cmake/WasmModule.cmake). */
const initialPages = 128;
const scratchSize = 256 << 10;

/** In Node a port keeps the process alive, which a database that nobody closed should not. */
type NodePort = MessagePort & { ref?(): void; unref?(): void };

interface Pending {
  resolve(page: Page): void;
  reject(error: WhittleError): void;
}

export class Engine implements EngineCalls {
  private exports!: Exports;
  private memoryAccess: ModuleMemory;
  private readonly fetcher: Fetcher;
  private readonly files: FileTable;
  private readonly pending = new Map<number, Pending>();
  private readonly turn = new MessageChannel();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private readonly ballast = new Ballast();
  private lastToken = 0;
  private scratch = 0;
  private turnAsked = false;
  private dead: WhittleError | undefined;

  private constructor(private readonly options: EngineOptions) {
    const maximum = Math.min(65536, Math.ceil((options.memoryLimit + overhead) / pageSize));
    const memory = new WebAssembly.Memory({ initial: initialPages, maximum });
    this.memoryAccess = new ModuleMemory(memory, () => this.exports);
    this.files = new FileTable(options.localFiles);
    this.fetcher = new Fetcher(options.fetch, {
      head: (id, status, headers) => !this.dead && this.enter(() =>
        this.memoryAccess.with([headers], (at, length) => this.exports.fetch_head(id, status, at!, length!)) === 1),
      data: (id, chunk) => {
        // Less stays behind of a reply than of a page.
        if (this.options.ballast) this.ballast.note(chunk.length / 2);
        return !this.dead && this.enter(() => this.pass(id, chunk));
      },
      end: (id, failure, message) => this.tell(() =>
        this.memoryAccess.with([message], (at, length) => this.exports.fetch_end(id, failure, at!, length!))),
    });
    this.turn.port1.onmessage = () => {
      this.turnAsked = false;
      (this.turn.port1 as NodePort).unref?.();
      this.pump();
    };
    (this.turn.port1 as NodePort).unref?.();
  }

  static async start(module: WebAssembly.Module, options: EngineOptions): Promise<Engine> {
    const engine = new Engine(options);
    const instance = await WebAssembly.instantiate(module, engine.imports());
    engine.exports = instance.exports as unknown as Exports;
    engine.exports._initialize();
    engine.memoryAccess.with([options.headers], (at, length) => engine.exports.start(options.memoryLimit,
      options.suffixRanges ? 1 : 0, options.fetch.maxConcurrent, options.coalescingGap, options.cacheSize, at!,
      length!));
    engine.scratch = engine.exports.take(scratchSize);
    return engine;
  }

  // ---- what the module asks for

  private imports(): WebAssembly.Imports {
    const text = (pointer: number, length: number): string => this.memoryAccess.text(pointer, length);
    return {
      env: { memory: this.memoryAccess.memory },
      whittle: {
        now: () => performance.now(),
        wall: () => Date.now(),
        sleep: (milliseconds: number, id: number) => this.sleep(milliseconds, id),
        fetch: (id: number, url: number, urlLength: number, headers: number, headersLength: number,
          headOnly: number, timeout: number) => this.fetcher.send({ id, url: text(url, urlLength),
          headers: text(headers, headersLength), headOnly: headOnly === 1, timeout }),
        open: (id: number, name: number, length: number) => void this.open(id, text(name, length)),
        list: (id: number, pattern: number, length: number) => void this.list(id, text(pattern, length)),
        read: (id: number, file: number, offset: number, length: number) => void this.read(id, file, offset, length),
        abort: (id: number) => this.fetcher.abort(id),
        settle: (token: number, kind: number, pointer: number, length: number) =>
          this.settle(token, kind, pointer, length),
        log: (level: number, pointer: number, length: number) => {
          (level === 2 ? console.warn : console.debug)(`whittle: ${text(pointer, length)}`);
        },
        panic: (pointer: number, length: number) => {
          throw new Error(text(pointer, length));
        },
      },
    };
  }

  private sleep(milliseconds: number, id: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.tell(() => this.exports.wake(id));
    }, milliseconds);
    this.timers.add(timer);
  }

  private settle(token: number, kind: number, pointer: number, length: number): void {
    const pending = this.pending.get(token);
    if (!pending) return;
    this.pending.delete(token);
    if (kind === 2) {
      const details = JSON.parse(this.memoryAccess.text(pointer, length)) as ErrorDetails;
      pending.reject(new WhittleError(details));
    } else {
      if (this.options.ballast) this.ballast.note(length);
      pending.resolve({ bytes: this.memoryAccess.bytes(pointer, length).slice(), last: kind === 1 });
    }
  }

  private pass(id: number, chunk: Uint8Array): boolean {
    for (let offset = 0; offset < chunk.length; offset += scratchSize) {
      const part = chunk.subarray(offset, offset + scratchSize);
      this.memoryAccess.bytes(this.scratch, part.length).set(part);
      if (this.exports.fetch_data(id, this.scratch, part.length) !== 1) return false;
    }
    return true;
  }

  // Answers must not come inside the call that asks: each of these awaits before it answers.

  private async open(id: number, name: string): Promise<void> {
    const found = await this.files.find(name).catch((error: unknown) =>
      ({ kind: 'missing' as const, why: String(error) }));
    const [kind, number, size, text] = found.kind === 'file'
      ? [0, found.number, found.file.size, `${found.number}/${found.file.version ?? ''}`]
      : found.kind === 'address' ? [1, 0, found.size, `${found.url}\0${found.headers}`] : [2, 0, -1, found.why];
    this.tell(() => this.memoryAccess.with([text], (at, length) =>
      this.exports.opened(id, kind, number, size, at!, length!)));
  }

  private async list(id: number, pattern: string): Promise<void> {
    const names = await this.files.list(pattern).catch(() => [] as string[]);
    this.tell(() => this.memoryAccess.with([names.map((name) => `${name}\0`).join('')], (at, length) =>
      this.exports.listed(id, at!, length!)));
  }

  private async read(id: number, number: number, offset: number, length: number): Promise<void> {
    let bytes: Uint8Array | undefined;
    let message = '';
    await Promise.resolve();
    try {
      const file = this.files.get(number);
      if (!file) throw new Error('the file is no longer registered');
      bytes = await readFile(file, offset, length);
    } catch (error) {
      message = `reading failed: ${error instanceof Error ? error.message : String(error)}`;
    }
    this.tell(() => {
      const space = this.exports.read_space(id);
      if (bytes && space !== 0) this.memoryAccess.bytes(space, length).set(bytes);
      this.memoryAccess.with([message], (at, size) => this.exports.read_end(id, bytes?.length ?? 0, at!, size!));
    });
  }

  // ---- the loop

  /** Calls into the module, then lets its coroutines run. */
  private enter<T>(call: () => T): T {
    if (this.dead) throw this.dead;
    try {
      const result = call();
      this.askTurn();
      return result;
    } catch (error) {
      throw this.die(error);
    }
  }

  /** As `enter`, for what nobody waits for: an instance that is gone hears no more, and `die` told all who wait. */
  private tell(call: () => void): void {
    if (this.dead) return;
    try {
      this.enter(call);
    } catch {
      // A timer or a reply has no caller to whom an error would mean something.
    }
  }

  private askTurn(): void {
    if (this.turnAsked || this.dead) return;
    this.turnAsked = true;
    (this.turn.port1 as NodePort).ref?.();
    this.turn.port2.postMessage(0);
  }

  private pump(): void {
    if (this.dead) return;
    try {
      if (this.exports.drain(this.options.slice) === 1) this.askTurn();
    } catch (error) {
      this.die(error);
    }
  }

  /** A trap leaves the instance in pieces: every statement fails, and all later ones. */
  private die(error: unknown): WhittleError {
    if (error instanceof WhittleError) return error;
    const text = error instanceof Error ? error.message : String(error);
    const memory = /out of memory|memory access|no memory left/.test(text);
    this.dead ??= new WhittleError({
      code: memory ? 'BudgetExceeded' : 'Internal',
      message: `the engine stopped: ${text}`,
      hint: 'create another instance; a higher memoryLimit may help if memory ran out',
    });
    this.stop(this.dead);
    return this.dead;
  }

  /** Ends what is under way, and lets go of the module and its memory. */
  private stop(reason: WhittleError): void {
    this.fetcher.close();
    this.ballast.drop();
    this.files.clear();
    this.turn.port1.close();
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    for (const { reject } of this.pending.values()) reject(reason);
    this.pending.clear();
    this.exports = undefined as never;
    this.memoryAccess = undefined as never;
  }

  private ask(call: (token: number) => void): Promise<Page> {
    return new Promise((resolve, reject) => {
      this.lastToken = (this.lastToken + 1) >>> 0;
      const token = this.lastToken;
      this.pending.set(token, { resolve, reject });
      try {
        this.enter(() => call(token));
      } catch (error) {
        this.pending.delete(token);
        reject(error as WhittleError);
      }
    });
  }

  private static begun({ bytes }: Page): Begun {
    const result = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    return { result, first: bytes.slice(4) };
  }

  // ---- EngineCalls

  async connect(): Promise<number> {
    return this.enter(() => this.exports.connect());
  }

  async disconnect(connection: number): Promise<void> {
    if (!this.dead) this.enter(() => this.exports.disconnect(connection));
  }

  async check(sql: string): Promise<void> {
    await this.ask((token) => this.memoryAccess.with([sql], (at, length) => this.exports.check(token, at!, length!)));
  }

  async query(ticket: number, connection: number, as: Format, sql: string, parameters: string): Promise<Begun> {
    return Engine.begun(await this.ask((token) => this.memoryAccess.with([sql, parameters], (at, length, more, size) =>
      this.exports.query(ticket, connection, token, code(as), at!, length!, more!, size!))));
  }

  async pick(ticket: number, as: Format, url: string, columns: readonly string[], rows: readonly number[]):
  Promise<Begun> {
    const names = columns.map((name) => `${name}\0`).join('');
    const numbers = new Uint8Array(Float64Array.from(rows).buffer);
    return Engine.begun(await this.ask((token) => this.memoryAccess.with([url, names, numbers],
      (at, length, more, size, place) =>
        this.exports.pick(ticket, token, code(as), at!, length!, more!, size!, place!, rows.length))));
  }

  next(result: number): Promise<Page> {
    return this.ask((token) => this.exports.next(result, token));
  }

  async close(result: number): Promise<void> {
    if (!this.dead) await this.ask((token) => this.exports.close(result, token));
  }

  cancel(result: number): void {
    if (!this.dead) this.enter(() => this.exports.cancel(result));
  }

  interrupt(ticket: number): void {
    if (!this.dead) this.enter(() => this.exports.interrupt(ticket));
  }

  async progress(result: number): Promise<Progress> {
    const at = this.enter(() => this.exports.progress(result));
    const [bytesPlanned, bytesFetched, requests, rows, rowGroupsDone, rowGroups, bytesInFiles, roundTrips] =
      new Float64Array(this.memoryAccess.memory.buffer, at, 8) as unknown as [number, number, number, number,
        number, number, number, number];
    return { bytesPlanned, bytesFetched, requests, rows, rowGroups, rowGroupsDone, bytesInFiles, roundTrips };
  }

  async statistics(result: number): Promise<string> {
    return this.memoryAccess.textAt(this.enter(() => this.exports.statistics(result)));
  }

  async addFile(name: string, file: CustomFile | Blob): Promise<void> {
    this.files.add(name, openFile(file));
    this.enter(() => this.exports.forget_files());
  }

  async addUrl(name: string, url: string, headers: string, size: number): Promise<void> {
    this.files.addAddress(name, url, headers, size);
    this.enter(() => this.exports.forget_files());
  }

  async removeFile(name: string): Promise<void> {
    this.files.remove(name);
    this.enter(() => this.exports.forget_files());
  }

  memory(): MemoryUse {
    if (this.dead) throw this.dead;
    const [used, peak, limit] = [0, 1, 2].map((which) => this.exports.memory_use(which)) as [number, number, number];
    const text = this.memoryAccess.textAt(this.exports.memory_text());
    return { used, peak, limit, toString: () => text };
  }

  async shutdown(): Promise<void> {
    if (this.dead) return;
    this.dead = invalid('the database is closed');
    this.stop(cancelled());
  }
}
