// `whittle inspect`: what people and programs are told about a file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lines, people, run } from './command.mjs';

test('facts, schema, columns and row groups', async () => {
  const { status, stdout } = await run(['inspect', people]);
  assert.equal(status, 0);
  assert.ok(stdout.startsWith(people));
  for (const part of ['50 rows', '1 row group', 'written by', 'Schema', 'BYTE_ARRAY', 'Columns', 'SNAPPY']) {
    assert.ok(stdout.includes(part), part);
  }
  assert.match(stdout, /in 1 request$/m);
  assert.ok(!stdout.includes('\x1b['));
});

test('nested columns as a tree', async () => {
  const { stdout } = await run(['inspect', 'build/testdata/nested.parquet']);
  assert.match(stdout, /^ {2}└ list/m);
  assert.match(stdout, /^ {4}└ element/m);
});

test('page index and bloom filters', async () => {
  const { stdout } = await run(['inspect', '--pages', 'build/testdata/bloom.parquet']);
  assert.match(stdout, /^ {2}key .* yes$/m);
  assert.match(stdout, /^Pages/m);
});

test('--format json holds every chunk', async () => {
  const { stdout } = await run(['inspect', people, '--format', 'json']);
  const report = JSON.parse(stdout);
  assert.equal(report.rows, 50);
  assert.equal(report.row_groups.length, 1);
  assert.equal(report.row_groups[0].columns.length, report.columns.length);
  const chunk = report.row_groups[0].columns[0];
  for (const key of ['path', 'codec', 'encodings', 'compressed_bytes', 'uncompressed_bytes', 'min', 'max']) {
    assert.ok(key in chunk, key);
  }
});

test('a file without rows', async () => {
  const { status, stdout } = await run(['inspect', 'build/testdata/empty.parquet']);
  assert.equal(status, 0);
  assert.match(stdout, /0 rows/);
});

test('bad files: one line on standard error', async () => {
  for (const [file, expected] of [['not_parquet', 6], ['truncated', 6], ['footer_length_lies', 6], ['nosuch', 5]]) {
    const { status, stdout, stderr } = await run(['inspect', `build/testdata/${file}.parquet`]);
    assert.equal(status, expected, file);
    assert.equal(stdout, '');
    assert.equal(lines(stderr).length, 1);
  }
});
