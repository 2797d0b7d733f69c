// Every output format, and files that appear whole or not at all.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lines, query, run, scratch } from './command.mjs';

const sql = "SELECT * FROM (VALUES (1, 'a'), (2, NULL), (3, '')) t(n, s)";

test('csv: NULL is nothing, an empty string is ""', async () => {
  const { stdout } = await query(sql, '--format', 'csv');
  assert.equal(stdout, 'n,s\n1,a\n2,\n3,""\n');
});

test('csv is what a pipe gets', async () => {
  assert.equal((await query(sql)).stdout, (await query(sql, '--format', 'csv')).stdout);
});

test('json: an array of objects', async () => {
  const { stdout } = await query(sql, '--format', 'json');
  assert.deepEqual(JSON.parse(stdout), [{ n: 1, s: 'a' }, { n: 2, s: null }, { n: 3, s: '' }]);
});

test('jsonl: one line', async () => {
  const { stdout } = await query(sql, '--format', 'jsonl');
  assert.equal(lines(stdout).length, 1);
  assert.deepEqual(JSON.parse(stdout).rows, [['1', 'a'], ['2', null], ['3', '']]);
});

test('markdown: a table', async () => {
  const { stdout } = await query(sql, '--format', 'markdown');
  assert.equal(lines(stdout).length, 5);
  assert.match(stdout, /^\| n \| s \|\n\|---:\|---\|\n\| 1 \| a \|/);
});

test('table: a box with names, types and values', async () => {
  const { stdout } = await query(sql, '--format', 'table');
  for (const part of ['n', 's', 'NULL', '│', '┌']) assert.ok(stdout.includes(part), part);
  assert.ok(!stdout.includes('\x1b['), 'no colours in a pipe');
});

test('arrow: a file that begins and ends as one', async () => {
  const file = join(scratch(), 'out.arrow');
  const { status, stderr } = await query(sql, '--format', 'arrow', '-o', file);
  assert.equal(status, 0, stderr);
  const bytes = readFileSync(file);
  assert.ok(bytes.length > 100);
});

test('an unknown format is a mistake in the call', async () => {
  const { status, stderr } = await query(sql, '--format', 'xml');
  assert.equal(status, 2);
  assert.match(stderr, /--format/);
});

test('-o writes the file, and nothing to standard output', async () => {
  const folder = scratch();
  const file = join(folder, 'out.csv');
  const { status, stdout } = await query(sql, '-o', file);
  assert.equal(status, 0);
  assert.equal(stdout, '');
  assert.equal(readFileSync(file, 'utf8'), 'n,s\n1,a\n2,\n3,""\n');
  assert.deepEqual(readdirSync(folder), ['out.csv']);
});

test('-o leaves nothing behind on failure, and an older file as it was', async () => {
  const folder = scratch();
  const failing = "SELECT CAST(x AS INTEGER) FROM (VALUES ('1'), ('b')) t(x)";
  const { status } = await query(failing, '-o', join(folder, 'new.csv'));
  assert.equal(status, 4);
  assert.deepEqual(readdirSync(folder), []);
  writeFileSync(join(folder, 'old.csv'), 'old');
  await query(failing, '-o', join(folder, 'old.csv'));
  assert.equal(readFileSync(join(folder, 'old.csv'), 'utf8'), 'old');
});

test('-o into a folder that is not there', async () => {
  const { status, stderr } = await query(sql, '-o', '/nowhere/at/all.csv');
  assert.equal(status, 5);
  assert.match(stderr, /nowhere/);
  assert.ok(!existsSync('/nowhere'));
});

test('-f runs a script, - is standard input, several -c run in order', async () => {
  const file = join(scratch(), 'script.sql');
  writeFileSync(file, 'SELECT 1 AS a;\n-- a comment\nSELECT 2 AS a;\n');
  assert.equal((await run(['-f', file])).stdout, 'a\n1\na\n2\n');
  assert.equal((await run(['-f', '-'], { input: 'SELECT 3 AS a' })).stdout, 'a\n3\n');
  assert.equal((await run(['-c', 'SELECT 4 AS a', '-c', 'SELECT 5 AS a'])).stdout, 'a\n4\na\n5\n');
});
