// Writes the files that tests/sql reads, into build/testdata (${DATA} in those files), unless they are there
// and newer than this script: node tests/oracle/testdata.mjs [--force]
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateHits } from '../../bench/hits/generate.mjs';
import { openDuckDB } from './duckdb.mjs';
import { writeArrowRs, writeHyparquet } from './writers.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const data = join(here, '../../build/testdata');
const stamp = join(data, '.complete');
const sources = ['testdata.mjs', 'writers.mjs', '../../bench/hits/generate.mjs'].map((name) => join(here, name));
const fresh = existsSync(stamp) && sources.every((path) => statSync(path).mtimeMs < statSync(stamp).mtimeMs);
if (fresh && !process.argv.includes('--force')) process.exit(0);
rmSync(data, { recursive: true, force: true });
mkdirSync(data, { recursive: true });

const duckdb = await openDuckDB();
const run = (sql) => duckdb.connection.run(sql);
const copy = (query, name, options = '') =>
  run(`COPY (${query}) TO '${join(data, name)}' (FORMAT parquet${options && `, ${options}`})`);

// Fifty people with a bit of everything and NULLs in known places.
const people = `
  SELECT i::INTEGER AS id, (['Ada', 'Bo', 'Cy', 'Dee', 'Eve', 'Flo', 'Gus', 'Hal'])[1 + i % 8] || ' ' ||
    (['Ng', 'Öst', 'Ruiz', 'Smith', 'O''Hara'])[1 + i % 5] AS name,
    CASE WHEN i % 11 = 0 THEN NULL ELSE (18 + i * 7 % 50)::TINYINT END AS age,
    (1000 + i * 173 % 4000 + i / 100.0)::DECIMAL(10, 2) AS salary,
    CASE WHEN i % 9 = 4 THEN NULL ELSE (['sales', 'ops', 'dev', 'hr'])[1 + i % 4] END AS dept,
    DATE '2015-01-15' + (i * 67)::INTEGER AS hired, i % 3 = 0 AS active,
    CASE WHEN i % 7 = 6 THEN NULL ELSE i * 1.25 - 10 END::DOUBLE AS score
  FROM range(50) t(i)`;
await copy(people, 'people.parquet');

// Ten thousand rows in five row groups: i ascends, g and s repeat, v scatters, n is mostly NULL.
const numbers = `
  SELECT i, (i % 7)::SMALLINT AS g, 's' || (i % 100) AS s, ((i * 7919) % 10007)::DOUBLE / 8 AS v,
    CASE WHEN i % 10 = 0 THEN i::INTEGER END AS n, i % 2 = 0 AS even,
    DATE '2020-01-01' + (i // 24)::INTEGER AS d, TIMESTAMP '2020-01-01' + to_hours(i) AS ts,
    (i * 31 % 1000)::DECIMAL(7, 2) / 4 AS p
  FROM range(10000) t(i)`;
await copy(numbers, 'numbers.parquet', 'ROW_GROUP_SIZE 2048');

await copy(`SELECT * EXCLUDE (geometry, bignum, bit, time_tz, small_enum, medium_enum, large_enum, "union",
    fixed_int_array, fixed_varchar_array, fixed_nested_int_array, fixed_nested_varchar_array,
    fixed_struct_array, struct_of_fixed_array, fixed_array_of_int_list, list_of_fixed_int_array,
    dec38_10, uhugeint, hugeint, time_ns) FROM test_all_types()`, 'all_types.parquet');
await copy(`
  SELECT i AS id, [x FOR x IN range(i)] AS numbers,
    CASE WHEN i % 4 = 3 THEN NULL ELSE [('w' || x) FOR x IN range(i % 3)] END AS words,
    {'a': i, 'b': 'text ' || i, 'c': {'x': i / 2.0, 'y': i % 2 = 0}} AS point,
    MAP {'one': i, 'two': i * 2} AS labels,
    [[x, x + 1] FOR x IN range(i % 3)] AS matrix,
    [{'k': x, 'v': 'v' || x} FOR x IN range(i % 4)] AS items
  FROM range(8) t(i)`, 'nested.parquet');
await copy(`SELECT i AS id, TIMESTAMP '2024-03-01' + to_seconds(i * 37) AS ts, (i * 31 % 97)::INTEGER AS "user",
    (['view', 'click', 'buy', 'leave'])[1 + i * i % 4] AS kind, (i * 13 % 1000) / 10.0 AS amount
  FROM range(20000) t(i)`, 'events.parquet', 'ROW_GROUP_SIZE 4096, COMPRESSION zstd');
await copy('SELECT 1::INTEGER AS a, \'x\' AS b WHERE false', 'empty.parquet');
await copy(`SELECT * FROM (VALUES (1::DOUBLE), ('nan'), ('inf'), ('-inf'), (-0.0), (NULL), (2.5)) t(x)`,
  'floats.parquet');

// Several files as one table.
await run(`COPY (SELECT i AS id, 2020 + i % 3 AS year, 1 + i % 4 AS month, 'v' || i AS v FROM range(120) t(i))
  TO '${join(data, 'hive')}' (FORMAT parquet, PARTITION_BY (year, month))`);
mkdirSync(join(data, 'parts'));
for (let part = 0; part < 4; part += 1) {
  await copy(`SELECT ${part} * 100 + i AS id, 'p${part}' AS part FROM range(25) t(i)`, `parts/part-${part}.parquet`);
}
mkdirSync(join(data, 'union'));
await copy('SELECT 1::INTEGER AS a, \'one\' AS b', 'union/1.parquet');
await copy('SELECT 2.5::DOUBLE AS c, 20000000000::BIGINT AS a', 'union/2.parquet');
await copy('SELECT \'three\' AS b, 3::SMALLINT AS a', 'union/3.parquet');

// The same numbers from every codec and encoding of two writers.
for (const codec of ['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw']) {
  await copy(numbers, `numbers_${codec}.parquet`, `ROW_GROUP_SIZE 2048, COMPRESSION ${codec}`);
}
await copy(numbers, 'numbers_v2.parquet', 'ROW_GROUP_SIZE 2048, PARQUET_VERSION V2');
const source = join(data, 'numbers.parquet');
const arrowRs = {
  pages: { rowGroup: 5000 },
  v2: { rowGroup: 5000, version: 2, compression: 'BROTLI' },
  plain: { dictionary: false, compression: 'GZIP' },
  small_dictionary: { dictionarySize: 300, compression: 'LZ4_RAW' },
  delta: {
    version: 2, encodings: {
      i: 'DELTA_BINARY_PACKED', n: 'DELTA_BINARY_PACKED', s: 'DELTA_BYTE_ARRAY', v: 'BYTE_STREAM_SPLIT',
      even: 'RLE',
    },
  },
  delta_length: { version: 2, compression: 'ZSTD', encodings: { s: 'DELTA_LENGTH_BYTE_ARRAY', v: 'PLAIN' } },
};
for (const [name, options] of Object.entries(arrowRs)) {
  writeArrowRs(source, join(data, `numbers_arrow_${name}.parquet`), options);
}
for (const name of ['people', 'nested', 'all_types']) {
  writeArrowRs(join(data, `${name}.parquet`), join(data, `${name}_arrow.parquet`), { version: 2 });
}
const range = [...Array(5000).keys()];
writeHyparquet({
  filename: join(data, 'bloom.parquet'),
  rowGroupSize: 1000,
  pageSize: 1024,
  columnData: [
    { name: 'id', data: range.map((i) => (i * 7919) % 5003), type: 'INT32', bloomFilter: true },
    { name: 'key', data: range.map((i) => `key-${(i * 31) % 4999}`), type: 'STRING', bloomFilter: true },
    { name: 'sorted', data: range.map((i) => BigInt(i * 3)), type: 'INT64', columnIndex: true },
    { name: 'value', data: range.map((i) => i / 3), type: 'DOUBLE', encoding: 'BYTE_STREAM_SPLIT' },
  ],
});

await generateHits(20000, join(data, 'hits.parquet'), { rowGroup: 4096 });

// What is not a Parquet file, or no longer.
const whole = readFileSync(source);
writeFileSync(join(data, 'not_parquet.parquet'), 'name,age\nAda,36\n');
writeFileSync(join(data, 'truncated.parquet'), whole.subarray(0, whole.length - 100));
writeFileSync(join(data, 'zero.parquet'), '');
writeFileSync(join(data, 'tiny.parquet'), 'PAR1');
const lying = Buffer.from(whole);
lying.writeUInt32LE(0xfffffff0, whole.length - 8);
writeFileSync(join(data, 'footer_length_lies.parquet'), lying);
copyFileSync(join(data, 'people.parquet'), join(data, "it's people.parquet"));

duckdb.close();
writeFileSync(stamp, '');
console.log(`test data: ${data}`);
