// A plain wide-open table for the memory figures: events(id, ts, "user", value, category, payload), in the
// order of time, about GIGABYTES large.
//
//   node bench/events.mjs GIGABYTES FILE
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDuckDB } from '../tests/oracle/duckdb.mjs';

const bytesPerRow = 55.5; // as snappy leaves them

export async function generateEvents(gigabytes, file) {
  mkdirSync(dirname(file), { recursive: true });
  const rows = Math.round((gigabytes * 1e9) / bytesPerRow);
  const duckdb = await openDuckDB({ threads: 2 });
  await duckdb.connection.run(`COPY (
    SELECT i AS id, make_timestamp(1704067200000000 + i * 1000003) AS ts,
      CAST(hash(i) % 1000000 AS INTEGER) AS "user", (hash(i + 7) % 100000000) / 10000.0 AS value,
      'category ' || hash(i + 3) % 40 AS category, md5(CAST(i AS VARCHAR)) || i % 10 AS payload
    FROM range(${rows}) AS t(i)
  ) TO '${file}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880)`);
  duckdb.close();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [gigabytes, file] = process.argv.slice(2);
  if (!(Number(gigabytes) > 0) || !file) {
    console.error('usage: node bench/events.mjs GIGABYTES FILE');
    process.exit(2);
  }
  await generateEvents(Number(gigabytes), file);
  console.log(`${file}: ${statSync(file).size} bytes`);
}
