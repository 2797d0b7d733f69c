// COPY (query) TO 'file': byte for byte what DuckDB writes, whole or not at all.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openDuckDB } from '../oracle/duckdb.mjs';
import { openWhittle } from '../oracle/whittle.mjs';
import { people, scratch } from './command.mjs';

const folder = scratch();
for (const name of ['duckdb', 'whittle']) mkdirSync(join(folder, name));
const duckdb = await openDuckDB();
const whittle = await openWhittle();
after(() => {
  duckdb.close();
  whittle.close();
});

const rows = `(SELECT * FROM (VALUES (1, 'a', NULL, 1.5), (2, '', 'x,y', 2.25), (NULL, ' lead', 'q"q', NULL),
  (4, 'new
line', 'tab\tx', -0.5), (5, 'NULL', ';|', 0), (6, 'a#b', '\\', 1)) t(i, s, "na me", d))`;
const texts = `(SELECT i, s, "na me" FROM ${rows})`;
const types = `(SELECT DATE '2024-01-02' d, TIMESTAMP '2024-01-02 03:04:05.5' ts, TIME '01:02:03' tm, [1, NULL] l,
  {'a': 1, 'b': 'x"y'} s, MAP {'k': 1.5} m, 'abc'::BLOB b, true bo, 1e10::DOUBLE f, INTERVAL 3 DAY iv)`;
const formats = "(DATEFORMAT '%d.%m.%Y', TIMESTAMPFORMAT '%H:%M')";
const nothing = '(SELECT 1 AS a WHERE false)';

const csv = ['', '(HEADER false)', 'CSV HEADER', "(DELIMITER '|')", "(SEP ';', NULL 'NULL')", "(QUOTE '''')",
  "(QUOTE '')", "(ESCAPE '\\')", '(FORCE_QUOTE *)', '(FORCE_QUOTE (i, s))', "(FORMAT 'CSV', DELIMITER '\\t')",
  "(NULLSTR 'x')", "(PREFIX '[', SUFFIX ']', HEADER false)", "(HEADER 'maybe')", '(COMPRESSION none)', '(FOO 1)',
  '(FORMAT foo)', '(FORCE_QUOTE (zz))', '(USE_TMP_FILE true)'];
const cases = [
  ...csv.map((options) => [rows, options, 'csv']),
  [texts, '(FORMAT json)', 'json'], [texts, '', 'jsonl'], [texts, '(ARRAY true)', 'json'], [texts, '', 'txt'],
  [texts, '(HEADER true)', 'json'],
  [types, '', 'csv'], [types, '', 'json'], [types, formats, 'csv'], [types, formats, 'json'],
  [nothing, '', 'csv'], [nothing, '', 'json'], [nothing, '(ARRAY true)', 'json'],
  ['(SELECT NULL AS a)', '', 'csv'], ["(SELECT '' AS a)", '', 'csv'], [`'${people}'`, '', 'csv'],
  ['(FROM range(100000))', '', 'csv'],
];

cases.forEach(([source, options, extension], number) => {
  test(`${source.slice(0, 24)}… ${options} .${extension}`, async () => {
    const file = (engine) => join(folder, engine.name, `${number}.${extension}`);
    const copy = (engine) => engine.query(`COPY ${source} TO '${file(engine)}' ${options}`);
    const [expected, got] = [await copy(duckdb), await copy(whittle)];
    assert.equal(got.error === undefined, expected.error === undefined, got.error ?? expected.error);
    if (expected.error !== undefined) return;
    assert.deepEqual([got.columns, got.types, got.rows], [expected.columns, expected.types, expected.rows]);
    assert.equal(readFileSync(file(whittle), 'utf8'), readFileSync(file(duckdb), 'utf8'));
  });
});

test('arrow is a stream of record batches', async () => {
  const file = join(folder, 'a.arrow');
  const { rows: answer } = await whittle.query(`COPY (SELECT 1 AS a) TO '${file}'`);
  assert.deepEqual(answer, [['1']]);
  assert.ok(readFileSync(file).length > 100);
});

test('a statement that fails late leaves the old file and nothing else', async () => {
  const inside = join(folder, 'late');
  mkdirSync(inside);
  const file = join(inside, 'out.csv');
  writeFileSync(file, 'old');
  const late = `(FROM range(1000000) t(i) SELECT CASE WHEN i = 999999 THEN error('late') ELSE i END)`;
  const { error } = await whittle.query(`COPY ${late} TO '${file}'`);
  assert.match(error, /late/);
  assert.equal(readFileSync(file, 'utf8'), 'old');
  assert.deepEqual(readdirSync(inside), ['out.csv']);
});

for (const [what, options, name] of [
  [/Parquet files cannot be written/, '(FORMAT parquet)', 'a'], [/Parquet files cannot be written/, '', 'a.parquet'],
  [/partition_by is not supported/, '(PARTITION_BY (a))', 'a.csv'], [/compressed/, '', 'a.csv.gz'],
  [/No such file or directory/, '', 'nowhere/a.csv'],
]) {
  test(`${name} ${options}: refused by name`, async () => {
    const { error } = await whittle.query(`COPY (SELECT 1 AS a) TO '${join(folder, name)}' ${options}`);
    assert.match(error, what);
    assert.ok(!existsSync(join(folder, name)));
  });
}

test('COPY … FROM is refused', async () => {
  assert.match((await whittle.query("COPY t FROM 'x.csv'")).error, /COPY … FROM is not supported/);
});
