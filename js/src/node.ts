// The entry for Node: no rules for other origins, the module's file from disk.
import { Database } from './database.js';
import type { WhittleOptions } from './options.js';
import type { Platform } from './start.js';
import { nodeFiles } from './node_files.js';

export * from './public.js';

async function compile(address: URL | string): Promise<WebAssembly.Module> {
  const url = address instanceof URL || /^[a-z]+:\/\//.test(address) ? new URL(address) : undefined;
  if (url && url.protocol !== 'file:') return WebAssembly.compile(await (await fetch(url)).arrayBuffer());
  const { readFile } = await import('node:fs/promises');
  return WebAssembly.compile(await readFile(url ?? String(address)));
}

const node: Platform = {
  memoryLimit: 1.5e9,
  maxConcurrentRequests: 32,
  suffixRanges: true,
  ballast: false,
  coalescingGap: 64 << 10,
  slice: 20,
  loadModule: (tier) => compile(new URL(tier === 'simd' ? './whittle.wasm' : './whittle-scalar.wasm',
    import.meta.url)),
  compile,
  localFiles: nodeFiles,
};

/** A database; see {@link Database}. */
export type Whittle = Database;

/** Makes databases. */
export const Whittle = {
  /** Starts the engine in the calling thread. */
  create: (options: WhittleOptions = {}): Promise<Database> => Database.start(options, node),
};
