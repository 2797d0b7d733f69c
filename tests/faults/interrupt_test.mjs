// Ctrl-C and SIGTERM at any moment: the command ends soon, with 130 (143 for SIGTERM), and leaves neither
// temporary files nor a piece of its output. Killed outright it cannot tidy up; the next start does.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { leftovers } from '../cli/command.mjs';
import { ask, begin, data, scratch, serve } from './faults.mjs';

const spilling = 'SELECT i, md5(i::VARCHAR) AS m FROM range(3000000) t(i) ORDER BY m';
const grouping = 'SELECT md5(i::VARCHAR) AS m, count(*) AS c FROM range(3000000) t(i) GROUP BY ALL';
const small = ['--memory-limit', '32MB', '--threads', '2'];

let server;
before(async () => {
  server = await serve();
});

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// Stops the statement after each of some times; `twice` presses Ctrl-C again at once.
async function stop(sql, { signal = 'SIGINT', moments = [0, 3, 10, 30, 100, 250, 600, 1200], twice = false } = {}) {
  for (const moment of moments) {
    const folder = scratch();
    const output = join(folder, 'result.csv');
    const started = begin(sql, { flags: [...small, '--temp-directory', folder, '-o', output] });
    await pause(30 + moment); // a process needs some time to begin at all
    started.child.kill(signal);
    if (twice) {
      await pause(moment % 7);
      started.child.kill(signal);
    }
    const asked = Date.now();
    const { status, signal: killed } = await started.ended;
    assert.ok(Date.now() - asked < 15_000, `${moment} ms: it took ${Date.now() - asked} ms to end`);
    const left = readdirSync(folder).filter((name) => name !== 'result.csv');
    assert.deepEqual(left, [], `${moment} ms: status ${status}`);
    const number = signal === 'SIGINT' ? 2 : 15;
    if (status === 0) {
      assert.ok(existsSync(output));
    } else {
      assert.ok(!existsSync(output), `${moment} ms: a partial result`);
      // The signal may come before the command has installed its handlers.
      assert.ok(killed === signal || status === 130 || status === 128 + number, `${moment} ms: ${status} ${killed}`);
    }
  }
}

test('while it sorts and spills', () => stop(spilling));
test('while it groups and spills', () => stop(grouping));
test('twice', () => stop(spilling, { twice: true }));
test('SIGTERM', () => stop(spilling, { signal: 'SIGTERM', moments: [20, 400] }));
test('while it waits for a server', () =>
  stop(`FROM '${server.url('hits.parquet', 'stall=1')}'`, { moments: [0, 50, 300] }));
test('while it waits to try again', () =>
  stop(`FROM '${server.url('hits.parquet', 'status=503&retry-after=60')}'`, { moments: [100, 300] }));
test('while a slow link fills its buffers', () =>
  stop(`FROM '${server.url('hits.parquet', 'bandwidth=400000')}'`, { moments: [50, 300, 900] }));

test('killed outright: the next start tidies up', async () => {
  const folder = scratch();
  const started = begin(spilling, { flags: [...small, '--temp-directory', folder] });
  await started.until(() => leftovers(folder).length > 0, 30);
  started.child.kill('SIGKILL');
  await started.ended;
  const next = await ask('SELECT i FROM range(600000) t(i) ORDER BY md5(i::VARCHAR) LIMIT 1 OFFSET 400000',
    { flags: ['--memory-limit', '16MB', '--temp-directory', folder] });
  assert.equal(next.status, 0, next.stderr);
  assert.deepEqual(leftovers(folder), []);
});

test('an output file that exists stays as it was when the statement fails', async () => {
  const folder = scratch();
  const output = join(folder, 'result.csv');
  const first = await ask('SELECT 1 AS a', { flags: ['-o', output] });
  assert.equal(first.status, 0, first.stderr);
  const query = `SELECT CAST(URL AS INTEGER) FROM '${data}/hits.parquet'`;
  const second = await ask(query, { flags: ['-o', output] });
  assert.notEqual(second.status, 0);
  assert.equal(readFileSync(output, 'utf8'), 'a\n1\n');
  assert.deepEqual(readdirSync(folder), ['result.csv']);
});

test('too little memory: an error that says what needed how much, and nothing left behind', async () => {
  const questions = {
    '1MB': [spilling, grouping, `SELECT * FROM '${data}/hits.parquet' ORDER BY URL`],
    '8MB': ['SELECT list(i ORDER BY i DESC) FROM range(3000000) t(i)',
      "SELECT string_agg(i::VARCHAR, ',') FROM range(3000000) t(i)",
      "SELECT repeat('x', 100000000) AS a"],
  };
  for (const [limit, list] of Object.entries(questions)) {
    for (const sql of list) {
      const folder = scratch();
      const ended = await ask(sql, { flags: ['--memory-limit', limit, '--temp-directory', folder] });
      assert.equal(ended.status, 8, `${limit}: ${sql}: ${ended.stderr}`);
      assert.match(ended.stderr, /memory|budget|limit/i);
      assert.deepEqual(leftovers(folder), []);
    }
  }
});
