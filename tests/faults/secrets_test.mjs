// Credentials go to the host they were meant for and nowhere else: no error, no log, no answer shows them. And
// proxies come from the environment.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { before, test } from 'node:test';
import { run, start } from '../cli/command.mjs';
import { ask, noProxy, serve } from './faults.mjs';

const question = (file) => `SELECT count(*) FROM '${file}'`;
const token = 't0psecret-token';
const header = 'hush-hush-header';
const credentials = ['--bearer-token', token, '-H', `X-Key: ${header}`];

let server;
before(async () => {
  server = await serve();
});

function silent({ stdout, stderr }) {
  for (const secret of [token, header]) {
    assert.ok(!stdout.includes(secret) && !stderr.includes(secret), `${stdout}\n${stderr}`);
  }
}

test('the named host gets them', async () => {
  const query = `auth=${token}&want-header=X-Key:${header}`;
  // The URL itself shows what the server of this test wants, so only the success counts here.
  const ended = await ask(question(server.url('hits.parquet', query)), { flags: credentials });
  assert.equal(ended.status, 0, ended.stderr);
  const same = await ask(question(server.url('hits.parquet', `${query}&redirect=same`)), { flags: credentials });
  assert.equal(same.status, 0, same.stderr);
});

test('another host of a redirect does not', async () => {
  await server.reset();
  const ended = await ask(question(server.url('hits.parquet', 'redirect=other')), { flags: credentials });
  assert.equal(ended.status, 0, ended.stderr);
  const { entries } = await server.log();
  const [first, ...others] = entries;
  assert.equal(first.headers.authorization, `Bearer ${token}`);
  assert.ok(others.length > 0);
  for (const { headers } of others) {
    assert.equal(headers.authorization, undefined);
    assert.equal(headers['x-key'], undefined);
  }
  silent(ended);
});

test('no error shows them', async () => {
  const queries = ['auth=other', 'status=403', 'status=503', 'reset=99', 'wrong-range=1', 'gzip=1', 'truncate=10',
    'redirect=loop', 'redirect=ftp://127.0.0.1/x', 'ignore-range=1'];
  for (const query of queries) {
    const ended = await ask(question(server.url('hits.parquet', query)), { flags: credentials });
    assert.equal(ended.status, 5, `${query}: ${ended.stderr}`);
    silent(ended);
  }
});

test('signatures in URLs are left out of errors', async () => {
  const url = server.url('none.parquet', 'X-Amz-Signature=deadbeef&X-Amz-Security-Token=f00d');
  const ended = await ask(`FROM '${url}'`);
  assert.equal(ended.status, 5);
  assert.match(ended.stderr, /none\.parquet/);
  assert.ok(!ended.stderr.includes('deadbeef') && !ended.stderr.includes('f00d'), ended.stderr);
});

test('user names and passwords in URLs are left out of errors', async () => {
  const url = server.url('none.parquet').replace('http://', 'http://someone:pa55word@');
  const ended = await ask(`FROM '${url}'`);
  assert.equal(ended.status, 5, ended.stderr);
  assert.ok(!ended.stderr.includes('pa55word'), ended.stderr);
});

test('in the machine protocol neither', async () => {
  const input = `${question(server.url('hits.parquet', 'auth=other'))};\n`;
  const ended = await run(['--format', 'jsonl', '--echo-errors', ...credentials], { input, env: noProxy });
  assert.equal(JSON.parse(ended.stdout).code, 'PermissionDenied');
  silent(ended);
});

test('nor another process: they do not stay on the command line', { skip: process.platform !== 'linux' }, async () => {
  // The environment is the way in that `ps` does not show.
  const held = createServer(() => {});
  held.listen(0, '127.0.0.1');
  await once(held, 'listening');
  const started = start(['-c', `FROM 'http://127.0.0.1:${held.address().port}/x.parquet'`],
    { env: { ...noProxy, WHITTLE_BEARER_TOKEN: token } });
  const [request] = await once(held, 'request');
  assert.equal(request.headers.authorization, `Bearer ${token}`);
  started.child.kill('SIGINT');
  silent(await started.ended);
  held.closeAllConnections();
  held.close();
});

test('a proxy from the environment', async () => {
  const seen = [];
  const proxy = createServer((request, reply) => {
    seen.push(request.url);
    const onwards = httpRequest(request.url, { method: request.method, headers: request.headers }, (answer) => {
      reply.writeHead(answer.statusCode, answer.headers);
      answer.pipe(reply);
    });
    onwards.end();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const http_proxy = `http://127.0.0.1:${proxy.address().port}`;
  const url = server.url('hits.parquet', 'proxied=1');
  const proxied = await ask(question(url), { env: { http_proxy } });
  assert.equal(proxied.status, 0, proxied.stderr);
  assert.ok(seen.length > 0);
  assert.equal(seen[0], url);
  const count = seen.length;
  const direct = await ask(question(url), { env: { http_proxy, no_proxy: '127.0.0.1' } });
  assert.equal(direct.status, 0, direct.stderr);
  assert.equal(seen.length, count, 'no_proxy');
  proxy.close();
  proxy.closeAllConnections();
  const dead = await ask(question(url), { env: { http_proxy: 'http://someone:pa55word@127.0.0.1:9' } });
  assert.equal(dead.status, 5);
  assert.ok(!dead.stderr.includes('pa55word'), dead.stderr);
});
