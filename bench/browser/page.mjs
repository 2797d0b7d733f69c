// What the driver calls in a tab: one engine, its answers as counts and checksums, its WebAssembly memory.
//
// An engine is open(options) → { query(sql) → { rows, columns() }, stream(sql) → numbers of rows, close() },
// where columns() gives every column's values.
let engine;

// Numbers by twelve digits, since sums of doubles depend on their order; Arrow's wide decimals come as words.
function text(value) {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Date) return text(value.getTime());
  if (value instanceof Uint32Array) return text(wide(value));
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value).toPrecision(12) : String(value);
}

function wide(words) {
  const unsigned = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
  return BigInt.asIntN(32 * words.length, unsigned);
}

// Of a column's values in any order: ties may leave rows in another one.
function checksum(values) {
  let hash = 2166136261;
  for (const letter of values.map(text).sort().join('\n')) {
    hash = Math.imul(hash ^ letter.codePointAt(0), 16777619) >>> 0;
  }
  return hash;
}

/** Bytes of all WebAssembly memories of this tab; see memory_hook.js. */
function wasmBytes() {
  const channel = new BroadcastChannel('wasm memory');
  let bytes = 0;
  channel.onmessage = ({ data }) => { bytes += data; };
  channel.postMessage('how much');
  return new Promise((resolve) => {
    setTimeout(() => {
      channel.close();
      resolve(bytes);
    }, 300);
  });
}

export function expose(open) {
  globalThis.bench = {
    /** Milliseconds from nothing to the first answer. */
    async start(options) {
      const begin = performance.now();
      engine = await open(options);
      const { rows } = await engine.query('SELECT 42');
      if (rows !== 1) throw new Error(`${rows} rows of SELECT 42`);
      return performance.now() - begin;
    },
    async ask(sql) {
      const begin = performance.now();
      const answer = await engine.query(sql);
      const ms = performance.now() - begin;
      return { ms, rows: answer.rows, checksums: answer.columns().map(checksum) };
    },
    /** All rows, none of them kept. */
    async stream(sql) {
      const begin = performance.now();
      let rows = 0;
      for await (const count of engine.stream(sql)) rows += count;
      return { ms: performance.now() - begin, rows, checksums: [] };
    },
    wasmBytes,
  };
}
