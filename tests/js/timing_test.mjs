// Answers do not depend on when bytes come: the sqllogic files over HTTP, with a `fetch` that holds replies back and
// cuts bodies up at random, with a browser's way of asking (no suffix ranges, wide gaps) and in small slices of work.
// And nothing is left behind by a database that was closed while it waited. SEED repeats a run.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Database } from '../../js/dist/database.js';
import { root } from '../oracle/whittle.mjs';
import { collect, tally } from '../sqllogic/remote.mjs';
import { data, serve } from './support.mjs';

const seed = Number(process.env.SEED ?? 1);
const rounds = Number(process.env.ROUNDS ?? 2);
const names = ['encodings.test', 'hits.test'];

let server;
let wasm;
before(async () => {
  server = await serve(data);
  wasm = await WebAssembly.compile(await readFile(join(root, 'js/dist/whittle.wasm')));
});
after(() => server?.stop());

function generator(start) {
  let state = (start * 2654435761) >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// fetch with replies that dawdle: bodies come in thirds of what the socket gave.
function dawdling(random) {
  return async (url, init) => {
    await pause(random() * 3);
    const response = await fetch(url, init);
    const cut = new TransformStream({
      async transform(chunk, controller) {
        const step = Math.ceil(chunk.length / 3);
        for (let at = 0; at < chunk.length; at += step) controller.enqueue(chunk.slice(at, at + step));
        if (random() < 0.3) await pause(random() * 2);
      },
    });
    return new Response(response.body?.pipeThrough(cut), { status: response.status, headers: response.headers });
  };
}

for (let round = 0; round < rounds; round += 1) {
  for (const suffixRanges of [true, false]) {
    test(`round ${round}, ${suffixRanges ? 'with' : 'without'} suffix ranges`, async () => {
      const random = generator(seed * 100 + round);
      const platform = { memoryLimit: 5e8, maxConcurrentRequests: 16, suffixRanges,
        coalescingGap: suffixRanges ? 65536 : 262144, slice: 1, loadModule: async () => wasm };
      const failures = [];
      for (const file of collect(names, server.url)) {
        const db = await Database.start({ fetch: dawdling(random), cacheSize: 0 }, platform);
        const conn = await db.connect();
        const answers = [];
        for (const sql of file.statements) {
          answers.push(await conn.queryText(sql).catch(({ message, code }) => ({ error: message, code })));
        }
        failures.push(...tally(file, answers).failures);
        await db.close();
      }
      assert.deepEqual(failures, [], `SEED=${seed}`);
    });
  }
}

// A process of its own: an error that nobody catches would end it, and a timer that stays would keep it.
const closing = `
  import { Whittle } from ${JSON.stringify(join(root, 'js/dist/node.js'))};
  const [url] = process.argv.slice(1);
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  for (const query of ['status=503&retry-after=60', 'latency=300', 'stall=1']) {
    const db = await Whittle.create({ memoryLimit: '64MB' });
    await db.registerFile('slow', { size: 5000, read: () => pause(50).then(() => new Uint8Array(0)) });
    const asked = [url + '?' + query, 'slow'].map(async (name) =>
      (await db.connect()).query("FROM '" + name + "'").then(() => 'answered', (error) => error.code));
    await pause(20);
    await db.close();
    await db.close();
    console.log((await Promise.all(asked)).join());
    await pause(100);
  }`;

test('closing while it waits: statements end, nothing is thrown later, no timer is left', async () => {
  const begun = performance.now();
  const { stdout, stderr } = await promisify(execFile)(process.execPath,
    ['--input-type=module', '-e', closing, `${server.url}/hits.parquet`], { timeout: 30_000 });
  assert.equal(stdout, 'Cancelled,Cancelled\n'.repeat(3), stderr);
  assert.equal(stderr, '');
  assert.ok(performance.now() - begun < 20_000);
});

test('a closed database that is still held has let go of its memory', async () => {
  const script = `
    import { Whittle } from ${JSON.stringify(join(root, 'js/dist/node.js'))};
    const resident = async () => { gc(); await new Promise((r) => setTimeout(r, 200)); gc();
      return process.memoryUsage().rss / 1e6; };
    const held = [];
    for (let i = 0; i < 6; i += 1) {
      const db = await Whittle.create({ memoryLimit: '256MB' });
      const sql = "SELECT i, md5(i::VARCHAR) AS m FROM range(800000) t(i) ORDER BY m LIMIT 700000";
      await (await db.connect()).query(sql);
      await db.close();
      held.push(db);
    }
    console.log(Math.round(await resident()), held.length);`;
  const { stdout } = await promisify(execFile)(process.execPath,
    ['--expose-gc', '--input-type=module', '-e', script], { timeout: 60_000 });
  const [megabytes] = stdout.split(' ').map(Number);
  assert.ok(megabytes < 400, `${megabytes} MB are resident`);
});
