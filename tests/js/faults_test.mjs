// The server that misbehaves, and the module asking it: the same right answers as from the file itself, or the
// same typed errors as the command's (tests/faults). Then statements stopped at random moments: no request is left
// under way, and the memory comes back. FAULT_SEED repeats a run.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Whittle, WhittleError, data, serve } from './support.mjs';

const question = (file) => `SELECT RegionID, count(*) AS c, sum(AdvEngineID) AS s, min(URL) AS u FROM '${file}'
  GROUP BY ALL ORDER BY c DESC, RegionID LIMIT 5`;
const smallQuestion = (file) => `SELECT count(*), min(name), max(name) FROM '${file}'`;

let server;
let db;
let conn;
let answer;
let smallAnswer;
// Bodies and replies that `fetch` began and nobody ended.
const open = new Set();

// fetch, with a count of what is under way: from the call to the body's end.
async function counted(url, init) {
  const mark = { url, range: new Headers(init.headers).get('range') };
  open.add(mark);
  init.signal.addEventListener('abort', () => open.delete(mark));
  let response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    open.delete(mark);
    throw error;
  }
  if (!response.body) open.delete(mark);
  const ended = new TransformStream({ flush: () => void open.delete(mark), cancel: () => void open.delete(mark) });
  const body = response.body?.pipeThrough(ended);
  return new Response(body, { status: response.status, headers: response.headers });
}

before(async () => {
  server = await serve(data);
  db = await Whittle.create({ memoryLimit: '128MB', cacheSize: 0, fetch: counted });
  conn = await db.connect();
  answer = (await conn.queryText(question(`${data}/hits.parquet`))).rows;
  smallAnswer = (await conn.queryText(smallQuestion(`${data}/people.parquet`))).rows;
});
after(async () => {
  await db?.close();
  server?.stop();
});

let fresh = 0; // the server counts per URL: no two tests share one
const large = (query) => `${server.url}/hits.parquet?t=${fresh += 1}&${query}`;
const small = (query) => `${server.url}/people.parquet?t=${fresh += 1}&${query}`;

const survived = {
  'nothing wrong': 'x=1',
  latency: 'latency=30',
  'a slow link': 'bandwidth=4000000',
  'ranges capped': 'max-body=100000',
  '503 twice': 'status=503&first=2',
  '500 once': 'status=500&first=1',
  '429 with Retry-After': 'status=429&first=1&retry-after=0',
  408: 'status=408&first=1',
  'two resets': 'reset=2',
  'bodies cut short twice': 'truncate=40000&first=2',
  'no Content-Length': 'chunked=1',
  'no suffix ranges: 200': 'no-suffix=200',
  'no suffix ranges: 400': 'no-suffix=400',
  'no suffix ranges: 416': 'no-suffix=416',
  'no suffix ranges: 500': 'no-suffix=500',
  'no HEAD and no suffix ranges': 'no-head=1&no-suffix=400',
  'total unknown': 'star-total=1',
  'no validators at all': 'no-etag=1&no-date=1',
  'a weak ETag': 'weak-etag=1',
  'a redirect': 'redirect=same',
};
for (const [name, query] of Object.entries(survived)) {
  test(`survived: ${name}`, async () => {
    assert.deepEqual((await conn.queryText(question(large(query)))).rows, answer);
  });
}

// Code and what the message has to say.
const refused = {
  'Range ignored, large file': ['ignore-range=1&bandwidth=2000000', 'RangeNotSupported', /[Rr]ange/],
  'Range ignored, no length': ['ignore-range=1&chunked=1&bandwidth=2000000', 'RangeNotSupported', /[Rr]ange/],
  'multipart/byteranges': ['multipart=1', 'RangeNotSupported', /multipart|[Rr]ange/],
  'Content-Range elsewhere': ['wrong-range=1', 'Http', /[Rr]ange/],
  'no Content-Range': ['no-content-range=1', 'Http', /[Rr]ange/],
  'too many bytes': ['overlong=10', 'Http', /more|long|range/i],
  '503 for ever': ['status=503', 'Http', /503/, 4],
  418: ['status=418', 'Http', /418/, 1],
  404: ['status=404', 'NotFound', /404|not found|exist/i],
  401: ['status=401', 'PermissionDenied', /401/],
  403: ['status=403', 'PermissionDenied', /403/],
  '416 without a size': ['status=416', 'Http', /416/],
  204: ['status=204', 'Http', /204/],
  'resets for ever': ['reset=99', 'Io', /connection|reset|request failed/i],
  'bodies cut short for ever': ['truncate=100', 'Io', /closed|ended|request failed/i],
};
for (const [name, [query, code, says, requests]] of Object.entries(refused)) {
  test(`refused: ${name}`, async () => {
    await server.reset();
    const error = await conn.queryText(question(large(query))).then(() => undefined, (thrown) => thrown);
    assert.ok(error instanceof WhittleError, `it succeeded or: ${error}`);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, says);
    assert.match(error.url ?? '', /hits\.parquet/);
    const { bytes, requests: seen } = await server.log();
    if (requests) assert.equal(seen, requests);
    assert.ok(bytes < 3_200_000, `${bytes} bytes were sent for nothing`);
  });
}

test('Range ignored, small file: read whole', async () => {
  for (const query of ['ignore-range=1', 'ignore-range=1&chunked=1', 'x=1']) {
    assert.deepEqual((await conn.queryText(smallQuestion(small(query)))).rows, smallAnswer);
  }
});

test('a file that changes while it is read: its answer or SourceChanged', async () => {
  for (const at of [1, 2, 3]) {
    const result = await conn.queryText(question(large(`etag-change=${at}`))).catch((error) => error);
    if (result instanceof WhittleError) assert.equal(result.code, 'SourceChanged');
    else assert.deepEqual(result.rows, answer);
  }
});

test('the connection lives on after an error', async () => {
  await assert.rejects(() => conn.queryText(question(large('status=404'))));
  assert.deepEqual((await conn.queryText(smallQuestion(small('reset=1')))).rows, smallAnswer);
});

// xorshift32: a seed means the same everywhere.
function random(seed) {
  let state = (seed * 2654435761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function settled() {
  for (let i = 0; i < 100 && open.size > 0; i += 1) await pause(10);
  return [...open];
}

test('stopped at random moments: no request is left, and the memory comes back', async (context) => {
  const seed = Number(process.env.FAULT_SEED ?? 1);
  const below = random(seed);
  const statements = [
    () => question(large('latency=15')),
    () => `SELECT * FROM '${large('bandwidth=8000000')}'`,
    () => `FROM '${large('stall=1')}'`,
    () => `FROM '${large('status=503&retry-after=60')}'`,
    () => 'SELECT i, md5(i::VARCHAR) AS m FROM range(200000) t(i) ORDER BY m',
    () => 'SELECT md5(i::VARCHAR) AS m, count(*) FROM range(200000) t(i) GROUP BY ALL',
  ];
  const before = db.memory().used;
  const seen = { stopped: 0, finished: 0 };
  for (let round = 0; round < 60; round += 1) {
    const controller = new AbortController();
    const moment = below(60);
    const timer = setTimeout(() => controller.abort(), moment);
    const sql = statements[round % statements.length]();
    const where = `FAULT_SEED=${seed}, round ${round}, ${moment} ms: ${sql}`;
    const begun = performance.now();
    try {
      await conn.query(sql, { signal: controller.signal });
      seen.finished += 1;
    } catch (error) {
      assert.equal(error.code, 'Cancelled', `${where}: ${error.message}`);
      seen.stopped += 1;
    }
    clearTimeout(timer);
    assert.ok(performance.now() - begun < 5000, `${where}: it took ${performance.now() - begun} ms`);
    assert.deepEqual(await settled(), [], where);
  }
  context.diagnostic(JSON.stringify(seen));
  assert.ok(seen.stopped > 10);
  // Footers of the files that were opened stay.
  assert.ok(db.memory().used < before + 2e6, `${before} bytes before, ${db.memory().used} after`);
  assert.deepEqual((await conn.queryText(smallQuestion(small('x=1')))).rows, smallAnswer);
});

test('a stream that is left at random moments leaves nothing under way', async () => {
  const below = random(7);
  for (let round = 0; round < 10; round += 1) {
    let pages = below(4);
    for await (const page of conn.stream(`SELECT * FROM '${large('bandwidth=20000000')}'`)) {
      assert.ok(page.numRows > 0);
      if (pages === 0) break;
      pages -= 1;
    }
    assert.deepEqual(await settled(), []);
  }
});

test('closing with statements under way ends their requests', async () => {
  const other = await Whittle.create({ memoryLimit: '64MB', fetch: counted });
  const its = await other.connect();
  const asked = its.query(question(large('stall=1'))).then(() => 'answered', (error) => error.code);
  await pause(50);
  await other.close();
  assert.equal(await asked, 'Cancelled');
  assert.deepEqual(await settled(), []);
});
