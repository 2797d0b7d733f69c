// Bad input and its one clear error: message on standard error, nothing on standard output, exit status by kind.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { leftovers, lines, people, query, run, scratch, start } from './command.mjs';

async function fails(sql, status, pattern, ...flags) {
  const ended = await query(sql, ...flags);
  assert.equal(ended.status, status, ended.stderr);
  assert.equal(ended.stdout, '');
  assert.match(ended.stderr, pattern);
  return ended;
}

test('wrong SQL: line and caret', async () => {
  const { stderr } = await fails('SELECT 1,\n  2 FORM x', 3, /Syntax error/);
  const shown = lines(stderr);
  const at = shown.findIndex((line) => line.startsWith('LINE 2: '));
  const [line, caret] = shown.slice(at);
  assert.equal(caret.indexOf('^'), line.indexOf('x'));
});

test('an unknown column: what was meant', () => fails(`SELECT nme FROM '${people}'`, 3, /Did you mean.*name/));
test('an unknown function', () => fails('SELECT nosuch(1)', 3, /nosuch/));
test('a value that is no number', () => fails("SELECT CAST('x' AS INTEGER)", 4, /Conversion/));
test('a number too large', () => fails('SELECT 2147483647::INTEGER + 1::INTEGER', 4, /[Oo]ut of [Rr]ange|verflow/));
test('a missing file', () => fails("FROM 'missing.parquet'", 5, /missing\.parquet/));
test('a folder', () => fails("FROM read_parquet('src')", 2, /src/));
test('no Parquet file', () => fails("FROM 'build/testdata/not_parquet.parquet'", 6, /not a Parquet file/));
test('a truncated file', () => fails("FROM 'build/testdata/truncated.parquet'", 6, /truncated/));
test('a lying footer', () => fails("FROM 'build/testdata/footer_length_lies.parquet'", 6, /footer/));
test('no server', () => fails("FROM 'http://127.0.0.1:9/x.parquet'", 5, /127\.0\.0\.1/));

test('404 and 403', async () => {
  const server = createServer((request, reply) => {
    reply.statusCode = request.url.includes('secret') ? 403 : 404;
    reply.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  await fails(`FROM '${url}/none.parquet'`, 5, /404|not found|no such/i);
  await fails(`FROM '${url}/secret.parquet'`, 5, /403|denied|forbidden/i);
  server.close();
});

test('the first error ends a script; what came before was printed', async () => {
  const { status, stdout } = await run(['-c', 'SELECT 1 AS a; SELECT nosuch; SELECT 2 AS a']);
  assert.equal(status, 3);
  assert.equal(stdout, 'a\n1\n');
});

test('a missing script', async () => {
  const { status, stderr } = await run(['-f', 'nosuch.sql']);
  assert.equal(status, 5);
  assert.match(stderr, /nosuch\.sql/);
});

test('too little memory: how much was needed, no temporary files', async () => {
  const folder = scratch();
  const { status, stderr } = await run(
    ['--memory-limit', '100KB', '--temp-directory', folder, '-c', "FROM 'build/testdata/hits.parquet'"]);
  assert.equal(status, 8, stderr);
  assert.match(stderr, /memory|limit/i);
  assert.deepEqual(leftovers(folder), []);
});

test('mistakes in the call', async () => {
  for (const args of [['--nosuch'], ['--memory-limit', 'lots', '-c', 'SELECT 1'], ['inspect'], ['serve']]) {
    const { status, stderr } = await run(args);
    assert.equal(status, 2, args.join(' '));
    assert.notEqual(stderr, '');
  }
});

test('--help and --version', async () => {
  const help = await run(['--help']);
  assert.equal(help.status, 0);
  for (const word of ['--format', '--memory-limit', '--threads', '--timer', '-o', 'inspect', 'serve', 'Exit status']) {
    assert.ok(help.stdout.includes(word), word);
  }
  assert.match((await run(['--version'])).stdout, /^whittle \d+\.\d+\.\d+\n$/);
});

test('Ctrl-C: 130, soon, and no temporary files', async () => {
  const folder = scratch();
  // A server that never answers holds the statement for as long as it takes.
  const server = createServer(() => {});
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}/x.parquet`;
  const asked = new Promise((resolve) => server.once('request', resolve));
  const started = start(['--temp-directory', folder, '-c', `FROM '${url}'`]);
  await asked;
  const begin = Date.now();
  started.child.kill('SIGINT');
  const { status, stderr, stdout } = await started.ended;
  server.closeAllConnections();
  server.close();
  assert.equal(status, 130, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /cancel/i);
  assert.ok(Date.now() - begin < 5000);
  assert.deepEqual(leftovers(folder), []);
});
