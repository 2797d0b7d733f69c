// `whittle serve`: ranges after RFC 9110, CORS, listings, and nothing outside the folder.
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { people, query, root, run, scratch, start } from './command.mjs';

const folder = join(scratch(), 'served');
let server;
let port;

before(async () => {
  mkdirSync(join(folder, 'sub'), { recursive: true });
  writeFileSync(join(folder, 'ten.txt'), '0123456789');
  writeFileSync(join(folder, 'empty.txt'), '');
  writeFileSync(join(folder, '.hidden'), 'hidden');
  writeFileSync(join(folder, 'a b&<.txt'), 'odd');
  writeFileSync(join(folder, '../outside.txt'), 'outside');
  mkdirSync(join(folder, 'site'));
  writeFileSync(join(folder, 'site/index.html'), '<title>A site</title>');
  symlinkSync('ten.txt', join(folder, 'inner.txt'));
  symlinkSync('../outside.txt', join(folder, 'outer.txt'));
  symlinkSync('..', join(folder, 'up'));
  symlinkSync(join(root, people), join(folder, 'link.parquet'));
  server = start(['serve', folder, '--port', '0']);
  port = await server.until(({ stdout }) => /:(\d+)\//.exec(stdout)?.[1]);
});

after(() => server.child.kill('SIGKILL'));

function ask(path, { method = 'GET', headers = {}, agent } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, method, headers, agent }, (reply) => {
      let body = '';
      const { localPort } = reply.socket;
      reply.setEncoding('utf8').on('data', (text) => (body += text));
      reply.on('end', () => resolve({ status: reply.statusCode, headers: reply.headers, body, localPort }));
    });
    request.on('error', reject).end();
  });
}
const range = (text, more = {}) => ask('/ten.txt', { headers: { range: text, ...more } });

test('the whole file', async () => {
  const { status, headers, body } = await ask('/ten.txt');
  assert.equal(status, 200);
  assert.equal(body, '0123456789');
  assert.equal(headers['content-length'], '10');
  assert.equal(headers['accept-ranges'], 'bytes');
  assert.match(headers.etag, /^"[^"]+"$/);
  assert.match(headers['last-modified'], /GMT$/);
  assert.match(headers['content-type'], /^text\/plain/);
});

test('single ranges', async () => {
  for (const [asked, told, body] of [
    ['bytes=2-4', 'bytes 2-4/10', '234'],
    ['bytes=5-', 'bytes 5-9/10', '56789'],
    ['bytes=-3', 'bytes 7-9/10', '789'],
    ['bytes=-30', 'bytes 0-9/10', '0123456789'],
    ['bytes=8-99', 'bytes 8-9/10', '89'],
  ]) {
    const got = await range(asked);
    assert.deepEqual([got.status, got.headers['content-range'], got.body], [206, told, body], asked);
  }
});

test('ranges that cannot be had', async () => {
  for (const asked of ['bytes=10-', 'bytes=20-30', 'bytes=-0']) {
    const { status, headers } = await range(asked);
    assert.deepEqual([status, headers['content-range']], [416, 'bytes */10'], asked);
  }
  assert.equal((await ask('/empty.txt', { headers: { range: 'bytes=0-0' } })).status, 416);
});

test('ranges that are to be ignored', async () => {
  for (const asked of ['bytes=4-2', 'bytes=a-b', 'items=0-1', 'bytes=0-1,4-5', 'bytes=']) {
    assert.equal((await range(asked)).status, 200, asked);
  }
  assert.equal((await ask('/ten.txt', { method: 'HEAD', headers: { range: 'bytes=0-1' } })).status, 200);
});

test('conditions', async () => {
  const { headers } = await ask('/ten.txt');
  const { etag } = headers;
  const date = headers['last-modified'];
  assert.equal((await range('bytes=0-1', { 'if-range': etag })).status, 206);
  assert.equal((await range('bytes=0-1', { 'if-range': date })).status, 206);
  assert.equal((await range('bytes=0-1', { 'if-range': '"other"' })).status, 200);
  assert.equal((await range('bytes=0-1', { 'if-match': '"other"' })).status, 412);
  assert.equal((await ask('/ten.txt', { headers: { 'if-none-match': `"x", ${etag}` } })).status, 304);
  assert.equal((await ask('/ten.txt', { headers: { 'if-modified-since': date } })).status, 304);
});

test('HEAD says what GET would', async () => {
  const { status, headers, body } = await ask('/ten.txt', { method: 'HEAD' });
  assert.deepEqual([status, headers['content-length'], body], [200, '10', '']);
});

test('pages of any origin may read', async () => {
  const { headers } = await ask('/ten.txt', { headers: { origin: 'https://example.org' } });
  assert.equal(headers['access-control-allow-origin'], '*');
  for (const name of ['Content-Range', 'Content-Length', 'ETag', 'Accept-Ranges']) {
    assert.ok(headers['access-control-expose-headers'].includes(name), name);
  }
  const preflight = await ask('/ten.txt', { method: 'OPTIONS', headers: { origin: 'https://example.org' } });
  assert.equal(preflight.status, 204);
  assert.match(preflight.headers['access-control-allow-headers'], /Range/);
});

test('nothing outside the folder', async () => {
  for (const path of ['/../outside.txt', '/%2e%2e/outside.txt', '/sub/../../outside.txt', '/outer.txt',
    '/up/outside.txt', '/link.parquet', '/.hidden', '/nosuch', '/ten.txt/']) {
    assert.equal((await ask(path)).status, 404, path);
  }
  assert.equal((await ask('/inner.txt')).body, '0123456789');
});

test('listings for people and programs', async () => {
  const html = await ask('/');
  assert.match(html.body, /<a href="\.\/a%20b%26%3C\.txt">a b&amp;&lt;\.txt<\/a>/);
  assert.ok(!html.body.includes('outer.txt') && !html.body.includes('hidden'));
  const json = JSON.parse((await ask('/', { headers: { accept: 'application/json' } })).body);
  assert.deepEqual(json.map((entry) => entry.name), ['site', 'sub', 'a b&<.txt', 'empty.txt', 'inner.txt', 'ten.txt']);
  assert.equal((await ask('/sub')).status, 301);
  assert.equal((await ask('/sub/')).status, 200);
});

test('a folder with a page of its own', async () => {
  const page = await ask('/site/');
  assert.equal(page.body, '<title>A site</title>');
  assert.match(page.headers['content-type'], /^text\/html/);
  const listing = await ask('/site/', { headers: { accept: 'application/json' } });
  assert.deepEqual(JSON.parse(listing.body).map((entry) => entry.name), ['index.html']);
});

test('other methods', async () => {
  for (const method of ['DELETE', 'PUT', 'POST']) {
    assert.equal((await ask('/ten.txt', { method })).status, 405, method);
  }
});

test('one connection for many requests', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set();
  for (let i = 0; i < 5; i += 1) ports.add((await ask('/ten.txt', { agent })).localPort);
  assert.equal(ports.size, 1);
  agent.destroy();
});

test('garbage and endless heads', async () => {
  const reply = (text) =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      let got = '';
      socket.on('data', (data) => (got += data));
      socket.on('error', () => resolve(got));
      socket.on('close', () => resolve(got));
    });
  assert.match(await reply('GARBAGE\r\n\r\n'), /^HTTP\/1\.1 400 /);
  assert.match(await reply('GET /%zz HTTP/1.1\r\n\r\n'), /^HTTP\/1\.1 400 /);
  assert.match(await reply(`GET / HTTP/1.1\r\nX: ${'a'.repeat(100_000)}`), /^(HTTP\/1\.1 431 |$)/);
});

test('a port that is taken, a folder that is none', async () => {
  assert.equal((await run(['serve', folder, '--port', String(port)])).status, 5);
  assert.equal((await run(['serve', join(folder, 'nosuch')])).status, 5);
  assert.equal((await run(['serve', join(folder, 'ten.txt')])).status, 2);
});

test('Ctrl-C ends it at once, with a client connected', async () => {
  const other = start(['serve', join(root, 'build/testdata'), '--port', '0']);
  const its = await other.until(({ stdout }) => /:(\d+)\//.exec(stdout)?.[1]);
  const { stdout } = await query(`SELECT count(*) AS n FROM 'http://127.0.0.1:${its}/people.parquet'`);
  assert.equal(stdout, 'n\n50\n');
  const socket = connect(its, '127.0.0.1');
  socket.on('error', () => {});
  await new Promise((resolve) => socket.on('connect', resolve));
  other.child.kill('SIGINT');
  assert.equal((await other.ended).status, 0);
  socket.destroy();
});
