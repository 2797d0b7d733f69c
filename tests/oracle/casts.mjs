// Every pair of types, cast over values from the edges of the one: whittle and DuckDB must agree on what
// TRY_CAST gives, and on which values CAST refuses.
//
//   node tests/oracle/casts.mjs [--seed N] [--only "FROM TO"]
//
// Text is cast from the texts of the other type's values and from text that is like them.
import { asClient, difference } from './compare.mjs';
import { makeDice } from './dice.mjs';
import { openDuckDB } from './duckdb.mjs';
import { randomValue, values } from './values.mjs';
import { openWhittle, root } from './whittle.mjs';

process.chdir(root);
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const dice = makeDice(Number(option('seed', 1)));
const only = option('only', null);

const nested = ['INTEGER[]', 'VARCHAR[]', 'INTEGER[2]', 'DOUBLE[][]', 'STRUCT(a INTEGER, b VARCHAR)',
  'MAP(VARCHAR, INTEGER)',
  'STRUCT(b DATE, c BIGINT)'];
const types = [...Object.keys(values), ...nested];
const texts = {
  numbers: [' 1 ', '1.5', '-0', '1e3', '1_000', '0x1F', '', 'abc', '99999999999999999999', '1e400', '.5', '5.',
    '+5', 'inf', 'NaN'],
  times: ['2024-02-30', '2024-2-9', '12:34', '24:00:01', '2024-01-01T12:00:00Z', '2024-01-01 12:00:00+05:30', 'epoch',
    '1 month 2 days', '-1 day', 'today', '10:20:30.1234567', '290309-12-22 (BC) 00:00:00', '2024/01/02',
      '99999-01-01'],
  others: ['t', 'f', 'yes', '{a: 1}', "{'a': 1, 'b': x}", '[]', '[1,]', '[1, NULL, 2]', '{}', '{k=1}',
    '[[1.5], []]', '101',
    '\\x41', '{"a": 1}', 'NULL', '(1, x)', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
};

// SQL of the values of one type, as many as fit a statement.
function inputs(from, to) {
  if (from !== 'VARCHAR') {
    const some = values[from] ?? Array.from({ length: 8 }, () => randomValue(from, dice));
    return ['NULL', ...some];
  }
  const like = (values[to] ?? Array.from({ length: 4 }, () => randomValue(to,
    dice))).map((sql) => `(${sql})::VARCHAR`);
  return ['NULL', ...like, ...Object.values(texts).flat().map((text) => `'${text.replaceAll("'", "''")}'`)];
}

// Where whittle means to differ, or DuckDB answers by accident.
const known = [
  /'\[1,\]' AS JSON|AS JSON\) FROM/, // DuckDB takes a comma before the end of a list
  /JSON AS BIT\)/, /VARCHAR AS TIME WITH|' AS TIME WITH|TIMETZ\)::VARCHAR/, // DuckDB takes dates in front of a time
  /TIMESTAMP_(MS|NS).* AS TIMESTAMP_(S|MS)\)/, // DuckDB has no casts from finer to coarser units
  /TIMESTAMPTZ AS TIME\)/, // needs the calendar of time zones
];

let duckdb = await openDuckDB();
const whittle = await openWhittle({ timeout: 30 });
let passed = 0;
let failed = 0;

async function both(sql) {
  const [got, expected] = await Promise.all([whittle.query(sql), duckdb.query(sql)]);
  if (/INTERNAL|FATAL|invalidated/.test(expected.error ?? '')) {
    if ((await duckdb.query('SELECT 1')).error) duckdb = await openDuckDB();
    return null;
  }
  // DuckDB's TRY_CAST fails on some values instead of giving NULL.
  if (/TRY_CAST/.test(sql) && /Conversion Error|Invalid Input|Out of Range/.test(expected.error ?? '') && !got.error) {
    return null;
  }
  const problem = difference(asClient(got, expected), asClient(expected, got), { ordered: true, types: true });
  return { got, expected, problem };
}

async function check(sql) {
  if (known.some((pattern) => pattern.test(sql))) return;
  const { problem } = (await both(sql)) ?? { problem: null };
  if (problem === null) {
    passed += 1;
    return;
  }
  failed += 1;
  console.log(`${problem.slice(0, 300)}\n  ${sql.slice(0, 500)}`);
}

for (const from of types) {
  for (const to of types) {
    if (from === to || (only && only !== `${from} ${to}`)) continue;
    const list = inputs(from, to);
    const rows = list.map((sql, index) => `(${index}, ${sql === 'NULL' ? `NULL::${from}` : sql})`);
    const tried = await both(`SELECT i, TRY_CAST(x AS ${to}) FROM (VALUES ${rows.join(', ')}) t(i, x)`);
    if (tried === null || known.some((pattern) => pattern.test(`${from} AS ${to})`))) continue;
    if (tried.problem === null) {
      passed += 1;
    } else {
      for (const sql of list) await check(`SELECT TRY_CAST(${sql === 'NULL' ? `NULL::${from}` : sql} AS ${to})`);
    }
    if (tried.expected.error) continue;
    const refused = tried.expected.rows.filter(([, value]) => value === null).map(([index]) => Number(index));
    const taken = rows.filter((_, index) => !refused.includes(index) || index === 0);
    await check(`SELECT CAST(x AS ${to}) FROM (VALUES ${taken.join(', ')}) t(i, x)`);
    for (const index of refused.filter((each) => each > 0).slice(0,
      3)) await check(`SELECT CAST(${list[index]} AS ${to})`);
  }
}

whittle.close();
duckdb.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
