// Which of the two builds runs here: SIMD128, or the scalar one where the engine lacks it.

/** The build of the module. */
export type Tier = 'simd' | 'scalar';

// (module (func (result v128) i32.const 0 i8x16.splat i8x16.popcnt))
const simdProbe = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

/** What this JavaScript engine can run. */
export const detectTier = (): Tier => (WebAssembly.validate(simdProbe) ? 'simd' : 'scalar');
