// The machine's protocol, word for word: one line per statement, errors as JSON, the session goes on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lines, people, run } from './command.mjs';

const session = async (input, ...flags) => {
  const ended = await run(['--format', 'jsonl', '--echo-errors', ...flags], { input });
  return { ...ended, answers: lines(ended.stdout).map((line) => JSON.parse(line)) };
};

test('a statement gives one line of columns, types and rows', async () => {
  const { answers, status } = await session("SELECT 1 AS a, 'x' AS b, NULL AS c;");
  assert.equal(status, 0);
  assert.deepEqual(answers, [{ columns: ['a', 'b', 'c'], types: answers[0].types, rows: [['1', 'x', null]] }]);
  assert.deepEqual(answers[0].types.slice(0, 2), ['INTEGER', 'VARCHAR']);
});

test('errors are lines too, and the session goes on', async () => {
  const { answers, status, stderr } = await session(
    `SELECT 1;\nSELEC 2;\nSELECT nope FROM '${people}';\nFROM 'missing.parquet';\nSELECT 5;\n`);
  assert.equal(status, 0);
  assert.equal(stderr, '');
  assert.equal(answers.length, 5);
  assert.deepEqual(answers.map((answer) => answer.code), [undefined, 'Syntax', 'Binder', 'NotFound', undefined]);
  assert.ok(answers.slice(1, 4).every((answer) => typeof answer.error === 'string' && answer.error));
  assert.deepEqual(answers[4].rows, [['5']]);
});

test('a failing value in the middle leaves no half line', async () => {
  const { answers } = await session("SELECT CAST(x AS INTEGER) FROM (VALUES ('1'), ('b')) t(x);\nSELECT 7;");
  assert.equal(answers[0].code, 'Conversion');
  assert.deepEqual(answers[1].rows, [['7']]);
});

test('statements share lines, span lines, hold semicolons and comments', async () => {
  const { answers } = await session("SELECT 1; SELECT\n2;; SELECT 'a;b'; -- c;\nSELECT /* ; */ 3;");
  assert.deepEqual(answers.map((answer) => answer.rows[0][0]), ['1', '2', 'a;b', '3']);
});

test('the last statement needs no semicolon', async () => {
  const { answers } = await session('SELECT 1;\nSELECT 2');
  assert.equal(answers.length, 2);
});

test('text survives: quotes, controls, other scripts, line breaks', async () => {
  const text = 'ä"\\\u0001\t\n日本🦆';
  const { answers } = await session(`SELECT '${text}' AS "na""me";`);
  assert.deepEqual(answers[0].rows, [[text]]);
  assert.deepEqual(answers[0].columns, ['na"me']);
});

test('SET answers with no rows', async () => {
  const { answers } = await session("SET threads = 1;\nSELECT 1;");
  assert.equal(answers.length, 2);
  assert.deepEqual(answers[0].rows, []);
});

test('--timer json: one object per statement on standard error', async () => {
  const { stderr } = await session(`SELECT 1;\nFROM '${people}';`, '--timer', 'json');
  const costs = lines(stderr).map((line) => JSON.parse(line));
  assert.equal(costs.length, 2);
  for (const key of ['seconds', 'peak_memory', 'bytes_fetched', 'requests']) {
    assert.equal(typeof costs[1][key], 'number', key);
  }
  assert.ok(costs[1].bytes_fetched > 0 && costs[1].requests > 0);
});
