// The entry for Cloudflare Workers: the module is imported, since compiling at run time is refused there; six
// connections at most; memory for an isolate of 128 MB.
import { Database } from './database.js';
import type { WhittleOptions } from './options.js';
import type { Platform } from './start.js';
// @ts-expect-error: a file of the package that the runtime imports as a WebAssembly.Module
import simd from './whittle.wasm';

export * from './public.js';

const refuse = (): never => {
  throw new Error("import the .wasm file and give it as 'module': Workers compile nothing at run time");
};

const workers: Platform = {
  memoryLimit: 64e6,
  maxConcurrentRequests: 6,
  suffixRanges: true,
  ballast: false,
  coalescingGap: 256 << 10,
  slice: 50,
  loadModule: async (tier) => (tier === 'simd' ? simd as WebAssembly.Module : refuse()),
  compile: async () => refuse(),
};

/** A database; see {@link Database}. */
export type Whittle = Database;

/** Makes databases. */
export const Whittle = {
  /** Starts the engine. One for each request: a Worker must not wait in one request for another's fetch. */
  create: (options: WhittleOptions = {}): Promise<Database> => Database.start(options, workers),
};
