// Every file of Apache's test corpus that DuckDB reads: whittle must give the same rows; every file that it
// does not: whittle must read it or say why, never crash. Skipped where the corpus is absent.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareStatement } from './differential.mjs';
import { openDuckDB } from './duckdb.mjs';
import { openWhittle, root } from './whittle.mjs';

process.chdir(root);
const folder = process.argv[2] ?? '../shared/data/parquet-testing';
if (!existsSync(folder)) {
  console.log(`corpus: skipped, ${folder} is not there`);
  console.log('0 passed, 0 failed');
  process.exit(0);
}

function filesIn(path) {
  return readdirSync(path).sort().flatMap((name) => {
    const child = join(path, name);
    if (statSync(child).isDirectory()) return filesIn(child);
    return /\.parquet(\.encrypted)?$/.test(name) ? [child] : [];
  });
}

// Where whittle reads on purpose what DuckDB reads otherwise or not at all: no comparison, but no crash.
// VARIANT is shown as JSON here; a checksum is checked there only on request.
const ownWay = /shredded_variant|corrupt-checksum|geospatial|unknown-logical-type/;

// Two gigabytes in one string: counted, not shown.
const huge = /large_string_map/;

const duckdb = await openDuckDB();
const whittle = await openWhittle();
let passed = 0;
let failed = 0;
for (const file of filesIn(folder)) {
  const sql = `SELECT ${huge.test(file) ? 'count(*)' : '*'} FROM read_parquet('${file}')`;
  const reference = ownWay.test(file) ? { error: 'not compared' } : await duckdb.query(sql);
  let problem;
  let seen;
  if (reference.error === undefined) {
    problem = await compareStatement(sql, whittle, duckdb);
  } else {
    const answer = await whittle.query(sql);
    problem = answer.crashed ? answer.error : null;
    seen = answer.error?.split('\n')[0] ?? `${answer.rows.length} rows`;
  }
  if (problem === null) {
    passed += 1;
    if (seen && process.argv.includes('--verbose')) console.log(`${file}: ${seen}`);
  } else {
    failed += 1;
    console.log(`${file}: ${problem}`);
  }
}
whittle.close();
duckdb.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
