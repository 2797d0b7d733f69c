// A file that changes while it is read: the statement starts over once with the new file, then it is
// SourceChanged; rows of two versions never meet in one answer.
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { openDuckDB } from '../oracle/duckdb.mjs';
import { run } from '../cli/command.mjs';
import { ask, noProxy, scratch, serve } from './faults.mjs';

const folder = scratch();
const columns = '(i % 1000)::INTEGER AS k, md5(i::VARCHAR) AS text, i AS n';
// Too large to come whole, in row groups that are read one after another.
const files = {
  'old.parquet': `SELECT ${columns} FROM range(200000) t(i)`,
  'new.parquet': `SELECT ${columns} FROM range(7, 260007) t(i)`,
  'renamed.parquet': `SELECT * RENAME (n AS m) FROM (SELECT ${columns} FROM range(260000) t(i))`,
  'retyped.parquet': `SELECT * REPLACE (n::VARCHAR AS n) FROM (SELECT ${columns} FROM range(260000) t(i))`,
};
const question = (file) => `SELECT count(*), sum(n), min(text), max(k) FROM '${file}'`;

let server;
const answers = {};
before(async () => {
  const duckdb = await openDuckDB();
  for (const [name, sql] of Object.entries(files)) {
    const answer = await duckdb.query(
      `COPY (${sql}) TO '${join(folder, name)}' (FORMAT parquet, ROW_GROUP_SIZE 20000)`);
    assert.ok(!answer.error, answer.error);
  }
  await duckdb.close?.();
  for (const name of ['old.parquet', 'new.parquet']) {
    answers[name] = (await ask(question(join(folder, name)))).stdout;
  }
  assert.notEqual(answers['old.parquet'], answers['new.parquet']);
  server = await serve({ folder });
});

let fresh = 0;
const old = (query) => server.url('old.parquet', `t=${++fresh}&${query}`);

for (const at of [1, 2, 3]) {
  test(`another ETag from request ${at} on`, async () => {
    const ended = await ask(question(old(`etag-change=${at}`)));
    assert.equal(ended.stderr, '');
    assert.equal(ended.stdout, answers['old.parquet']);
  });

  test(`another file from request ${at} on`, async () => {
    for (const more of ['', '&no-etag=1', '&weak-etag=1', '&no-suffix=400']) {
      const ended = await ask(question(old(`becomes=new.parquet&at=${at}${more}`)));
      assert.equal(ended.stderr, '', more);
      assert.ok([answers['new.parquet'], answers['old.parquet']].includes(ended.stdout), ended.stdout);
    }
  });
}

test('another ETag at every request', async () => {
  const ended = await ask(question(old('etag-every=1')));
  assert.equal(ended.status, 5, ended.stderr);
  assert.match(ended.stderr, /changed/i);
  assert.equal(ended.stdout, '');
});

test('a length that grows', async () => {
  const ended = await ask(question(old('length-change=1')));
  assert.notEqual(ended.status, 0);
  assert.equal(ended.stdout, '');
});

test('other columns: an error that says so', async () => {
  const gone = await ask(question(old('becomes=renamed.parquet&at=1')));
  assert.notEqual(gone.status, 0);
  assert.equal(gone.stdout, '');
  for (const name of ['renamed.parquet', 'retyped.parquet']) {
    const ended = await ask(`SELECT * FROM '${old(`becomes=${name}&at=1`)}' ORDER BY 1, 2 LIMIT 3`);
    assert.equal(ended.status, 5, ended.stderr);
    assert.match(ended.stderr, /changed/i);
    assert.equal(ended.stdout, '');
  }
});

test('between two statements of a session', async () => {
  const file = old('becomes=new.parquet&at=40');
  const one = question(file);
  const input = `${one};\n`.repeat(12);
  const ended = await run(['--format', 'jsonl', '--echo-errors'], { input, env: noProxy });
  const rows = ended.stdout.trim().split('\n').map((line) => JSON.parse(line));
  for (const row of rows) assert.equal(row.error, undefined, row.error);
  const counts = rows.map((row) => Number(row.rows[0][0]));
  assert.equal(counts[0], 200000);
  assert.equal(counts.at(-1), 260000);
});

test('a local file that is replaced between two statements', async () => {
  const { start } = await import('../cli/command.mjs');
  const file = join(folder, 'local.parquet');
  copyFileSync(join(folder, 'old.parquet'), file);
  const session = start(['--format', 'jsonl', '--echo-errors']);
  const count = async (lines) => {
    session.child.stdin.write(`${question(file)};\n`);
    await session.until(({ stdout }) => stdout.split('\n').length > lines, 60);
    return JSON.parse(session.stdout.trim().split('\n').at(-1));
  };
  assert.equal(Number((await count(1)).rows[0][0]), 200000);
  copyFileSync(join(folder, 'new.parquet'), file);
  assert.equal(Number((await count(2)).rows?.[0][0]), 260000);
  session.child.stdin.end();
  await session.ended;
});
