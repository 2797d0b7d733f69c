// The examples for JavaScript, each run as its reader would: the package installed as it is published. The Worker
// is run by workers_test.mjs.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../oracle/whittle.mjs';
import { launch } from './browsers.mjs';
import { installed } from './bundle.mjs';
import { servePages } from './page_server.mjs';
import { Whittle, data, serve } from './support.mjs';

const run = promisify(execFile);

let browser;
let server;
let count;
before(async () => {
  server = await serve(data, '--cors', 'full');
  browser = await launch('chromium');
  const db = await Whittle.create();
  [[count]] = (await (await db.connect()).queryText(`SELECT count(*) FROM '${data}/people.parquet'`)).rows;
  await db.close();
});
after(async () => {
  await browser?.close();
  server?.stop();
});

// Waits until an expression is true in the page.
async function until(expression) {
  for (let i = 0; i < 200; i += 1) {
    if (await browser.evaluate(expression)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`never true: ${expression}; the page says: ${await browser.evaluate('document.body.innerText')}`);
}

test('static_site, built by Vite', async (context) => {
  const folder = await installed('static_site');
  const { build } = await import('vite');
  await build({ root: folder, configFile: join(folder, 'vite.config.js'), logLevel: 'error' });
  const pages = await servePages({ '/': join(folder, 'dist') }, { rewrite: false });
  context.after(() => pages.stop());
  const asked = new URLSearchParams({ url: `${server.url}/people.parquet`, sql: 'SELECT count(*) AS n FROM data' });
  await browser.open(`${pages.url}/index.html?${asked}`);
  await until("document.querySelector('#results td')");
  assert.equal(await browser.evaluate("document.querySelector('#results td').textContent"), count);
  assert.match(await browser.evaluate("document.querySelector('#status').textContent"), /bytes in \d+ requests/);

  await browser.evaluate("document.querySelector('[name=sql]').value = 'SELECT nmae FROM data'");
  await browser.evaluate("document.querySelector('#execute').click()");
  await until("/nmae/.test(document.querySelector('#status').textContent)");
});

test('notebook_page, without a bundler', async (context) => {
  const pages = await servePages({ '/notebook/': join(root, 'examples/notebook_page') }, { rewrite: false, csp: '' });
  context.after(() => pages.stop());
  await browser.open(`${pages.url}/notebook/index.html?data=${encodeURIComponent(`${server.url}/people.parquet`)}`);
  await until("'done' in document.body.dataset");
  const answers = await browser.evaluate(
    "[...document.querySelectorAll('table')].map((table) => table.rows[1].innerText.trim().split(/\\s+/).join())");
  assert.deepEqual(answers, ['1000,499500', '0,334', count]);
});

test('node_script, on a path and on an address', async () => {
  const folder = await installed('node_script');
  const outputs = [];
  for (const file of [join(data, 'hits.parquet'), `${server.url}/hits.parquet`]) {
    const { stdout, stderr } = await run(process.execPath, [join(folder, 'top.mjs'), file, 'RegionID']);
    assert.match(stderr, /^\d+ bytes of \d+ in \d+ requests\n$/);
    outputs.push(stdout);
  }
  assert.equal(outputs[0].split('\n').length, 11);
  assert.equal(outputs[1], outputs[0]);
  const wrong = await run(process.execPath, [join(folder, 'top.mjs'), join(data, 'hits.parquet'), 'none'])
    .catch((error) => error);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /^Binder: /);
});
