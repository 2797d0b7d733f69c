// Asks the core rooms, compiled for wasm32, what the native command is asked too: node tests/wasm/check.mjs MODULE
//
// The module may import nothing but WASI's C library, and of that only what a C library says when it gives up;
// each such function is a trap here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDuckDB } from '../oracle/duckdb.mjs';
import { root } from '../oracle/whittle.mjs';

const module = new WebAssembly.Module(readFileSync(process.argv[2]));
const imports = {};
for (const { module: from, name } of WebAssembly.Module.imports(module)) {
  if (from !== 'wasi_snapshot_preview1') throw new Error(`the module wants ${from}.${name}`);
  imports[from] ??= {};
  imports[from][name] = () => {
    throw new Error(`the module called ${name}`);
  };
}
const wasm = new WebAssembly.Instance(module, imports).exports;
wasm._initialize();

function give(bytes) {
  const at = wasm.check_allocate(bytes.length);
  new Uint8Array(wasm.memory.buffer, at, bytes.length).set(bytes);
  return [at, bytes.length];
}

function ask(sql) {
  const status = wasm.check_ask(...give(Buffer.from(sql)));
  const text = Buffer.from(wasm.memory.buffer, wasm.check_answer(), wasm.check_answer_size()).toString();
  return status === 0 ? { rows: JSON.parse(text).rows } : { status, error: text };
}

const files = ['people', 'nested', 'all_types', 'numbers_zstd', 'numbers_gzip', 'numbers_brotli', 'numbers_lz4_raw',
  'numbers_snappy', 'numbers_v2', 'bloom', 'floats'];
const questions = [
  'SELECT 6 * 7, 2::HUGEINT ** 100, upper(\'straße\')',
  "SELECT format('{:.3f} {:>6}', 1.5, 'ab'), printf('%e', 12345.678), 0.1::DOUBLE, 1e300::DOUBLE",
  "SELECT regexp_replace('whittle', 't+', 'TT'), strftime(TIMESTAMP '2024-02-29 12:00:00', '%Y/%m/%d')",
  "SELECT count(*), min(name), max(name) FROM 'people.parquet'",
  "SELECT * FROM 'nested.parquet' LIMIT 5",
  "SELECT COLUMNS(c -> c NOT LIKE '%tz%') FROM 'all_types.parquet'",
  "SELECT * FROM 'floats.parquet'",
  ...files.filter((name) => name.startsWith('numbers')).map((name) =>
    `SELECT count(*), sum(i), min(s), max(s), sum(n), count(even), max(ts), min(d), max(v) FROM '${name}.parquet'`),
  "SELECT key, count(*) AS c, sum(sorted) FROM 'bloom.parquet' GROUP BY key ORDER BY c DESC, key LIMIT 5",
  "SELECT id FROM 'bloom.parquet' ORDER BY sorted DESC, id LIMIT 7",
  "SELECT count(DISTINCT id), median(sorted) FROM 'bloom.parquet' WHERE sorted > 14000",
];

let passed = 0;
let failed = 0;
function expect(what, same, detail) {
  if (same) passed++;
  else console.log(`${what}: ${detail}`, ++failed);
}

const duckdb = await openDuckDB();
for (const name of files) {
  const path = join(root, 'build/testdata', `${name}.parquet`);
  wasm.check_add_file(...give(Buffer.from(`${name}.parquet`)), ...give(readFileSync(path)));
}
for (const sql of questions) {
  const mine = ask(sql);
  const theirs = await duckdb.query(sql.replace(/'(\w+\.parquet)'/, `'${join(root, 'build/testdata')}/$1'`));
  const [a, b] = [mine, theirs].map(({ rows, error }) => error ?? JSON.stringify(rows));
  expect(sql, a === b, `${a}\n  DuckDB: ${b}`);
}
for (const [sql, status] of [['SELECT', 3], ['SELECT nosuch', 3], ["SELECT 'x'::INTEGER", 4],
  ["FROM 'none.parquet'", 7], ["SELECT repeat('x', 100000000)", 8]]) {
  const answer = ask(sql);
  expect(sql, answer.status === status, JSON.stringify(answer));
}
await duckdb.close();

// What each room adds to the module, by the link map: "Addr Off Size Out In Symbol", In being "file:(section)".
const rooms = new Map();
for (const line of readFileSync(process.argv[2].replace(/\.wasm$/, '.map'), 'utf8').split('\n')) {
  const [, size, file] = /^\s*[-0-9a-f]+\s+[0-9a-f]+\s+([0-9a-f]+)\s+(\S+):\(/.exec(line) ?? [];
  if (!file) continue;
  const room = /whittle_(\w+)\.dir/.exec(file)?.[1] ?? /lib(\w+)\.a/.exec(file)?.[1] ?? 'rest';
  rooms.set(room, (rooms.get(room) ?? 0) + parseInt(size, 16));
}
const sizes = [...rooms].sort(([, a], [, b]) => b - a).map(([room, size]) => `${room} ${Math.round(size / 1000)}`);
console.log(`kB by room, not compressed: ${sizes.join(', ')}`);
console.log(`memory of the module after all questions: ${wasm.memory.buffer.byteLength >> 20} MB`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
