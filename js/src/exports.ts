// The module's exports as TypeScript sees them (wasm/exports.cpp), and strings on their way in and out.

/** Every function of the module. Pointers and lengths are bytes in its memory. */
export interface Exports {
  _initialize(): void;
  take(size: number): number;
  give(pointer: number): void;
  start(memoryLimit: number, suffixRanges: number, maxConcurrency: number, gap: number, cacheSize: number,
    headers: number, length: number): void;
  drain(milliseconds: number): number;
  memory_use(which: number): number;
  memory_text(): number;
  forget_files(): void;
  opened(id: number, kind: number, file: number, size: number, text: number, length: number): void;
  listed(id: number, names: number, length: number): void;
  fetch_head(id: number, status: number, headers: number, length: number): number;
  fetch_data(id: number, data: number, length: number): number;
  fetch_end(id: number, failure: number, message: number, length: number): void;
  read_space(id: number): number;
  read_end(id: number, received: number, message: number, length: number): void;
  wake(id: number): void;
  connect(): number;
  disconnect(connection: number): void;
  check(token: number, sql: number, length: number): void;
  query(ticket: number, connection: number, token: number, format: number, sql: number, sqlLength: number,
    parameters: number, parametersLength: number): void;
  pick(ticket: number, token: number, format: number, url: number, urlLength: number, columns: number,
    columnsLength: number, rows: number, count: number): void;
  interrupt(ticket: number): void;
  next(result: number, token: number): void;
  cancel(result: number): void;
  close(result: number, token: number): void;
  progress(result: number): number;
  statistics(result: number): number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Reads and writes the module's memory. Views are made anew each time: the memory grows. */
export class ModuleMemory {
  constructor(readonly memory: WebAssembly.Memory, private readonly exports: () => Exports) {}

  bytes(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, pointer, length);
  }

  text(pointer: number, length: number): string {
    return decoder.decode(this.bytes(pointer, length));
  }

  /** Text that ends in NUL. */
  textAt(pointer: number): string {
    const all = new Uint8Array(this.memory.buffer);
    return decoder.decode(all.subarray(pointer, all.indexOf(0, pointer)));
  }

  /** Calls `use` with pointer and length of each argument in turn, which are gone afterwards. */
  with<T>(values: readonly (string | Uint8Array)[], use: (...places: number[]) => T): T {
    const exports = this.exports();
    const places: number[] = [];
    try {
      for (const value of values) {
        const bytes = typeof value === 'string' ? encoder.encode(value) : value;
        const pointer = exports.take(bytes.length + 8 & ~7);
        if (pointer === 0) throw new RangeError('the module has no memory left for its arguments');
        this.bytes(pointer, bytes.length).set(bytes);
        places.push(pointer, bytes.length);
      }
      return use(...places);
    } finally {
      for (let i = 0; i < places.length; i += 2) exports.give(places[i]!);
    }
  }
}
