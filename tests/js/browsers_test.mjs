// The package in Chromium, Firefox ESR and WebKitGTK: the API's core in the page's thread and in a worker, under a
// strict content security policy, without COOP and COEP; sqllogic files over HTTP; and what a point query asks of
// the server there, compared with Node.
//
// BROWSERS=chromium,webkit limits it to some of them.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { root } from '../oracle/whittle.mjs';
import { collect, tally } from '../sqllogic/remote.mjs';
import { launch, names } from './browsers.mjs';
import { servePages } from './page_server.mjs';
import { Whittle, data, serve } from './support.mjs';

const wanted = process.env.BROWSERS?.split(',') ?? names;
const point = (url) => `SELECT URL, EventTime FROM '${url}/hits.parquet' ORDER BY EventTime DESC, URL LIMIT 1`;
const lookup = (url) => `SELECT * FROM '${url}/numbers_arrow_pages.parquet' WHERE i = 4321`;

// Each browser has servers of its own: they run at the same time, and the logs are compared.
async function start(name, context) {
  const server = await serve(data, '--cors', 'full');
  context.after(() => server.stop());
  const files = collect(readdirSync(join(root, 'tests/sql')).filter((file) => file.endsWith('.test')).sort(),
    server.url);
  const page = join(root, 'tests/js/page');
  const pages = await servePages({ '/page/': page, '/': page },
    { answers: { '/questions.json': files.map(({ statements }) => statements) } });
  context.after(() => pages.stop());
  const browser = await launch(name);
  context.after(() => browser.close());
  context.diagnostic(browser.version);
  return { browser, files, pages, server };
}

let lastId = 0;
async function ask({ browser, pages, server }, part, parameters = {}, seconds = 60) {
  const id = String(lastId += 1);
  const done = pages.done(id, seconds);
  await browser.open(`${pages.url}/?${new URLSearchParams({ id, part, data: server.url, ...parameters })}`);
  const found = await done;
  assert.equal(found.error, undefined);
  assert.deepEqual(found.refused, [], 'the content security policy refused something');
  return found;
}

// Rows and what the server saw of a question.
async function cost(server, run) {
  await server.reset();
  const rows = await run();
  const { entries } = await server.log();
  return { rows, requests: entries.length, bytes: entries.reduce((sum, entry) => sum + entry.bytes, 0), entries };
}

async function costInNode(server, sql) {
  const db = await Whittle.create();
  const found = await cost(server, async () => (await (await db.connect()).queryText(sql)).rows);
  await db.close();
  return found;
}

describe('browsers', { concurrency: wanted.length }, () => {
  for (const name of wanted) {
    test(name, { timeout: 170_000, concurrency: false }, async (context) => {
      const place = await start(name, context);
      const { files, server } = place;

      for (const parameters of [{}, { worker: '1' }]) {
        const where = parameters.worker ? 'in a worker' : "in the page's thread";
        const { tests, tier } = await ask(place, 'api', parameters);
        assert.equal(tier, 'simd');
        for (const found of tests) {
          await context.test(`${found.name}, ${where}`, () => assert.equal(found.error, null));
        }
      }

      for (const [what, sql] of Object.entries({ point: point(server.url), lookup: lookup(server.url) })) {
        await context.test(`${what}: no preflight, no suffix range, no more than in Node`, async (its) => {
          const there = await cost(server, async () => (await ask(place, 'point', { sql })).rows);
          const here = await costInNode(server, sql);
          its.diagnostic(`${there.requests} requests, ${there.bytes} bytes; Node: ${here.requests}, ${here.bytes}`);
          assert.deepEqual(there.rows, here.rows);
          for (const { method, range } of there.entries) {
            assert.match(method, /^(GET|HEAD)$/);
            assert.ok(method === 'HEAD' || /^bytes=\d+-\d+$/.test(range), range);
          }
          // One request more: without suffix ranges the length is asked for first.
          assert.ok(there.requests <= here.requests + 1, `${there.requests} requests, in Node ${here.requests}`);
          assert.ok(there.bytes <= here.bytes * 1.1 + 65536, `${there.bytes} bytes, in Node ${here.bytes}`);
        });
      }

      const { answers } = await ask(place, 'sql', {}, 120);
      for (const [index, file] of files.entries()) {
        await context.test(`${file.file}: ${file.records.length} records`, () => {
          assert.deepEqual(tally(file, answers[index] ?? []).failures, []);
        });
      }
    });
  }
});
