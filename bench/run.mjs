// The figures of the README: node bench/run.mjs [clickbench|remote|memory|footer …] [--rows 1000000,10000000]
//   [--threads 1,2] [--runs 3] [--queries 1,2,…] [--full]
//
// Prints Markdown. whittle and DuckDB answer the same statements over the same files in the same run, turn
// by turn; a figure is the median of the runs after one that is not counted. Both are timed from outside:
// statement handed over to answer in hand. Data is generated into build/data; --full adds the 5 GB file.
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { binary, openWhittle, root } from '../tests/oracle/whittle.mjs';
import { clickbenchSuite } from './clickbench.mjs';
import { memorySuite } from './memory.mjs';
import { footerSuite, remoteSuite } from './remote.mjs';

process.chdir(root);
const suites = { clickbench: clickbenchSuite, remote: remoteSuite, memory: memorySuite, footer: footerSuite };
const args = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? otherwise : args.splice(at, 2)[1];
};
const options = {
  rows: option('rows', '1000000').split(',').map(Number),
  threads: option('threads', '1,2').split(',').map(Number),
  runs: Number(option('runs', '3')),
  queries: option('queries')?.split(',').map(Number),
  full: args.includes('--full'),
};
const wanted = args.filter((argument) => !argument.startsWith('--'));
if (wanted.some((name) => !suites[name])) {
  console.error(`usage: node bench/run.mjs [${Object.keys(suites).join('|')}] [--rows N] [--threads N]`);
  process.exit(2);
}
if (!existsSync(binary)) {
  console.error(`${binary} is not there: run make first`);
  process.exit(2);
}

const probe = await openWhittle();
const version = await probe.query('SELECT version()');
probe.close();
console.log(`whittle ${version.rows?.[0]?.[0] ?? ''} on ${cpus().length} × ${cpus()[0].model}\n`);
for (const name of wanted.length ? wanted : Object.keys(suites)) await suites[name](options);
