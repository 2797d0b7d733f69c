// The same statement on whittle and on DuckDB: same answer? As a program, runs a file of statements (each
// ended by ';' at the end of a line): node tests/oracle/differential.mjs FILE.sql
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { difference } from './compare.mjs';
import { openDuckDB } from './duckdb.mjs';
import { openWhittle } from './whittle.mjs';

const limit = /\s+LIMIT\s+\d+\s*%?(\s+OFFSET\s+\d+)?\s*$/i;

// What the end of a statement promises about the order and number of its rows; `start`: where that begins.
export function orderOf(sql) {
  const body = sql.replace(limit, '');
  const limited = body !== sql;
  const at = [...body.matchAll(/\bORDER\s+BY\b/gi)].pop()?.index;
  const keys = at === undefined ? '' : body.slice(at).replace(/^ORDER\s+BY\s+/i, '');
  const depth = keys.split('(').length - keys.split(')').length;
  if (at === undefined || depth !== 0) return { keys: [], limited, start: body.length };
  return { keys: splitKeys(keys), limited, start: at };
}

function splitKeys(text) {
  const keys = [''];
  let depth = 0;
  for (const c of text) {
    depth += c === '(' ? 1 : c === ')' ? -1 : 0;
    if (c === ',' && depth === 0) keys.push('');
    else keys[keys.length - 1] += c;
  }
  return keys.map((key) => key.replace(/\s+(ASC|DESC)\b/i, '').replace(/\s+NULLS\s+\w+/i, '').trim());
}

const pick = (answer, indexes) => ({
  columns: indexes.map((index) => answer.columns[index]),
  types: indexes.map((index) => answer.types[index]),
  rows: answer.rows.map((row) => indexes.map((index) => row[index])),
});

// Compares one statement. Rows with equal sort keys may come in any order, and LIMIT may cut anywhere among
// them: then the keys must agree row by row, and each row must be one of those without the LIMIT.
export async function compareStatement(sql, whittle, duckdb, { types = true } = {}) {
  const [got, expected] = await Promise.all([whittle.query(sql), duckdb.query(sql)]);
  const { keys, limited, start } = orderOf(sql);
  const problem = difference(got, expected, { ordered: keys.length > 0, types });
  if (problem === null || got.error !== undefined || expected.error !== undefined) return problem;
  if (got.types.length !== expected.types.length || got.rows.length !== expected.rows.length) return problem;
  if (keys.length === 0 && !limited) return problem;

  const indexes = keys.map((key) => expected.columns.findIndex((name) => sameName(name, key)));
  if (indexes.every((index) => index >= 0) && indexes.length) {
    const inKeys = difference(pick(got, indexes), pick(expected, indexes), { ordered: true, types });
    if (inKeys !== null) return `in the sort keys: ${inKeys}`;
  }
  const all = limited ? await duckdb.query(sql.slice(0, start)) : expected;
  if (!limited) return difference(got, all, { ordered: false, types });
  return notAmong(got, all);
}

function sameName(column, key) {
  const plain = (text) => text.replace(/["\s]/g, '').replace(/count_star\(\)/i, 'count(*)').toLowerCase();
  return plain(column) === plain(key);
}

function notAmong(got, all) {
  const known = new Map();
  for (const row of all.rows) {
    const key = JSON.stringify(row);
    known.set(key, (known.get(key) ?? 0) + 1);
  }
  for (const row of got.rows) {
    const key = JSON.stringify(row);
    if (!known.get(key)) {
      const same = (other) => difference({ ...all, rows: [row] }, { ...all, rows: [other] }) === null;
      if (!all.rows.some(same)) return `a row that is not in the whole answer: ${key.slice(0, 300)}`;
    } else {
      known.set(key, known.get(key) - 1);
    }
  }
  return null;
}

// Runs statements one after another; prints what differs; returns { passed, failed }.
export async function compareAll(statements, whittle, duckdb, options = {}) {
  const counts = { passed: 0, failed: 0 };
  for (const sql of statements) {
    const problem = await compareStatement(sql, whittle, duckdb, options);
    if (problem === null) {
      counts.passed += 1;
    } else {
      counts.failed += 1;
      console.log(`${problem}\n  ${sql.length > 1000 ? `${sql.slice(0, 1000)}…` : sql}`);
    }
  }
  return counts;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const text = readFileSync(process.argv[2], 'utf8');
  const statements = text.split(/;\s*\n/).map((sql) => sql.trim()).filter((sql) => sql && !/^--[^\n]*$/.test(sql));
  const [whittle, duckdb] = [await openWhittle(), await openDuckDB()];
  const counts = await compareAll(statements, whittle, duckdb);
  whittle.close();
  duckdb.close();
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = counts.failed ? 1 : 0;
}
