// What a browser lends: its fetch, with the rules for other origins, and the module's file beside this one.
import type { Platform } from './start.js';

async function compile(address: URL | string): Promise<WebAssembly.Module> {
  const response = await fetch(address, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`the module at ${String(address)} answers ${response.status}`);
  // Streaming needs the right media type; any server may send the wrong one.
  if (response.headers.get('Content-Type')?.startsWith('application/wasm')) {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

/** @internal */
export const browser: Platform = {
  memoryLimit: 1.5e9,
  maxConcurrentRequests: 16,
  suffixRanges: false,
  coalescingGap: 256 << 10,
  ballast: true,
  slice: 8,
  // Written out twice: bundlers look for exactly this form.
  loadModule: (tier) => compile(tier === 'simd'
    ? new URL('./whittle.wasm', import.meta.url) : new URL('./whittle-scalar.wasm', import.meta.url)),
  compile,
};
