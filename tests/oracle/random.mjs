// Random files × random queries: whittle with skipping, whittle without, and DuckDB must agree.
//
//   node tests/oracle/random.mjs [--seed N] [--files N] [--queries N] [--keep]
//
// A file has random columns, share of NULLs, order, row groups, codec, and one of several writers with small
// pages, indexes, other encodings. Everything follows from the seed, so a failure can be run again.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compareStatement } from './differential.mjs';
import { makeDice } from './dice.mjs';
import { openDuckDB } from './duckdb.mjs';
import { openWhittle, root } from './whittle.mjs';
import { writeArrowRs } from './writers.mjs';

process.chdir(root);
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const seed = option('seed', 1);
const fileCount = option('files', 16);
const queryCount = option('queries', 30);
const folder = 'build/random';
mkdirSync(folder, { recursive: true });

const { below, chance, choose, random } = makeDice(seed);
const some = (list, n) => [...list].sort(() => random() - 0.5).slice(0, n);

// Each kind: a value as SQL over the number x (0 … distinct-1, or the row number where sorted), and a
// literal of the same kind for predicates.
const kinds = {
  BOOLEAN: (x) => `(${x}) % 3 = 0`,
  TINYINT: (x) => `CAST((${x}) % 200 - 100 AS TINYINT)`,
  SMALLINT: (x) => `CAST((${x}) % 40000 - 20000 AS SMALLINT)`,
  INTEGER: (x) => `CAST((${x}) * 17 - 5000 AS INTEGER)`,
  BIGINT: (x) => `CAST((${x}) * 1000000007 - 40000000000 AS BIGINT)`,
  UINTEGER: (x) => `CAST((${x}) * 30011 % 4000000000 AS UINTEGER)`,
  UBIGINT: (x) => `CAST((${x}) AS UBIGINT) * 1000003 + 9223372036854775807::UBIGINT`,
  FLOAT: (x) => `CAST((${x}) / 8 - 100 AS FLOAT)`,
  DOUBLE: (x) => `CAST((${x}) AS DOUBLE) / 16 - 300`,
  'DECIMAL(9,2)': (x) => `CAST((${x}) / 4.0 - 77 AS DECIMAL(9,2))`,
  'DECIMAL(18,4)': (x) => `CAST((${x}) * 1.0625 - 99 AS DECIMAL(18,4))`,
  'DECIMAL(38,6)': (x) => `CAST((${x}) * 10000000000000.5 AS DECIMAL(38,6))`,
  DATE: (x) => `DATE '1999-12-25' + CAST((${x}) % 20000 AS INTEGER)`,
  TIME: (x) => `TIME '00:00:00' + to_seconds((${x}) % 86400)`,
  TIMESTAMP: (x) => `TIMESTAMP '1969-12-31 23:00:00' + to_seconds((${x}) * 3607)`,
  VARCHAR: (x) => `'k' || lpad(CAST((${x}) AS VARCHAR), 5, '0') || repeat('é', CAST((${x}) % 7 AS INTEGER))`,
  BLOB: (x) => `encode('blob' || (${x}))`,
  UUID: (x) => `CAST('00000000-0000-4000-8000-' || lpad(CAST((${x}) AS VARCHAR), 12, '0') AS UUID)`,
};
const summable = /INT|DECIMAL|DOUBLE|FLOAT/;

function randomSchema(rows) {
  const count = 3 + below(6);
  return [...Array(count).keys()].map((index) => {
    const kind = choose(Object.keys(kinds));
    const distinct = choose([2, 5, 50, 1000, rows]);
    const order = choose(['sorted', 'scattered', 'runs', 'nearly']);
    const nulls = choose([0, 0, 0.05, 0.5, 0.97]);
    const scattered = `CAST(hash(i * 64 + ${index + seed % 50}) % ${distinct} AS BIGINT)`;
    const x = {
      sorted: `i * ${distinct} // ${rows}`,
      scattered,
      runs: `CAST(hash(i // 100 * 64 + ${index}) % ${distinct} AS BIGINT)`,
      nearly: `greatest(i * ${distinct} // ${rows} - CAST(hash(i) % 5 AS BIGINT), 0)`,
    }[order];
    const value = kinds[kind](x);
    const sql = nulls ? `CASE WHEN hash(i * 3 + ${index}) % 1000 >= ${nulls * 1000} THEN ${value} END` : value;
    return { name: `c${index}`, kind, distinct, sql };
  });
}

async function randomFile(duckdb, index) {
  const rows = choose([0, 1, 300, 3000, 20000, 50000]);
  const columns = randomSchema(Math.max(rows, 1));
  const path = join(folder, `${seed}-${index}.parquet`);
  const codec = choose(['uncompressed', 'snappy', 'zstd', 'gzip', 'brotli', 'lz4_raw']);
  const version = choose(['V1', 'V2']);
  const list = columns.map(({ name, sql }) => `${sql} AS ${name}`).join(', ');
  const select = `SELECT ${list} FROM range(${rows}) t(i)`;
  await duckdb.connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet, COMPRESSION ${codec},
    PARQUET_VERSION ${version}, ROW_GROUP_SIZE ${choose([2048, 4096, 122880])})`);
  let writer = 'duckdb';
  if (rows > 0 && chance(0.6)) {
    writer = 'arrow-rs';
    writeArrowRs(path, path, {
      compression: choose(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'ZSTD', 'LZ4_RAW']),
      dictionary: chance(0.6), dictionarySize: choose([200, 4000, 1 << 20]), pageSize: choose([64, 512, 8192]),
      pageRows: choose([16, 100, 1024]), rowGroup: choose([700, 5000, 1 << 20]), version: choose([1, 2]),
      statistics: choose(['Page', 'Page', 'Chunk', 'None']),
    });
  }
  for (const column of columns) column.literals = await literalsOf(column, duckdb);
  return { path, rows, columns, writer };
}

// Literals near the column's values, some just outside, written as people write them.
async function literalsOf({ kind, distinct }, duckdb) {
  const xs = [...Array(24)].map(() => Math.max(below(distinct * 1.1 + 2) - 1, 0));
  const { rows } = await duckdb.query(`SELECT ${kinds[kind]('x')}
    FROM (SELECT unnest([${xs}])::BIGINT AS x)`);
  return rows.map(([text]) => {
    if (/INT|DECIMAL|BOOLEAN/.test(kind) || (/DOUBLE|FLOAT/.test(kind) && chance(0.5))) return text;
    return kind === 'VARCHAR' || chance(0.4) ? `'${text}'` : `'${text}'::${kind}`;
  });
}

const literal = ({ literals }) => choose(literals);

function randomPredicate(columns, depth = 0) {
  if (depth < 2 && chance(0.4)) {
    const [left, right] = [randomPredicate(columns, depth + 1), randomPredicate(columns, depth + 1)];
    return chance(0.2) ? `NOT (${left})` : `(${left} ${choose(['AND', 'AND', 'OR'])} ${right})`;
  }
  const column = choose(columns);
  const { name } = column;
  const options = [
    () => `${name} ${choose(['=', '=', '<', '<=', '>', '>=', '<>'])} ${literal(column)}`,
    () => `${name} BETWEEN ${literal(column)} AND ${literal(column)}`,
    () => `${name} ${chance(0.2) ? 'NOT ' : ''}IN (${literal(column)}, ${literal(column)}, ${literal(column)})`,
    () => `${name} IS ${chance(0.5) ? 'NOT ' : ''}NULL`,
    () => `${name} IS ${chance(0.5) ? 'NOT ' : ''}DISTINCT FROM ${literal(column)}`,
  ];
  if (column.kind === 'VARCHAR') {
    options.push(() => `${name} LIKE 'k0${below(10)}%'`, () => `${name} LIKE '%${below(10)}é'`,
      () => `starts_with(${name}, 'k00${below(10)}')`);
  }
  if (/INT/.test(column.kind)) options.push(() => `${name}::HUGEINT % ${2 + below(5)} = ${below(2)}`);
  if (column.kind === 'TIMESTAMP') options.push(() => `${name}::DATE = ${literal(column)}::DATE`);
  return choose(options)();
}

function aggregate(column) {
  const { name, kind } = column;
  const options = ['count(*)', `count(${name})`, `min(${name})`, `max(${name})`, `count(DISTINCT ${name})`];
  if (summable.test(kind)) options.push(`sum(${name})`, `avg(${name})`, `min(${name} / 2)`);
  if (kind === 'BOOLEAN') options.push(`bool_or(${name})`, `count(*) FILTER (${name})`);
  if (kind === 'VARCHAR') options.push(`max(length(${name}))`, `min(upper(${name}))`);
  return choose(options);
}

function randomQuery({ path, columns }) {
  const where = chance(0.8) ? ` WHERE ${randomPredicate(columns)}` : '';
  const from = ` FROM '${path}'${where}`;
  const named = some(columns, 1 + below(3)).map(({ name }) => name);
  const aggregates = [...Array(1 + below(3))].map((_, index) => `${aggregate(choose(columns))} AS a${index}`);
  const direction = () => choose(['', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST']);
  switch (below(6)) {
    case 0: return `SELECT ${aggregates.join(', ')}${from}`;
    case 1: return `SELECT ${[...named, ...aggregates].join(', ')}${from} GROUP BY ${named.join(', ')}`;
    case 2: return `SELECT ${named.join(', ')}${from} ORDER BY ${named.map((n) => n + direction()).join(', ')} ` +
      `LIMIT ${below(40)}${chance(0.3) ? ` OFFSET ${below(100)}` : ''}`;
    case 3: return `SELECT DISTINCT ${named.join(', ')}${from}`;
    case 4: return `SELECT *${from} ORDER BY ${named[0]}${direction()} LIMIT ${1 + below(20)}`;
    default: return `SELECT ${named.join(', ')}${from}`;
  }
}

const duckdb = await openDuckDB();
const whittle = await openWhittle({ timeout: 60 });
let passed = 0;
let failed = 0;
for (let index = 0; index < fileCount; index += 1) {
  const file = await randomFile(duckdb, index);
  let bad = false;
  for (let n = 0; n < queryCount; n += 1) {
    const sql = randomQuery(file);
    for (const skipping of ['true', 'false']) {
      await whittle.query(`SET enable_skipping = ${skipping}`);
      const problem = await compareStatement(sql, whittle, duckdb);
      if (problem === null) {
        passed += 1;
      } else {
        failed += 1;
        bad = true;
        console.log(`seed ${seed}, file ${index} (${file.writer}, ${file.rows} rows), skipping ${skipping}: ` +
          `${problem}\n  ${sql}`);
      }
    }
  }
  if (!bad && !process.argv.includes('--keep')) rmSync(file.path);
}
whittle.close();
duckdb.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
