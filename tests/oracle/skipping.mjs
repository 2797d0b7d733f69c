// What may be skipped, proven twice over a range server on loopback:
//
//   directed  one file per kind of skipping: EXPLAIN ANALYZE says that it was this kind, the server's log that
//             fewer bytes went over the wire, and the answer is the one without skipping
//   random    files with NULLs, NaN, long common prefixes (truncated bounds), structs, several writers;
//             predicates and top-Ns; skipping on, off, late materialization off, against DuckDB
//
//   node tests/oracle/skipping.mjs [--seed N] [--queries N]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { difference } from './compare.mjs';
import { openDuckDB } from './duckdb.mjs';
import { startRangeServer } from './range_server.mjs';
import { openWhittle, root } from './whittle.mjs';
import { writeArrowRs } from './writers.mjs';

process.chdir(root);
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const folder = 'build/skipping';
mkdirSync(folder, { recursive: true });

const duckdb = await openDuckDB();
// Over a narrow link, as whittle measures it, few bytes are worth a round trip: it then skips what it can.
const server = await startRangeServer(folder, ['--bandwidth', '4000000']);
const fast = await startRangeServer(folder);
const whittle = await openWhittle({ timeout: 60 });
let passed = 0;
let failed = 0;
function check(good, message) {
  if (good) passed += 1;
  else {
    failed += 1;
    console.log(message);
  }
}

// Writes SELECT … as DuckDB does it, and with `arrow` again as arrow-rs does it.
async function write(name, select, { duck = 'ROW_GROUP_SIZE 122880', arrow } = {}) {
  const path = join(folder, `${name}.parquet`);
  await duckdb.connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet, ${duck})`);
  if (arrow) writeArrowRs(path, path, arrow);
  return { path, url: `${server.url}/${name}.parquet` };
}

async function set(name, value) {
  const answer = await whittle.query(`SET ${name} = ${value}`);
  if (answer.error) throw new Error(answer.error);
}

// The answer and what it cost: requests and bytes by the server's count, footers read before.
async function measured(sql) {
  await server.reset();
  const answer = await whittle.query(sql);
  const { requests, bytes } = await server.log();
  return { answer, requests, bytes };
}

const wide = (i) => `md5((${i})::VARCHAR) || md5((${i} + 1)::VARCHAR)`;
const pages = { rowGroup: 5000, pageSize: 4096, pageRows: 100, dictionary: false };

// [name, file, query over FROM, how EXPLAIN ANALYZE says it, share of bytes that may be left, setting]
const directed = [
  ['statistics', await write('groups', `SELECT i AS id, ${wide('i')} AS w FROM range(60000) t(i)`,
    { arrow: { ...pages, statistics: 'Chunk' } }),
    'SELECT * FROM f WHERE id = 31234', /row groups skipped by statistics: 11/, 0.3],
  ['statistics of a prefix', await write('prefix', `SELECT 'k' || lpad(i::VARCHAR, 6, '0') AS k, ${wide('i')} AS w
    FROM range(60000) t(i)`, { arrow: { ...pages, statistics: 'Chunk' } }),
    "SELECT count(w), max(k) FROM f WHERE k LIKE 'k0312%'", /row groups skipped by statistics: 11/, 0.3],
  ['IS NULL', await write('nulls', `SELECT CASE WHEN i // 5000 <> 3 THEN i END AS id, ${wide('i')} AS w
    FROM range(60000) t(i)`, { arrow: { ...pages, statistics: 'Chunk' } }),
    'SELECT count(*), min(w) FROM f WHERE id IS NULL', /row groups skipped by statistics: 11/, 0.3],
  ['IS NOT NULL', null, 'SELECT count(*) FROM f WHERE id IS NOT NULL', /row groups: 12/, 0],
  ['page index', await write('pages', `SELECT i AS id, ${wide('i')} AS w FROM range(60000) t(i)`,
    { arrow: { ...pages, rowGroup: 1 << 20 } }),
    'SELECT * FROM f WHERE id BETWEEN 31234 AND 31334', /pages skipped by page index: \d\d/, 0.3],
  ['row numbers', null, 'SELECT w FROM f WHERE file_row_number BETWEEN 31234 AND 31240',
    /rows skipped by page index: 59993/, 0.05, null, 'SELECT w FROM f'],
  ['bloom filter', await write('bloom', `SELECT 'v' || (hash(i) % 2000 * 2) AS v, ${wide('i')} AS w
    FROM range(60000) t(i)`, { duck: 'ROW_GROUP_SIZE 10240' }),
    "SELECT * FROM f WHERE v = 'v2001'", /row groups skipped by bloom filter: \d/, 0.3, null, 'SELECT * FROM f'],
  ['dictionary', await write('dictionary', `SELECT (hash(i) % 500 * 2)::INTEGER AS v, ${wide('i')} AS w
    FROM range(60000) t(i)`, { arrow: { ...pages, dictionary: true, dictionarySize: 1 << 20, rowGroup: 20000,
    statistics: 'Chunk' } }),
    'SELECT * FROM f WHERE v IN (501, 777)', /row groups skipped by dictionary: 3/, 0.1],
  ['top-N over row groups', await write('sorted', `SELECT i AS id, ${wide('i')} AS w FROM range(60000) t(i)`,
    { arrow: { ...pages, statistics: 'Chunk' } }),
    'SELECT * FROM f ORDER BY id DESC LIMIT 5', /row groups skipped by top-N: 11/, 0.3],
  ['top-N over pages', await write('zigzag', `SELECT abs(i - 30000) AS id, ${wide('i')} AS w
    FROM range(60000) t(i)`, { arrow: { ...pages, rowGroup: 1 << 20 } }),
    'SELECT * FROM f ORDER BY id LIMIT 5', /pages skipped by top-N: \d\d/, 0.5],
  ['late fetch of a top-N', await write('scattered', `SELECT (hash(i) % 1000000)::INTEGER AS k, ${wide('i')} AS w,
    ${wide('i + 7')} AS x FROM range(60000) t(i)`, { arrow: { ...pages, rowGroup: 20000, pageSize: 16384 } }),
    'SELECT * FROM f ORDER BY k LIMIT 7', /TopN 7 by k ASC late \[w, x\][^]*rows fetched late: 7/, 0.8,
    'enable_late_materialization'],
  ['late materialization', null, 'SELECT w FROM f WHERE k % 20011 = 17', /pages skipped by late materialization/, 0.6,
    'enable_late_materialization'],
  ['LIMIT', await write('limit', `SELECT i AS id, ${wide('i')} AS w FROM range(60000) t(i)`,
    { arrow: { ...pages, statistics: 'Chunk' } }),
    'SELECT id FROM f LIMIT 10', /row groups skipped by LIMIT: 11/, null],
  ['metadata alone', null, 'SELECT count(*), min(id), max(id), count(w) FROM f', /Values/, 0],
  ['all rows match', null, 'SELECT count(*) FROM f WHERE id >= 0', /row groups: 12/, 0],
  ['fields of a struct', await write('nested', `SELECT {'a': i, 'b': ${wide('i')}, 'c': {'d': i * 2, 'e': ${wide('i')}}}
    AS s FROM range(60000) t(i)`, { duck: 'ROW_GROUP_SIZE 10240' }),
    'SELECT sum(s.a), max(s.c.d) FROM f', /rows out/, 0.2, null, 'SELECT count(s) FROM f WHERE s::VARCHAR <> \'\''],
  ['statistics of a field', null, 'SELECT max(s.b) FROM f WHERE s.c.d = 24690',
    /row groups skipped by statistics: 5/, 0.3],
];

async function runDirected() {
  let file;
  for (const [name, own, query, says, share, setting = 'enable_skipping', instead] of directed) {
    file = own ?? file;
    const sql = query.replace('FROM f', `FROM '${file.url}'`);
    await whittle.query(`SELECT count(*) FROM '${file.url}'`); // the footer
    const explained = await measured(`EXPLAIN ANALYZE ${sql}`);
    const text = explained.answer.rows?.[0]?.[1] ?? explained.answer.error;
    check(says.test(text), `${name}: EXPLAIN ANALYZE does not say ${says}:\n${text}`);
    const on = await measured(sql);
    if (setting) await set(setting, 'false');
    const off = await measured(instead ? instead.replace('FROM f', `FROM '${file.url}'`) : sql);
    if (setting) await set(setting, 'true');
    const expected = await duckdb.query(query.replace('FROM f', `FROM '${file.path}'`));
    const ordered = !query.includes('LIMIT 10');
    for (const answer of instead || !ordered ? [on.answer] : [on.answer, off.answer]) {
      const problem = difference(answer, expected, { ordered });
      check(problem === null, `${name}: ${problem}`);
    }
    if (share === null) {
      check(on.bytes < 50000, `${name}: ${on.bytes} bytes`);
    } else {
      check(on.bytes <= off.bytes * share, `${name}: ${on.bytes} bytes with, ${off.bytes} without, ` +
        `at most ${share} of it expected`);
    }
  }
}

// ---- random

let state = option('seed', 1) >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const choose = (list) => list[below(list.length)];

const rows = 12000;
const long = "repeat('common prefix ', 8)"; // longer than the bounds that writers keep
const orders = { sorted: 'i', scattered: `hash(i * 7) % ${rows}`, runs: `hash(i // 200) % ${rows}` };

async function randomFile(index) {
  const x = () => `(${choose(Object.values(orders))})::BIGINT`;
  const nulls = (sql) => {
    const kind = below(4);
    if (kind === 0) return sql;
    if (kind === 1) return `CASE WHEN i // 1000 <> 5 THEN ${sql} END`;
    return `CASE WHEN hash(i * 3) % 10 >= ${kind * 3} THEN ${sql} END`;
  };
  const select = `SELECT i AS id, ${nulls(x())} AS n,
    ${nulls(`CASE WHEN ${x()} % 701 = 3 THEN 'nan'::DOUBLE WHEN ${x()} % 703 = 4 THEN '-inf'::DOUBLE
      WHEN ${x()} % 97 = 5 THEN -0.0 ELSE ${x()} / 8 - 500 END`)} AS d,
    ${nulls(`${long} || lpad((${x()} % 3000)::VARCHAR, 5, '0')`)} AS t,
    ${nulls(`'c' || ${x()} % 40`)} AS c, ${nulls(`{'a': ${x()}, 'b': {'t': 'f' || ${x()} % 100}}`)} AS s,
    DATE '2020-01-01' + (${x()} % 900)::INTEGER AS day, md5(i::VARCHAR) AS w FROM range(${rows}) t(i)`;
  const arrow = random() < 0.6 && {
    rowGroup: choose([1000, 3000, 1 << 20]), pageSize: choose([512, 4096]), pageRows: choose([50, 500]),
    dictionary: random() < 0.6, dictionarySize: choose([300, 1 << 20]), version: choose([1, 2]),
    statistics: choose(['Page', 'Page', 'Chunk', 'None']),
  };
  return write(`random-${index}`, select, { duck: `ROW_GROUP_SIZE ${choose([2048, 6144, 122880])}`, arrow });
}

const columns = {
  id: () => String(below(rows * 1.1)), n: () => String(below(rows * 1.1)),
  d: () => choose([`${below(1500) - 500}.125`, "'nan'::DOUBLE", '0.0', "'-inf'::DOUBLE"]),
  t: () => `${long} || '${String(below(3100)).padStart(5, '0')}'`, c: () => `'c${below(45)}'`,
  's.a': () => String(below(rows)), 's.b.t': () => `'f${below(110)}'`, day: () => `DATE '2020-01-01' + ${below(950)}`,
};

function randomPredicate(depth = 0) {
  if (depth < 2 && random() < 0.45) {
    const two = `(${randomPredicate(depth + 1)} ${choose(['AND', 'OR'])} ${randomPredicate(depth + 1)})`;
    return random() < 0.2 ? `NOT ${two}` : two;
  }
  const name = choose(Object.keys(columns));
  const value = columns[name];
  return choose([
    () => `${name} ${choose(['=', '<', '<=', '>', '>=', '<>'])} ${value()}`,
    () => `${name} ${choose(['', 'NOT '])}BETWEEN ${value()} AND ${value()}`,
    () => `${name} ${choose(['', 'NOT '])}IN (${value()}, ${value()}, ${value()})`,
    () => `${name} IS ${choose(['', 'NOT '])}NULL`,
    () => `${name} IS ${choose(['', 'NOT '])}DISTINCT FROM ${value()}`,
    () => `c LIKE 'c${below(5)}%'`, () => `t LIKE ${long} || '0${below(4)}%'`,
    () => `n::DOUBLE > ${below(rows)}.5`, () => `day::TIMESTAMP >= TIMESTAMP '2021-03-0${1 + below(8)} 12:00:00'`,
    () => `file_row_number ${choose(['<', '>=', '='])} ${below(rows)}`,
  ])();
}

function randomQuery() {
  const where = random() < 0.8 ? `WHERE ${randomPredicate()}` : '';
  const key = () => `${choose(['id', 'n', 'd', 't', 'c', 's.a', 'day'])}${choose(['', ' DESC'])}` +
    `${choose(['', ' NULLS FIRST', ' NULLS LAST'])}`;
  return choose([
    () => `SELECT count(*), count(n), min(d), max(t), sum(s.a), min(w) FROM f ${where}`,
    () => `SELECT count(*) FROM f ${where}`,
    () => `SELECT id, w, s.b.t FROM f ${where}`,
    () => `SELECT * FROM f ${where} ORDER BY ${key()}, id LIMIT ${1 + below(30)}`,
    () => `SELECT w, c FROM f ${where} ORDER BY ${key()}, ${key()}, id LIMIT ${1 + below(9)} OFFSET ${below(50)}`,
    () => `SELECT count(*) FROM (SELECT * FROM f ${where} LIMIT ${below(300)})`,
  ])();
}

const modes = [['true', 'true'], ['false', 'true'], ['true', 'false']];
async function runRandom() {
  for (let index = 0; index < 6; index += 1) {
    const file = await randomFile(index);
    for (let n = 0; n < option('queries', 25); n += 1) {
      const sql = randomQuery();
      const at = (place) => sql.replace('FROM f', `FROM read_parquet('${place}', file_row_number = true)`);
      const expected = await duckdb.query(at(file.path));
      for (const [skipping, late] of modes) {
        await set('enable_skipping', skipping);
        await set('enable_late_materialization', late);
        for (const place of [file.path, file.url.replace(server.url, fast.url)]) {
          const problem = difference(await whittle.query(at(place)), expected, { ordered: sql.includes('ORDER BY') });
          check(problem === null, `file ${index}, skipping ${skipping}, late ${late}: ${problem}\n  ${at(place)}`);
        }
      }
    }
  }
  await set('enable_skipping', 'true');
  await set('enable_late_materialization', 'true');
}

await runDirected();
await runRandom();
whittle.close();
duckdb.close();
server.stop();
fast.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
