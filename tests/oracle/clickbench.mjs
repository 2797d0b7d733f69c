// ClickBench's 43 queries on 100,000 generated hits: whittle's answers must be DuckDB's.
//   node tests/oracle/clickbench.mjs [FILE]
import { existsSync } from 'node:fs';
import { generateHits } from '../../bench/hits/generate.mjs';
import { clickbench } from '../../bench/hits/queries.mjs';
import { compareAll } from './differential.mjs';
import { openDuckDB } from './duckdb.mjs';
import { openWhittle, root } from './whittle.mjs';

process.chdir(root);
const file = process.argv[2] ?? 'build/data/hits_100k.parquet';
if (!existsSync(file)) await generateHits(100000, file);
const duckdb = await openDuckDB();
const rows = Number((await duckdb.query(`SELECT count(*) FROM '${file}'`)).rows[0][0]);
const whittle = await openWhittle({ timeout: 120 });
const { passed, failed } = await compareAll(clickbench(file, Math.max(1e8 / rows, 1)), whittle, duckdb);
whittle.close();
duckdb.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
