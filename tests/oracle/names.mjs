// The names of result columns: every query of tests/sql gives the same ones on whittle and on DuckDB.
import { readFileSync, readdirSync } from 'node:fs';
import { parse } from '../sqllogic/format.mjs';
import { openDuckDB } from './duckdb.mjs';
import { openWhittle, root } from './whittle.mjs';

process.chdir(root);
const named = process.argv.slice(2);
const files = named.length ? named : readdirSync('tests/sql').filter((name) => name.endsWith('.test'))
  .map((name) => `tests/sql/${name}`);
const counts = { passed: 0, failed: 0 };
const substitute = (sql) => sql.replaceAll('${DATA}', 'build/testdata');

for (const file of files) {
  const [whittle, duckdb] = [await openWhittle(), await openDuckDB()];
  for (const record of parse(readFileSync(file, 'utf8'))) {
    if (record.sql === undefined || record.conditions.length || record.sql.includes('${CORPUS}')) continue;
    if (record.kind === 'statement' && !record.ok) continue;
    const sql = substitute(record.sql);
    const [got, expected] = [await whittle.query(sql), await duckdb.query(sql)];
    if (record.kind !== 'query' || got.error !== undefined || expected.error !== undefined) continue;
    if (JSON.stringify(got.columns) === JSON.stringify(expected.columns)) {
      counts.passed += 1;
    } else {
      counts.failed += 1;
      console.log(`${file}:${record.line}: ${got.columns.join(', ')}\n  expected ${expected.columns.join(', ')}`);
    }
  }
  whittle.close();
  duckdb.close();
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed ? 1 : 0;
