// The Worker of examples/worker in workerd, whose WebAssembly memory is capped as Cloudflare's isolates are, and in
// miniflare with an R2 bucket: SQL over HTTP, six connections at most, the request limit respected. And the sqllogic
// files in workerd.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { readFileSync, readdirSync, symlinkSync, mkdirSync, cpSync, writeFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import http from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Miniflare } from 'miniflare';
import { root } from '../oracle/whittle.mjs';
import { collect, tally } from '../sqllogic/remote.mjs';
import { bundleWorker, scratch } from './bundle.mjs';
import { Whittle, data, serve } from './support.mjs';

const compatibilityDate = '2026-04-01';
const entry = join(root, 'examples/worker/src/index.js');
/** 100 MiB: what an isolate of 128 MB leaves a module. */
const maxPages = 1600;

let server;
let worker;
before(async () => {
  server = await serve(data);
  worker = await startWorkerd(await bundleWorker(entry), { DATA: `${server.url}/`, MEMORY: '64MB' });
});
after(() => {
  worker?.stop();
  server?.stop();
});

// workerd with one Worker; `{ url, stop }`.
async function startWorkerd({ script, wasm }, variables) {
  const folder = scratch('workerd');
  writeFileSync(join(folder, 'worker.mjs'), script);
  writeFileSync(join(folder, 'whittle.wasm'), wasm);
  const bindings = Object.entries(variables).map(([name, value]) => `(name="${name}", text="${value}")`).join(', ');
  writeFileSync(join(folder, 'config.capnp'), `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name="main", worker = .w), (name="net", network=(allow=["private", "local", "public"])) ],
  v8Flags = ["--wasm-max-mem-pages=${maxPages}"],
  sockets = [ (name="http", address="127.0.0.1:0", http=(), service="main") ] );
const w :Workerd.Worker = (
  modules = [ (name="worker.mjs", esModule=embed "worker.mjs"), (name="./whittle.wasm", wasm=embed "whittle.wasm") ],
  bindings = [ ${bindings} ], globalOutbound = "net", compatibilityDate = "${compatibilityDate}" );
`);
  const program = createRequire(import.meta.url).resolve('workerd/bin/workerd');
  const child = spawn(program, ['serve', '--control-fd=3', 'config.capnp'],
    { cwd: folder, stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
  const port = await new Promise((resolve, reject) => {
    let text = '';
    child.stdio[3].on('data', (chunk) => {
      text += chunk;
      const found = /"port":(\d+)/.exec(text);
      if (found) resolve(found[1]);
    });
    child.on('exit', (status) => reject(new Error(`workerd ended with ${status}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      child.kill('SIGKILL'); // SIGTERM waits for connections that are kept alive
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const ask = async (sql, url = worker.url) => {
  const response = await fetch(`${url}/?${new URLSearchParams({ sql })}`);
  return { status: response.status, ...await response.json() };
};

async function expected(sql) {
  const db = await Whittle.create();
  const { rows } = await (await db.connect()).queryText(sql.replaceAll(/'(\w+\.parquet)'/g, `'${data}/$1'`));
  await db.close();
  return rows;
}

const grouped = `SELECT RegionID, count(*) AS c, min(URL) AS u FROM 'hits.parquet'
  GROUP BY ALL ORDER BY c DESC, RegionID LIMIT 5`;

test('SQL over HTTP from a ranged file, within the limit', async () => {
  for (const sql of ['SELECT 42 AS answer', "SELECT count(*) FROM 'people.parquet'", grouped]) {
    const { rows, status, error, memory } = await ask(sql);
    assert.equal(status, 200, error);
    assert.deepEqual(rows, await expected(sql));
    assert.ok(memory < 64e6, `${memory} bytes`);
  }
});

test('more memory than there is: an error, and the next request is answered', async () => {
  const { status, code } = await ask('SELECT median(i) FROM range(100000000) t(i)');
  assert.deepEqual([status, code], [507, 'BudgetExceeded']);
  assert.equal((await ask('SELECT 1')).status, 200);
});

test('requests at the same time do not wait for each other', async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => ask(grouped)));
  const rows = await expected(grouped);
  for (const answer of answers) assert.deepEqual(answer.rows, rows, answer.error);
});

test('sqllogic files', { timeout: 120_000 }, async (context) => {
  const place = await startWorkerd(await bundleWorker(join(root, 'tests/js/sql_worker.mjs')), { MEMORY: '64MB' });
  context.after(() => place.stop());
  const names = readdirSync(join(root, 'tests/sql')).filter((file) => file.endsWith('.test')).sort();
  for (const file of collect(names, server.url)) {
    const response = await fetch(place.url, { method: 'POST', body: JSON.stringify(file.statements) });
    const answers = response.ok ? await response.json() : [];
    await context.test(`${file.file}: ${file.records.length} records`, () => {
      assert.deepEqual(tally(file, answers).failures, []);
    });
  }
});

test('errors are typed', async () => {
  assert.deepEqual(await ask("FROM 'none.parquet'").then(({ status, code }) => [status, code]), [404, 'NotFound']);
  const { status, code } = await ask('SELEC 1');
  assert.deepEqual([status, code], [400, 'Syntax']);
});

// A server between Worker and files that counts what is open at the same time.
async function countingProxy() {
  let open = 0;
  const proxy = { most: 0, requests: 0 };
  const front = http.createServer(async (request, response) => {
    open += 1;
    proxy.requests += 1;
    proxy.most = Math.max(proxy.most, open);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const { range } = request.headers;
    const reply = await fetch(server.url + request.url, { method: request.method, headers: range ? { range } : {} });
    response.writeHead(reply.status, Object.fromEntries(reply.headers));
    response.end(Buffer.from(await reply.arrayBuffer()), () => { open -= 1; });
  });
  await new Promise((resolve) => front.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${front.address().port}/`;
  proxy.stop = () => {
    front.close();
    front.closeAllConnections();
  };
  return proxy;
}

test('six connections at most, and no request beyond the limit', async (context) => {
  const proxy = await countingProxy();
  context.after(() => proxy.stop());
  const bundle = await bundleWorker(entry);
  const many = `SELECT count(*) FROM read_parquet([${
    Array.from({ length: 20 }, (_, i) => `'${proxy.url}numbers_v2.parquet?n=${i}'`)}])`;
  const generous = await startWorkerd(bundle, { DATA: proxy.url, REQUESTS: '100' });
  context.after(() => generous.stop());
  const answer = await ask(many, generous.url);
  assert.equal(answer.status, 200, answer.error);
  context.diagnostic(`${proxy.requests} requests, ${proxy.most} at once`);
  assert.ok(proxy.most > 1 && proxy.most <= 6, `${proxy.most} at once`);

  proxy.requests = 0;
  const strict = await startWorkerd(bundle, { DATA: proxy.url, REQUESTS: '7' });
  context.after(() => strict.stop());
  const refused = await ask(many, strict.url);
  assert.deepEqual([refused.status, refused.code], [429, 'TooManyRequests']);
  assert.ok(proxy.requests <= 7, `${proxy.requests} requests`);
});

test('miniflare, from an R2 bucket', async (context) => {
  const { script, wasm } = await bundleWorker(entry);
  const miniflare = new Miniflare({
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: script },
      { type: 'CompiledWasm', path: 'whittle.wasm', contents: wasm }],
    compatibilityDate, cf: false, r2Buckets: ['BUCKET'], bindings: { DATA: 'http://127.0.0.1:9/' },
  });
  context.after(() => miniflare.dispose());
  const bucket = await miniflare.getR2Bucket('BUCKET');
  await bucket.put('hits.parquet', new Uint8Array(readFileSync(join(data, 'hits.parquet'))));
  const response = await miniflare.dispatchFetch(`http://worker/?${new URLSearchParams({ sql: grouped })}`);
  const answer = await response.json();
  assert.equal(response.status, 200, answer.error);
  assert.deepEqual(answer.rows, await expected(grouped));
});

test('wrangler deploy --dry-run packs it', async (context) => {
  const folder = scratch('wrangler');
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, 'examples/worker'), folder, { recursive: true });
  mkdirSync(join(folder, 'node_modules/@uwdata'), { recursive: true });
  symlinkSync(join(root, 'js'), join(folder, 'node_modules/whittle-sql'));
  const program = createRequire(import.meta.url).resolve('wrangler/bin/wrangler.js');
  const text = await new Promise((resolve) => execFile(process.execPath, [program, 'deploy', '--dry-run',
    '--outdir', join(folder, 'out')], { cwd: folder, timeout: 60_000,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' } }, (_, out, errors) => resolve(out + errors)));
  const size = /Total Upload: (.*gzip: .*)/.exec(text)?.[1];
  assert.ok(size, text);
  context.diagnostic(size);
});
