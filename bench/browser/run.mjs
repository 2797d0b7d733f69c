// The browser figures of the README: node bench/browser/run.mjs [sizes|start|clickbench|remote|memory …]
//   [--rows 1000000] [--runs 3] [--queries 1,2,… of a suite] [--gigabytes 1] [--engines whittle,duckdb,hyparquet]
//
// Prints Markdown. whittle (js/dist, as it was built), duckdb-wasm and hyparquet with squirreling answer the same
// statements over the same files in tabs of one headless Chromium, turn by turn, served by tests/faults/server.mjs.
// A time is from the statement handed over to the answer in hand, the median of the runs.
import { existsSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { root } from '../../tests/oracle/whittle.mjs';
import { servePages } from '../../tests/js/page_server.mjs';
import { bundleEngines, engines } from './bundles.mjs';
import { openChromium } from './chromium.mjs';
import { clickbenchSuite } from './clickbench.mjs';
import { memorySuite } from './memory.mjs';
import { remoteSuite } from './remote.mjs';
import { sizesSuite, startSuite } from './start.mjs';
import { openEngine } from './tabs.mjs';

process.chdir(root);
const suites = { sizes: sizesSuite, start: startSuite, clickbench: clickbenchSuite, remote: remoteSuite,
  memory: memorySuite };
const args = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? otherwise : args.splice(at, 2)[1];
};
const options = {
  rows: Number(option('rows', '1000000')),
  runs: Number(option('runs', '3')),
  queries: option('queries')?.split(',').map(Number),
  gigabytes: Number(option('gigabytes', '1')),
  engines: option('engines', engines.join(',')).split(','),
};
if (args.some((name) => !suites[name]) || options.engines.some((name) => !engines.includes(name))) {
  console.error(`usage: node bench/browser/run.mjs [${Object.keys(suites).join('|')}] [--rows N] [--runs N]`);
  process.exit(2);
}
if (!existsSync('js/dist/whittle.wasm')) {
  console.error('js/dist/whittle.wasm is not there: run make js first');
  process.exit(2);
}

const folder = join(root, 'build/browser_bench');
await bundleEngines(folder);
const pages = await servePages({ '/tabs/': folder }, { csp: '', rewrite: false });
const browser = await openChromium();
const place = {
  ...options,
  openTab: (engine) => openEngine(browser, `${pages.url}/tabs/${engine}/index.html`),
};
try {
  console.log(`${browser.version.replace(/^\w+\//, 'Chromium ')} on ${cpus().length} × ${cpus()[0].model}, ` +
    `load average ${loadavg()[0].toFixed(1)}\n`);
  for (const name of args.length ? args : Object.keys(suites)) await suites[name](place);
} finally {
  await browser.close();
  pages.stop();
}
process.exit();
