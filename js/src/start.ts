// From what the caller chose and what the place lends to an engine's own options. Apart from database.ts so that the
// worker's script needs no other package: import maps do not reach it.
import type { EngineCalls, EngineOptions } from './engine.js';
import type { LocalFiles } from './files.js';
import { type WhittleOptions, parseMemorySize } from './options.js';
import type { Tier } from './tier.js';

/** What differs from place to place. @internal */
export interface Platform {
  memoryLimit: number;
  maxConcurrentRequests: number;
  /** False where `bytes=-n` costs a preflight request. */
  suffixRanges: boolean;
  coalescingGap: number;
  /** See {@link EngineOptions.ballast}. */
  ballast: boolean;
  slice: number;
  /** Compiles the package's own module. */
  loadModule(tier: Tier): Promise<WebAssembly.Module>;
  /** Fetches and compiles a module from an address. */
  compile(address: URL | string): Promise<WebAssembly.Module>;
  localFiles?: LocalFiles;
  /** The worker's script loads while the module is on its way. */
  startWorker?(options: WhittleOptions, memoryLimit: number, module: Promise<WebAssembly.Module>): Promise<EngineCalls>;
}

/** Names and values in turn, as the module takes headers. @internal */
export const nulEnded = (headers: Record<string, string> | undefined): string =>
  Object.entries(headers ?? {}).map(([name, value]) => `${name}\0${value}\0`).join('');

/** The engine's own options. @internal */
export function engineOptions(options: WhittleOptions, platform: Platform, memoryLimit: number): EngineOptions {
  const requestInit: RequestInit = { ...options.requestInit };
  if (options.credentials) requestInit.credentials = options.credentials;
  return {
    memoryLimit,
    headers: nulEnded(options.headers),
    slice: platform.slice,
    suffixRanges: platform.suffixRanges,
    coalescingGap: platform.coalescingGap,
    ballast: platform.ballast,
    cacheSize: options.cacheSize === undefined ? memoryLimit / 4 : parseMemorySize(options.cacheSize) ?? 0,
    fetch: {
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
      requestInit,
      maxConcurrent: options.maxConcurrentRequests ?? platform.maxConcurrentRequests,
      maxRequests: options.maxRequests ?? Infinity,
      crossOriginRules: !platform.suffixRanges,
      ownsChunks: !platform.suffixRanges && !options.fetch,
    },
    localFiles: platform.localFiles,
  };
}

/** The module to run. @internal */
export async function resolveModule(options: WhittleOptions, platform: Platform, tier: Tier):
Promise<WebAssembly.Module> {
  const { module } = options;
  if (module === undefined) return platform.loadModule(tier);
  if (module instanceof WebAssembly.Module) return module;
  if (typeof module === 'string' || module instanceof URL) return platform.compile(module);
  return WebAssembly.compile(module);
}
