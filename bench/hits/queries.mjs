// The 43 queries of ClickBench, as they run on the file of generate.mjs: one statement a line in
// queries.sql, reading from `hits`.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const file = join(dirname(fileURLToPath(import.meta.url)), 'queries.sql');

// The queries with `hits` replaced by the file. `shrink` divides the thresholds that were chosen for a
// hundred million rows (HAVING count(*) > 100000, OFFSET 1000), so that small tables still give rows.
export function clickbench(path, shrink = 1) {
  const statements = readFileSync(file, 'utf8').split('\n').filter((line) => line && !line.startsWith('--'));
  return statements.map((statement) => statement
    .replace(/;\s*$/, '')
    .replace(/\bFROM hits\b/g, `FROM '${path}'`)
    .replace(/\b(COUNT\(\*\) > |OFFSET )(\d+)/g, (_, what, n) => what + Math.floor(Number(n) / shrink)));
}
