// Every function that DuckDB lists, called with values from the edges of its types by whittle and by DuckDB:
// value, type and whether it fails must agree.
//
//   node tests/oracle/functions.mjs [--seed N] [--calls N] [--only NAME] [--all]
//
// Overloads come from duckdb_functions(). Each is called over a column of several rows; where either engine
// fails, row by row with constants, since a failing row says nothing of its neighbours. Everything follows from
// the seed. --all shows every difference, not the first of each overload.
import { asClient, difference } from './compare.mjs';
import { makeDice } from './dice.mjs';
import { openDuckDB } from './duckdb.mjs';
import { openWhittle, root } from './whittle.mjs';
import { hints, infix, known, left, lambdas } from './function_hints.mjs';
import { randomValue } from './values.mjs';

process.chdir(root);
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const seed = Number(option('seed', 1));
const callCount = Number(option('calls', 5));
const only = option('only', null);
const showAll = process.argv.includes('--all');

const dice = makeDice(seed);
const { below, chance, choose } = dice;

const anything = ['INTEGER', 'BIGINT', 'DOUBLE', 'VARCHAR', 'DATE', 'BOOLEAN', 'TIMESTAMP', 'DECIMAL(9,4)',
  'INTERVAL'];
const unsupported = /BIGNUM|TIME_NS|GEOMETRY|AGGREGATE_STATE|VARIANT|UNION|ENUM|LAMBDA|TYPE\b/;

// The types of one call: letters stand for any type, the same for each letter.
function concrete(parameters) {
  const letters = new Map();
  const letter = (name) => {
    if (!letters.has(name)) letters.set(name, choose(name === 'K' ? ['INTEGER', 'VARCHAR', 'DATE'] : anything));
    return letters.get(name);
  };
  return parameters.map((text) => {
    if (text === 'ANY' || text === 'ANY[]') return letter('T') + text.slice(3);
    if (text === 'STRUCT') return 'STRUCT(a INTEGER, b VARCHAR)';
    if (text.includes('[ANY]')) return text.replace('[ANY]', '[3]');
    if (text === 'DECIMAL') return choose(['DECIMAL(4,1)', 'DECIMAL(9,4)', 'DECIMAL(18,6)', 'DECIMAL(38,10)']);
    if (text === 'STRUCT(K, V)[]') return `STRUCT(k ${letter('K')}, v ${letter('V')})[]`;
    return text.replace(/\b[TKV]\b/g, letter).replaceAll('"', '');
  });
}

function callText(name, args) {
  if (infix.has(name) && args.length === 2) return `(${args[0]}) ${name} (${args[1]})`;
  if (infix.has(name)) return `${name} (${args[0]})`;
  return `${/^\w+$/.test(name) ? name : `"${name}"`}(${args.join(', ')})`;
}

let duckdb = await openDuckDB();
const whittle = await openWhittle({ timeout: 30 });
let passed = 0;
let failed = 0;

async function compare(sql) {
  const [got, expected] = await Promise.all([whittle.query(sql), duckdb.query(sql)]);
  if (/INTERNAL|FATAL|invalidated|not implemented/i.test(expected.error ?? '')) {
    // DuckDB's own accident: some of them leave the database unusable.
    if ((await duckdb.query('SELECT 1')).error) duckdb = await openDuckDB();
    return { problem: null, both: false };
  }
  const problem = difference(asClient(got, expected), asClient(expected, got), { ordered: true, types: true });
  return { problem, both: !got.error && !expected.error };
}

function report(name, sql, problem) {
  failed += 1;
  console.log(`${name}: ${problem.slice(0, 400)}\n  ${sql.slice(0, 600)}`);
}

async function check(name, sql) {
  if (known.some((pattern) => pattern.test(sql))) return true;
  const { problem } = await compare(sql);
  if (problem === null) passed += 1;
  else report(name, sql, problem);
  return problem === null;
}

async function checkOverload({ name, kind, parameters, varargs }) {
  const types = concrete(parameters);
  if (varargs && kind === 'scalar') {
    const type = concrete([varargs === 'ANY' ? 'ANY' : varargs])[0];
    for (let extra = below(3); extra > 0; extra -= 1) types.push(type);
  }
  const tuples = Array.from({ length: callCount }, () => types.map((type, index) => {
    const hint = hints[name]?.[index] ?? hints[`*${name.replace(/_.*/, '')}`]?.[index];
    return hint ? choose(hint) : randomValue(type, dice);
  }));
  const columns = types.map((_, index) => `a${index}`);
  const fixed = hints[name]?.constant ?? [];
  for (const tuple of tuples) fixed.forEach((index) => { if (index < tuple.length) tuple[index] = tuples[0][index]; });
  const inCall = columns.map((column, index) => (fixed.includes(index) ? tuples[0][index] : column));
  const from = types.length ? ` FROM (VALUES ${tuples.map((t) => `(${t.join(', ')})`).join(', ')}) t(${columns})` : '';
  const sql = `SELECT ${callText(name, inCall)}${from}`;
  if (known.some((pattern) => pattern.test(sql))) return;
  if (kind === 'aggregate') {
    await check(name, sql);
    return;
  }
  const { problem, both } = await compare(sql);
  if (both && problem === null) {
    passed += 1;
    return;
  }
  let alone = true;
  for (const tuple of tuples) {
    alone = await check(name, `SELECT ${callText(name, tuple)}`);
    if (!alone && !showAll) break;
  }
  if (alone && problem !== null) report(name, sql, problem);
}

const listed = await duckdb.query(`SELECT function_name, function_type, to_json(parameter_types), varargs
  FROM duckdb_functions() WHERE function_type IN ('scalar', 'aggregate') ORDER BY ALL`);
const seen = new Map();
for (const [name, kind, list, varargs] of listed.rows) {
  const parameters = JSON.parse(list);
  if (left.has(name) || /^(icu_|__internal|pg_|st_)/.test(name) || (only && name !== only)) continue;
  if (unsupported.test(parameters.join(' ')) || unsupported.test(varargs ?? '')) continue;
  if (!seen.has(name)) seen.set(name, []);
  seen.get(name).push({ name, kind, parameters, varargs });
}
for (const overloads of seen.values()) {
  // Names with a great many overloads (arg_max: 92) take turns by seed.
  const some = overloads.length > 24 ? overloads.filter(() => chance(24 / overloads.length)) : overloads;
  for (const overload of some) await checkOverload(overload);
}
for (const sql of lambdas) if (!only || sql.includes(only)) await check('lambda', sql);

whittle.close();
duckdb.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
