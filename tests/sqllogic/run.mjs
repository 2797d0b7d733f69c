// Runs tests/sql/*.test: node tests/sqllogic/run.mjs [--engine whittle|wasm|wasm-scalar|duckdb] [--record] [FILE…]
//
// Each file gets a session of its own, two files run at a time. With --engine duckdb the expected answers
// themselves are checked against DuckDB. --record writes them: DuckDB answers every query of the file (bare
// SQL becomes a query, a failing one a `statement error`), and the file is rewritten.
// --flags "…" passes flags to the command, e.g. --flags "--threads 1 --memory-limit 64MB".
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { openDuckDB } from '../oracle/duckdb.mjs';
import { openWasm } from '../oracle/wasm.mjs';
import { openWhittle, root } from '../oracle/whittle.mjs';
import { encode, parse, print, typeCode } from './format.mjs';
import { applies, judge } from './judge.mjs';

process.chdir(root);
const args = process.argv.slice(2);
const take = (name) => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
};
const engine = take('--engine') ?? 'whittle';
const flags = (take('--flags') ?? '').split(' ').filter(Boolean);
const verbose = args.includes('--verbose');
const record = args.includes('--record');
const named = args.filter((argument) => !argument.startsWith('--'));
const corpus = '../shared/data/parquet-testing';
const variables = { DATA: 'build/testdata', CORPUS: corpus };
const requirements = { 'parquet-testing': () => existsSync(corpus) };

const files = named.length ? named : readdirSync('tests/sql').filter((name) => name.endsWith('.test')).sort()
  .map((name) => join('tests/sql', name));
const engines = {
  duckdb: openDuckDB,
  wasm: () => openWasm({ tier: 'simd' }),
  'wasm-scalar': () => openWasm({ tier: 'scalar' }),
  whittle: () => openWhittle({ flags }),
};
const open = () => engines[record ? 'duckdb' : engine]();
const substitute = (sql) => sql.replace(/\$\{(\w+)\}/g, (whole, name) => variables[name] ?? whole);
const total = { passed: 0, failed: 0, skipped: 0 };

const engineNames = record || engine === 'duckdb' ? ['duckdb'] : ['whittle', engine.replace('-scalar', '')];

// Rows have an order when the outermost query gives them one, or when a single row is all there is.
function sortOf(sql, rows) {
  if (rows.length < 2) return 'nosort';
  let outer = sql.replace(/'(?:[^']|'')*'/g, "''");
  for (let before = ''; before !== outer;) [before, outer] = [outer, outer.replace(/\([^()]*\)/g, '')];
  if (/\border\s+by\b/i.test(outer)) return 'nosort';
  const shuffled = /\b(group\s+by|distinct|histogram|summarize)\b/i.test(outer);
  return shuffled ? 'rowsort' : 'nosort';
}

async function recordOne(item, session) {
  const answer = await session.query(substitute(item.sql));
  if (answer.error !== undefined) {
    if (verbose || item.kind === 'bare') console.log(`  ${item.sql}\n    ${answer.error.split('\n')[0]}`);
    return { ...item, kind: 'statement', ok: false, expected: undefined };
  }
  const sort = item.kind === 'query' ? item.sort : sortOf(item.sql, answer.rows);
  if (/^(SET|RESET|PRAGMA|CREATE|INSERT|DROP|COPY|LOAD)\b/i.test(item.sql)) {
    return { ...item, kind: 'statement', ok: true, expected: undefined };
  }
  const rows = answer.rows.map((row) => row.map(encode).join('\t'));
  if (sort === 'rowsort') rows.sort();
  return { ...item, kind: 'query', types: answer.types.map(typeCode).join(','), sort, expected: rows };
}

async function runFile(file) {
  const records = parse(readFileSync(file, 'utf8'));
  const failures = [];
  const labels = {};
  const rewritten = [];
  let passed = 0;
  const session = await open();
  for (const item of records) {
    if (item.kind === 'halt' && !record) break;
    if (item.kind === 'require' && !requirements[item.name]?.()) {
      console.log(`${file}: skipped, needs ${item.name}`);
      break;
    }
    const runs = item.sql !== undefined && applies(item, engineNames);
    if (record) {
      rewritten.push(runs && item.kind !== 'statement' ? await recordOne(item, session) : item);
      if (runs && item.kind === 'statement') await session.query(substitute(item.sql));
      continue;
    }
    if (item.sql === undefined) continue;
    if (!runs) {
      total.skipped += 1;
      continue;
    }
    const problem = judge(item, await session.query(substitute(item.sql)), labels);
    if (problem === null) passed += 1;
    else failures.push(`${file}:${item.line}: ${problem}\n  ${item.sql.replaceAll('\n', '\n  ')}`);
  }
  session.close();
  if (record) writeFileSync(file, print(rewritten));
  total.passed += passed;
  total.failed += failures.length;
  for (const failure of failures) console.log(failure);
  if (verbose || failures.length) {
    console.log(`${relative(root, file)}: ${passed} passed, ${failures.length} failed`);
  }
}

const queue = [...files];
await Promise.all([0, 1].map(async () => {
  while (queue.length) await runFile(queue.shift());
}));
if (total.skipped) console.log(`${total.skipped} records are not for ${engine}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed ? 1 : 0);
