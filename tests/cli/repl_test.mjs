// The interactive session on a pseudo-terminal (util-linux's `script` makes it; `exec`, because a shell between
// would answer Ctrl-C too).
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary, leftovers, root, scratch } from './command.mjs';

const skip = spawnSync('script', ['--version']).status === 0 ? false : 'there is no script(1)';

function open(env = {}, flags = '') {
  const folder = scratch();
  const history = join(folder, 'state', 'history');
  const child = spawn('script', ['-qec', `exec ${binary} --temp-directory ${folder} ${flags}`, '/dev/null'], {
    cwd: root,
    env: { ...process.env, TERM: 'xterm', LC_ALL: 'C.UTF-8', WHITTLE_HISTORY: history, ...env },
  });
  const repl = { child, folder, history, screen: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (repl.screen += text));
  repl.ended = new Promise((resolve) => child.on('close', (status) => resolve(status)));
  // Types, then waits until `pattern` shows in what came since.
  repl.type = async (text, pattern) => {
    const from = repl.screen.length;
    child.stdin.write(text);
    for (const end = Date.now() + 10_000; Date.now() < end; ) {
      const since = repl.screen.slice(from).replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r', '');
      if (pattern.test(since)) return since;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill('SIGKILL');
    throw new Error(`no ${pattern} in: ${JSON.stringify(repl.screen.slice(from))}`);
  };
  return repl;
}

const prompt = /\nwhittle> $/;

test('statements over several lines, errors, and it lives on', { skip }, async () => {
  const repl = open();
  await repl.type('', /whittle> /);
  assert.match(await repl.type('SELECT 40 + 2\n', /\.\.\.> /), /\.\.\.> /);
  assert.match(await repl.type('AS answer;\n', prompt), /answer[^]*42[^]*1 row in/);
  assert.match(await repl.type('SELECT nosuch;\n', prompt), /Binder error[^]*\^/);
  assert.match(await repl.type("SELECT 'a;b' AS x; SELECT 'zweitens' AS y;\n", prompt), /a;b[^]*zweitens/);
  repl.child.stdin.write('\x04');
  assert.equal(await repl.ended, 0);
  assert.deepEqual(leftovers(repl.folder), []);
});

test('Ctrl-C clears the line, also one of several', { skip }, async () => {
  const repl = open();
  await repl.type('', /whittle> /);
  await repl.type('SELECT 1,\n', /\.\.\.> /);
  await repl.type('half a line\x03', prompt);
  assert.match(await repl.type('SELECT 7 AS seven;\n', prompt), /seven[^]*7/);
  repl.child.stdin.write('.quit\n');
  assert.equal(await repl.ended, 0);
});

test('Ctrl-C stops a statement and leaves the session', { skip }, async () => {
  const { createServer } = await import('node:http');
  const server = createServer(() => {});
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const asked = new Promise((resolve) => server.once('request', resolve));
  const repl = open();
  await repl.type('', /whittle> /);
  repl.child.stdin.write(`FROM 'http://127.0.0.1:${server.address().port}/x.parquet';\n`);
  await asked;
  assert.match(await repl.type('\x03', prompt), /cancelled/i);
  server.closeAllConnections();
  server.close();
  assert.match(await repl.type('SELECT 8 AS acht;\n', prompt), /acht[^]*8/);
  repl.child.stdin.write('\x04');
  assert.equal(await repl.ended, 0);
});

test('dot commands', { skip }, async () => {
  const repl = open();
  await repl.type('', /whittle> /);
  assert.match(await repl.type('.help\n', prompt), /\.format[^]*\.timer[^]*\.read/);
  assert.match(await repl.type('.nosuch\n', prompt), /no command \.nosuch/);
  await repl.type('.format csv\n', prompt);
  await repl.type('.timer off\n', prompt);
  assert.match(await repl.type("SELECT 1 AS a, 'x' AS b;\n", prompt), /a,b\n1,x\n/);
  assert.match(await repl.type('.format xml\n', prompt), /xml/);
  assert.match(await repl.type('.memory\n', prompt), /MB|GB/);
  const script = join(repl.folder, 'script.sql');
  writeFileSync(script, 'SELECT 11 AS n;\nSELECT 22 AS n;\n');
  assert.match(await repl.type(`.read ${script}\n`, prompt), /n\n11\nn\n22\n/);
  assert.match(await repl.type('.read nosuch.sql\n', prompt), /nosuch\.sql/);
  repl.child.stdin.write('.exit\n');
  assert.equal(await repl.ended, 0);
});

test('completion of keywords, functions, files and columns', { skip }, async () => {
  const repl = open();
  await repl.type('', /whittle> /);
  await repl.type('SEL\t', /SELECT/);
  await repl.type(" count(*) FROM 'build/testdata/peop\t.par\t;\n", /people\.parquet';[^]*whittle> $/);
  await repl.type('.form\t', /\.format/);
  repl.child.stdin.write('\x03\x04');
  await repl.ended;
});

test('the history lasts, readable by its owner alone', { skip }, async () => {
  const first = open();
  await first.type('', /whittle> /);
  await first.type("SELECT 'recalled' AS r;\n", prompt);
  first.child.stdin.write('\x04');
  await first.ended;
  assert.ok(existsSync(first.history));
  assert.equal(statSync(first.history).mode & 0o777, 0o600);
  assert.equal(statSync(join(first.history, '..')).mode & 0o777, 0o700);
  assert.match(readFileSync(first.history, 'utf8'), /recalled/);
  const second = open({ WHITTLE_HISTORY: first.history });
  await second.type('', /whittle> /);
  assert.match(await second.type('\x1b[A\n', prompt), /recalled/);
  second.child.stdin.write('\x04');
  await second.ended;
});

test('colours on a terminal, none with NO_COLOR', { skip }, async () => {
  for (const [env, wanted] of [[{ NO_COLOR: '' }, true], [{ NO_COLOR: '1' }, false]]) {
    const repl = open(env);
    await repl.type('', /whittle> /);
    await repl.type('SELECT nosuch;\n', prompt);
    assert.equal(repl.screen.includes('\x1b[31m'), wanted);
    repl.child.stdin.write('\x04');
    await repl.ended;
  }
});
