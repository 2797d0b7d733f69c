// A large file end to end in Chromium: 1 GB (WHITTLE_LARGE says how many) served by range and read by one database
// under a memory limit, in a worker and in the page's thread; the answers are DuckDB's, and the tab's process stays
// within the limit and 64 MB for what a tab needs besides.
//
// The file stays in build/data for the next time; WHITTLE_LARGE_KEEP=0 removes it.
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openChromium } from '../../bench/browser/chromium.mjs';
import { generateEvents } from '../../bench/events.mjs';
import { difference } from '../oracle/compare.mjs';
import { openDuckDB } from '../oracle/duckdb.mjs';
import { root } from '../oracle/whittle.mjs';
import { servePages } from './page_server.mjs';
import { serve } from './support.mjs';

const gigabytes = Number(process.env.WHITTLE_LARGE ?? 1);
const folder = join(root, 'build/data');
const name = `events_${gigabytes}gb.parquet`;
const file = join(folder, name);
const limit = 256e6;
const allowance = 64e6;
const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

const streamed = 'SELECT * FROM events WHERE value > 1000';
// The same rows as DuckDB adds them up.
const added = 'SELECT count(*), sum("user"), max(id) FROM events WHERE value > 1000';
const questions = [
  'SELECT count(*), sum(id), min(ts), sum("user"), avg(value), max(category), max(payload) FROM events',
  'SELECT count(*), sum("user"), max(payload) FROM events WHERE "user" < 100000',
  'SELECT category, count(*), sum(id) FROM events GROUP BY category ORDER BY category',
  'SELECT id, value, payload FROM events ORDER BY value DESC, id LIMIT 10',
];

// What the page does, beside the package. Nothing is kept of a streamed page but its sums.
async function ask(source) {
  const { Whittle } = await import('/whittle/index.js');
  const memories = [];
  const Memory = WebAssembly.Memory;
  WebAssembly.Memory = function(...values) {
    memories.push(new Memory(...values));
    return memories.at(-1);
  };
  const db = await Whittle.create({ memoryLimit: source.limit, worker: source.worker });
  const conn = await db.connect();
  await db.registerFile('events', source.url);
  const at = (sql) => sql.replace('FROM events', "FROM 'events'");
  const sums = [0, 0, 0n];
  for await (const page of conn.stream(at(source.streamed))) {
    sums[0] += page.numRows;
    for (const user of page.getChild('user')) sums[1] += user;
    sums[2] = page.getChild('id').at(page.numRows - 1);
  }
  const answers = [];
  for (const sql of source.questions) answers.push(await conn.queryText(at(sql)));
  const { peak } = db.memory();
  const wasm = memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  await db.close();
  return { sums: sums.map(String), answers, peak, wasm };
}

async function expected() {
  const duckdb = await openDuckDB({ threads: 2 });
  const answers = [];
  for (const sql of [added, ...questions]) {
    const answer = await duckdb.query(sql.replace('events', `'${file}'`));
    assert.equal(answer.error, undefined);
    answers.push(answer);
  }
  duckdb.close();
  return answers;
}

test(`${gigabytes} GB in a tab with a limit of ${megabytes(limit)}`, { timeout: 1_500_000 }, async (context) => {
  if (!existsSync(file)) await generateEvents(gigabytes, file);
  if (process.env.WHITTLE_LARGE_KEEP === '0') context.after(() => rmSync(file));
  const [sums, ...answers] = await expected();
  const server = await serve(folder, '--cors', 'full');
  context.after(() => server.stop());
  const pages = await servePages({}, { answers: { '/': 'a page' } });
  context.after(() => pages.stop());
  const browser = await openChromium();
  context.after(() => browser.close());

  for (const worker of [true, false]) {
    await context.test(worker ? 'in a worker' : "in the page's thread", async (its) => {
      const tab = await browser.openTab(`${pages.url}/`);
      const source = { limit, worker, streamed, questions, url: `${server.url}/${name}` };
      const found = await tab.evaluate(`(${ask})(${JSON.stringify(source)})`, 600);
      const resident = tab.peak();
      await tab.close();
      its.diagnostic(`resident ${megabytes(resident)} more than the empty page, WebAssembly memory ` +
        `${worker ? 'in the worker' : megabytes(found.wasm)}, ${megabytes(found.peak)} of the limit used`);
      assert.deepEqual(found.sums, sums.rows[0]);
      for (const [index, answer] of answers.entries()) {
        assert.equal(difference(found.answers[index], answer, { types: false }), null, questions[index]);
      }
      assert.ok(found.wasm <= limit + allowance, `${found.wasm} bytes of WebAssembly memory`);
      assert.ok(resident <= limit + allowance, `${resident} bytes resident`);
    });
  }
});
