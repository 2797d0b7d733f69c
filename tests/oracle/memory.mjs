// The budget holds: scans, filters, aggregation and sorting of a file several times as large as the limit give
// DuckDB's answers, the process's peak stays below limit + 64 MB, and no temporary file is left.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { difference } from './compare.mjs';
import { openDuckDB } from './duckdb.mjs';
import { openWhittle, root } from './whittle.mjs';

process.chdir(root);
const folder = 'build/memory';
const spills = `${folder}/temporary`;
mkdirSync(spills, { recursive: true });
const duckdb = await openDuckDB();
const select = `SELECT i AS id, hash(i) AS h, CAST(hash(i) % 300000 AS INTEGER) AS u,
  'category ' || hash(i + 3) % 40 AS c, md5(i::VARCHAR) || i % 10 AS payload FROM range(1500000) t(i)`;
// As files usually are; one row group that is larger than the limit; pages of 100 MB.
const files = {
  groups: [select, 122880],
  one: [select, 100000000],
  pages: ["SELECT i AS id, repeat(i::VARCHAR || ' ', 100) AS long FROM range(400000) t(i)", 100000000],
};
for (const [name, [query, size]] of Object.entries(files)) {
  await duckdb.connection.run(`COPY (${query}) TO '${folder}/${name}.parquet' (FORMAT parquet,
    COMPRESSION snappy, ROW_GROUP_SIZE ${size})`);
}

// [statement, limit in MB, whether it spills, threads]
const groups = `'${folder}/groups.parquet'`;
const one = `'${folder}/one.parquet'`;
const cases = [
  [`SELECT count(*), sum(id), max(h), sum(u), max(c), max(payload), sum(length(payload)) FROM ${groups}`, 40, false],
  [`SELECT count(*), sum(id), max(payload) FROM ${groups} WHERE u < 30000`, 24, false],
  [`SELECT id, payload FROM ${groups} WHERE h % 1000 = 7 ORDER BY payload LIMIT 20`, 40, false],
  [`SELECT count(*), sum(n) FROM (SELECT payload, count(*) AS n FROM ${groups} GROUP BY payload)`, 48, true],
  [`SELECT u, sum(id) AS s, count(DISTINCT c) FROM ${groups} GROUP BY u ORDER BY s DESC LIMIT 5`, 48, true],
  [`SELECT count(*), max(payload) FROM (SELECT * FROM ${groups} ORDER BY payload LIMIT 700000)`, 48, true],
  [`SELECT count(*), max(payload) FROM (SELECT * FROM ${groups} ORDER BY payload LIMIT 700000)`, 16, true, 4],
  // Little room to merge in: no group is lost, and none appears twice.
  ['SELECT count(*), min(n), max(n), sum(s) FROM (SELECT md5((i % 700000)::VARCHAR) AS m, count(*) AS n, ' +
    'sum(i) AS s FROM range(2100000) t(i) GROUP BY m)', 32, true, 4],
  ['SELECT count(*), min(n), max(n), sum(s) FROM (SELECT i % 700000 AS m, count(*) AS n, sum(i) AS s ' +
    'FROM range(2100000) t(i) GROUP BY m)', 24, true, 4],
  [`SELECT count(*), sum(u), max(c) FROM ${one}`, 64, false],
  [`SELECT count(*), max(payload) FROM ${one} WHERE u < 30000`, 128, false],
  [`SELECT count(*), sum(length(long)), min(id) FROM '${folder}/pages.parquet'`, 140, false],
];

let passed = 0;
let failed = 0;
function check(good, message) {
  if (good) passed += 1;
  else {
    failed += 1;
    console.log(message);
  }
}

for (const [sql, limit, spilling, threads = 2] of cases) {
  const whittle = await openWhittle({ memoryLimit: `${limit}MB`, timeout: 120, threads,
    flags: ['--temp-directory', spills] });
  const problem = difference(await whittle.query(sql), await duckdb.query(sql), { ordered: sql.includes('ORDER BY') });
  check(problem === null, `${limit} MB: ${problem}\n  ${sql}`);
  const status = readFileSync(`/proc/${whittle.pid}/status`, 'utf8');
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)[1]) / 1000;
  check(peak < limit + 64, `${limit} MB: ${peak} MB resident\n  ${sql}`);
  if (spilling) {
    const report = (await whittle.query(`EXPLAIN ANALYZE ${sql}`)).rows?.[0]?.[1] ?? 'no report';
    check(/spilled: /.test(report), `${limit} MB: nothing was spilled\n  ${sql}\n${report}`);
  }
  whittle.close();
}
await new Promise((resolve) => { setTimeout(resolve, 500); });
check(readdirSync(spills).length === 0, `temporary files are left: ${readdirSync(spills)}`);
duckdb.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
