// A server that fails, lies, dawdles or changes its mind (RFC 9110 is what it breaks): the command gives the
// right answer or one typed error with its exit status, and neither waits for ever nor downloads for nothing.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ask, data, serve } from './faults.mjs';

const question = (file) =>
  `SELECT RegionID, count(*) AS c, sum(AdvEngineID) AS s, min(URL) AS u FROM '${file}' ` +
  'GROUP BY ALL ORDER BY c DESC, RegionID LIMIT 5';
const smallQuestion = (file) => `SELECT count(*), min(name), max(name) FROM '${file}'`;

let server;
let answer;
let smallAnswer;
before(async () => {
  server = await serve();
  answer = await ask(question(`${data}/hits.parquet`));
  smallAnswer = await ask(smallQuestion(`${data}/people.parquet`));
  assert.equal(answer.status, 0, answer.stderr);
  assert.equal(smallAnswer.status, 0, smallAnswer.stderr);
});

let fresh = 0; // the server counts per URL: no two tests share one
const large = (query) => server.url('hits.parquet', `t=${++fresh}&${query}`);
const small = (query) => server.url('people.parquet', `t=${++fresh}&${query}`);

function survives(name, query) {
  test(`survived: ${name}`, async () => {
    const ended = await ask(question(large(query)));
    assert.equal(ended.stderr, '');
    assert.equal(ended.stdout, answer.stdout);
    assert.equal(ended.status, 0);
  });
}

function fails(name, query, status, pattern, more = () => {}) {
  test(`refused: ${name}`, async () => {
    await server.reset();
    const ended = await ask(question(large(query)));
    assert.equal(ended.status, status, ended.stderr);
    assert.equal(ended.stdout, '');
    assert.match(ended.stderr, pattern);
    assert.match(ended.stderr, /hits\.parquet/);
    await more(ended);
  });
}

survives('nothing wrong', 'x=1');
survives('latency', 'latency=30');
survives('slow connections', 'connect-latency=60');
survives('a slow link', 'bandwidth=4000000');
survives('ranges capped', 'max-body=100000');
survives('503 twice', 'status=503&first=2');
survives('500 once', 'status=500&first=1');
survives('429 with Retry-After', 'status=429&first=1&retry-after=0');
survives('408', 'status=408&first=1');
survives('two resets', 'reset=2');
survives('bodies cut short twice', 'truncate=40000&first=2');
survives('no Content-Length', 'chunked=1');
survives('no suffix ranges: 200', 'no-suffix=200');
survives('no suffix ranges: 400', 'no-suffix=400');
survives('no suffix ranges: 416', 'no-suffix=416');
survives('no suffix ranges: 500', 'no-suffix=500');
survives('no suffix ranges: 501', 'no-suffix=501');
survives('no HEAD', 'no-head=1');
survives('no HEAD and no suffix ranges', 'no-head=1&no-suffix=400');
survives('total unknown', 'star-total=1');
survives('total unknown and no suffix ranges', 'star-total=1&no-suffix=400');
survives('no ETag', 'no-etag=1');
survives('no validators at all', 'no-etag=1&no-date=1');
survives('a weak ETag', 'weak-etag=1');
survives('a redirect', 'redirect=same');
survives('a redirect to another host', 'redirect=other');

// On a fast link the buffers of the connection would hold the whole file before anybody has read its head.
fails('Range ignored, large file', 'ignore-range=1&bandwidth=2000000', 5, /[Rr]ange/, async () => {
  const { bytes } = await server.log();
  assert.ok(bytes < 1_500_000, `${bytes} bytes were downloaded all the same`);
});
fails('Range ignored, no length', 'ignore-range=1&chunked=1', 5, /[Rr]ange/);
fails('Content-Encoding on a range', 'gzip=1', 5, /[Ee]ncod/);
fails('multipart/byteranges', 'multipart=1', 5, /multipart|[Rr]ange/);
fails('Content-Range elsewhere', 'wrong-range=1', 5, /[Rr]ange/);
fails('no Content-Range', 'no-content-range=1', 5, /[Rr]ange/);
fails('Content-Length contradicts', 'wrong-length=1', 5, /length/i);
fails('too many bytes', 'overlong=10', 5, /more|long|range/i);
fails('503 for ever', 'status=503', 5, /503/, async () => assert.equal((await server.log()).requests, 4));
fails('418', 'status=418', 5, /418/, async () => assert.equal((await server.log()).requests, 1));
fails('404', 'status=404', 5, /404|not found|exist/i);
fails('416 without a size', 'status=416', 5, /416/);
fails('204', 'status=204', 5, /204/);
fails('resets for ever', 'reset=99', 5, /connection|reset/i);
fails('bodies cut short for ever', 'truncate=100', 5, /closed|ended/i);
fails('total unknown and no HEAD', 'star-total=1&no-head=1&no-suffix=400', 5, /long|length|size/i);
fails('redirected round and round', 'redirect=loop', 5, /redirect/i);
fails('redirected to a file', 'redirect=file:///etc/passwd', 5, /redirect|protocol|supported/i);

test('Range ignored, small file: read whole', async () => {
  for (const query of ['ignore-range=1', 'ignore-range=1&chunked=1', 'x=1']) {
    const ended = await ask(smallQuestion(small(query)));
    assert.equal(ended.stderr, '');
    assert.equal(ended.stdout, smallAnswer.stdout);
  }
});

test('an empty file', async () => {
  const ended = await ask(`FROM '${server.url('zero.parquet')}'`);
  assert.notEqual(ended.status, 0);
  assert.match(ended.stderr, /Parquet/);
});

test('Retry-After is waited for', async () => {
  for (const [name, text] of [['seconds', '1'], ['a date', new Date(Date.now() + 3000).toUTCString()]]) {
    const began = Date.now();
    const ended = await ask(smallQuestion(small(`status=503&first=1&retry-after=${encodeURIComponent(text)}`)));
    assert.equal(ended.stdout, smallAnswer.stdout, `${name}: ${ended.stderr}`);
    assert.ok(Date.now() - began >= 1000, name);
  }
});

test('inspect survives as well', async () => {
  const sql = `SELECT num_rows FROM parquet_file_metadata('${large('status=503&first=2&no-suffix=400')}')`;
  const ended = await ask(sql);
  assert.equal(ended.status, 0, ended.stderr);
});

test('the machine protocol lives on after an error', async () => {
  const { run } = await import('../cli/command.mjs');
  const input = `${question(large('status=404'))};\n${smallQuestion(small('reset=1'))};\n`;
  const ended = await run(['--format', 'jsonl', '--echo-errors'], { input });
  const [first, second] = ended.stdout.trim().split('\n').map((line) => JSON.parse(line));
  assert.equal(first.code, 'NotFound');
  assert.equal(second.rows.length, 1);
});
