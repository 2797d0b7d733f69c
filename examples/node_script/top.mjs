// node top.mjs FILE COLUMN: the most frequent values of a column, from a path or an address, and what it cost.
import { Whittle } from 'whittle-sql';

const [file, column] = process.argv.slice(2);
if (!file || !column) {
  console.error('usage: node top.mjs FILE COLUMN');
  process.exit(2);
}
const db = await Whittle.create({ memoryLimit: '512MB' });
try {
  const conn = await db.connect();
  await db.registerFile('data', /^https?:/.test(file) ? new URL(file) : await localFile(file));
  const name = `"${column.replaceAll('"', '""')}"`;
  let cost;
  const table = await conn.query(
    `SELECT ${name} AS value, count(*) AS rows FROM 'data' GROUP BY ALL ORDER BY rows DESC, value LIMIT 10`,
    { int64: 'auto', onProgress: (progress) => { cost = progress; } });
  for (const { value, rows } of table) console.log(`${rows}\t${value}`);
  console.error(`${cost.bytesFetched} bytes of ${cost.bytesInFiles} in ${cost.requests} requests`);
} catch (error) {
  console.error(`${error.code ?? 'Error'}: ${error.message}`);
  process.exitCode = 1;
} finally {
  await db.close();
}

/** Any reader of bytes by offset can be a file. */
async function localFile(path) {
  const { open } = await import('node:fs/promises');
  const handle = await open(path);
  const { size } = await handle.stat();
  return { size, read: async (offset, length) => (await handle.read(Buffer.alloc(length), 0, length, offset)).buffer };
}
