// The .test files for engines that have no files of ours, only addresses: browsers and Workers. `collect` gives the
// statements, whoever runs them gives the answers back in the same order, `tally` judges them.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from '../oracle/whittle.mjs';
import { parse } from './format.mjs';
import { applies, judge } from './judge.mjs';

const names = ['whittle', 'wasm'];
// Listing takes a file system, and the corpus is not served.
const local = (sql) => sql.includes('${CORPUS}') || /\$\{DATA\}[^']*[*?[]/.test(sql);

// [{ file, records, statements }]; `data`: the address that `${DATA}` stands for.
export function collect(files, data) {
  return files.map((file) => {
    const all = parse(readFileSync(join(root, 'tests/sql', file), 'utf8'));
    const halt = all.findIndex(({ kind }) => kind === 'halt' || kind === 'require');
    const records = all.slice(0, halt < 0 ? undefined : halt)
      .filter((record) => record.sql !== undefined && applies(record, names) && !local(record.sql));
    return { file, data, records, statements: records.map(({ sql }) => sql.replaceAll('${DATA}', data)) };
  });
}

// { passed, failures } of the answers to one collected file.
export function tally({ file, data, records }, remote) {
  const labels = {};
  const answers = JSON.parse(JSON.stringify(remote).replaceAll(data, 'build/testdata'));
  const failures = records.map((record, i) => {
    const problem = answers[i] ? judge(record, answers[i], labels) : 'no answer';
    return problem === null ? null : `${basename(file)}:${record.line}: ${problem}\n  ${record.sql}`;
  }).filter((problem) => problem !== null);
  return { passed: records.length - failures.length, failures };
}
