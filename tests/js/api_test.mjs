// The package's API in Node, on files that the tests' data step made.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Whittle, WhittleError, data, serve, skipReasons } from './support.mjs';

let server;
let db;
let conn;
before(async () => {
  server = await serve(data);
  db = await Whittle.create({ memoryLimit: '128MB' });
  conn = await db.connect();
});
after(async () => {
  await db.close();
  server.stop();
});

const failure = async (work) => {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof WhittleError, String(error));
    return error;
  }
  return assert.fail('it succeeded');
};

test('a first question', async () => {
  const table = await conn.query('SELECT 42 AS answer, [1, 2] AS list, {a: 1.5} AS struct');
  assert.deepEqual(table.names, ['answer', 'list', 'struct']);
  assert.equal(table.at(0).answer, 42);
});

test('a file over HTTP', async () => {
  const table = await conn.query(`SELECT count(*) AS n FROM '${server.url}/people.parquet'`);
  const text = await conn.queryText(`SELECT count(*) AS n FROM '${data}/people.parquet'`);
  assert.equal(String(table.at(0).n), text.rows[0][0]);
});

test('64-bit integers as the caller wants them', async () => {
  const sql = 'SELECT 1::BIGINT AS small, 9007199254740993::BIGINT AS large';
  const types = async (int64) => {
    const row = (await conn.query(sql, { int64 })).at(0);
    return [typeof row.small, typeof row.large];
  };
  assert.deepEqual(await types('bigint'), ['bigint', 'bigint']);
  assert.deepEqual(await types('auto'), ['number', 'bigint']);
});

test('decimals and timestamps as the caller wants them', async () => {
  const sql = "SELECT 12345678901234567890.123::DECIMAL(38,3) AS d, TIMESTAMP '2024-05-06 07:08:09.123456' AS t";
  const row = async (options) => (await conn.query(sql, options)).at(0);
  assert.equal((await row({ decimal: 'string' })).d, '12345678901234567890.123');
  assert.equal(typeof (await row({})).d, 'number');
  assert.equal((await row({ timestamp: 'bigint' })).t, 1714979289123456n);
  assert.deepEqual((await row({ timestamp: 'date' })).t, new Date('2024-05-06T07:08:09.123Z'));
});

test('a stream gives pages and stops when it is left', async () => {
  let rows = 0;
  let pages = 0;
  for await (const page of conn.stream('SELECT i, repeat(\'x\', 100) AS s FROM range(1000000) t(i)')) {
    rows += page.numRows;
    pages += 1;
    if (pages === 3) break;
  }
  assert.ok(rows > 0 && rows < 1000000, `${rows} rows in ${pages} pages`);
  assert.ok(db.memory().used < 64e6);
});

test('parameters by position and by name', async () => {
  const positional = await conn.prepare('SELECT ? AS a, ?::VARCHAR AS b, $3 AS c');
  const row = (await positional.query([7, "it's \0 zero", null])).at(0);
  assert.deepEqual([row.a, row.b, row.c], [7, "it's \0 zero", null]);
  const named = await conn.prepare('SELECT $x + 1 AS y');
  assert.equal((await named.query({ x: 41 })).at(0).y, 42);
  const wrong = await failure(() => conn.prepare('SELEC 1'));
  assert.equal(wrong.code, 'Syntax');
  assert.equal(wrong.position.line, 1);
});

test('registered files of every kind', async () => {
  const bytes = await readFile(`${data}/people.parquet`);
  const expected = (await conn.queryText(`SELECT count(*) FROM '${data}/people.parquet'`)).rows;
  const reads = [];
  const sources = {
    bytes: new Uint8Array(bytes),
    buffer: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    blob: new Blob([bytes]),
    url: new URL(`${server.url}/people.parquet`),
    custom: { size: bytes.length, read: async (offset, length) => {
      reads.push([offset, length]);
      return bytes.subarray(offset, offset + length);
    } },
  };
  for (const [name, source] of Object.entries(sources)) {
    await db.registerFile(name, source);
    assert.deepEqual((await conn.queryText(`SELECT count(*) FROM '${name}'`)).rows, expected, name);
  }
  assert.ok(reads.length > 0);
  await db.registerFile('year=1/part[a].parquet', bytes);
  await db.registerFile('year=2/part[b].parquet', bytes);
  const both = await conn.queryText("SELECT count(*) FROM 'year=*/part[[]?].parquet'");
  assert.equal(Number(both.rows[0][0]), 2 * Number(expected[0][0]));
  await db.unregisterFile('blob');
  assert.equal((await failure(() => conn.query("FROM 'blob'"))).code, 'NotFound');
});

test('errors are typed', async () => {
  const missing = await failure(() => conn.query(`FROM '${server.url}/none.parquet'`));
  assert.deepEqual([missing.code, missing.status], ['NotFound', 404]);
  const column = await failure(() => conn.query(`SELECT nmae FROM '${server.url}/people.parquet'`));
  assert.equal(column.code, 'Binder');
  assert.match(column.hint ?? column.message, /name/);
  const memory = await failure(() => conn.query('SELECT median(i) FROM range(100000000) t(i)'));
  assert.equal(memory.code, 'BudgetExceeded');
  assert.equal((await conn.query('SELECT 1 AS one')).at(0).one, 1);
});

test('an abort stops the statement and its requests', async () => {
  const slow = await serve(data, '--latency', '300');
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  const begun = performance.now();
  const error = await failure(() => conn.query(`FROM '${slow.url}/people.parquet'`, { signal: controller.signal }));
  assert.equal(error.code, 'Cancelled');
  assert.ok(performance.now() - begun < 250);
  slow.stop();
  assert.equal((await conn.query('SELECT 1 AS one')).at(0).one, 1);
});

test('a connection may close while its statement begins', async () => {
  const slow = await serve(data, '--latency', '100');
  const its = await db.connect();
  const rows = its.queryText(`SELECT count(*) FROM '${slow.url}/people.parquet'`);
  while ((await slow.log()).length === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
  await its.close();
  assert.deepEqual((await rows).rows, (await conn.queryText(`SELECT count(*) FROM '${data}/people.parquet'`)).rows);
  assert.equal((await failure(() => its.query('SELECT 1'))).code, 'InvalidArgument');
  slow.stop();
});

// A fetch that, told to hold, answers nothing until it is aborted.
function holdingFetch() {
  const held = { hold: false, requests: new Set() };
  held.fetch = (url, { signal, ...init }) => (held.hold ? new Promise((_, reject) => {
    held.requests.add(signal);
    signal.addEventListener('abort', () => {
      held.requests.delete(signal);
      reject(signal.reason);
    });
  }) : fetch(url, { signal, ...init }));
  held.settled = async () => {
    while (held.requests.size > 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
  };
  return held;
}
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

test('an abort stops rows picked by number at any moment', { timeout: 30_000 }, async () => {
  const held = holdingFetch();
  const other = await Whittle.create({ memoryLimit: '64MB', cacheSize: 0, fetch: held.fetch });
  const file = await other.openParquet(`${server.url}/hits.parquet`);
  const rows = [5, file.metadata.rows - 1];
  for (const forgetsFooter of [true, false]) {
    for (const moment of [undefined, 0, 30]) {
      held.hold = false;
      if (forgetsFooter) await other.unregisterFile('nothing');
      else await file.select(['RegionID'], rows);
      held.hold = true;
      const controller = new AbortController();
      const picked = failure(() => file.select(['URL', 'Title'], rows, { signal: controller.signal }));
      if (moment !== undefined) await pause(moment);
      controller.abort();
      assert.equal((await picked).code, 'Cancelled');
      await held.settled();
    }
  }
  held.hold = false;
  assert.equal((await file.select(['URL'], rows)).numRows, 2);
  await other.close();
});

test('an abort stops nothing but its own statement', { timeout: 30_000 }, async () => {
  const held = holdingFetch();
  const other = await Whittle.create({ memoryLimit: '64MB', cacheSize: 0, fetch: held.fetch });
  const its = await other.connect();
  const stream = its.stream('SELECT i FROM range(1000000) t(i)');
  assert.ok((await stream.next()).value.numRows > 0);
  held.hold = true;
  const controllers = [new AbortController(), new AbortController(), new AbortController()];
  const [opening, queued, instant] = controllers.map(({ signal }) =>
    failure(() => its.query(`FROM '${server.url}/people.parquet'`, { signal })));
  controllers[2].abort();
  await pause(30);
  controllers[1].abort();
  assert.equal(held.requests.size > 0, true);
  controllers[0].abort();
  for (const stopped of [opening, queued, instant]) assert.equal((await stopped).code, 'Cancelled');
  await held.settled();
  let rows = 0;
  for await (const page of stream) rows += page.numRows;
  assert.ok(rows > 0);
  await other.close();
});

test('statements interleave', async () => {
  const slow = await serve(data, '--latency', '200');
  const [first, second] = [await db.connect(), await db.connect()];
  const order = [];
  await Promise.all([
    first.query(`SELECT count(*) FROM '${slow.url}/people.parquet'`).then(() => order.push('remote')),
    second.query('SELECT 1').then(() => order.push('local')),
  ]);
  assert.deepEqual(order, ['local', 'remote']);
  slow.stop();
});

test('what was fetched is not fetched again, until memory is needed elsewhere', async () => {
  const cached = await Whittle.create({ memoryLimit: '64MB', cacheSize: '32MB' });
  const its = await cached.connect();
  const sql = `SELECT count(*), min(i), max(s), sum(v) FROM '${server.url}/numbers.parquet'`;
  const first = await its.queryText(sql);
  await server.reset();
  assert.deepEqual(await its.queryText(sql), first);
  assert.equal((await server.log()).requests, 0);
  assert.ok(cached.memory().used > 0);
  await cached.close();
  const without = await Whittle.create({ cacheSize: 0 });
  const other = await without.connect();
  await other.queryText(sql);
  await server.reset();
  await other.queryText(sql);
  assert.ok((await server.log()).requests > 0);
  await without.close();
});

test('a group that comes again is held once, since nothing can be spilled', async () => {
  const small = await Whittle.create({ memoryLimit: '64MB' });
  const { rows } = await (await small.connect()).queryText(`SELECT count(*), min(c), max(c)
    FROM (SELECT i % 1000000 AS k, count(*) AS c FROM range(10000000) t(i) GROUP BY k)`);
  assert.deepEqual(rows, [['1000000', '10', '10']]);
  await small.close();
});

test('progress and cost', async () => {
  const seen = [];
  await db.unregisterFile('nothing'); // forgets what is cached
  await conn.query(`SELECT * FROM '${server.url}/people.parquet'`, { onProgress: (progress) => seen.push(progress) });
  const last = seen.at(-1);
  assert.ok(last.bytesFetched > 0 && last.requests > 0 && last.rows > 0, JSON.stringify(last));
});

// What EXPLAIN ANALYZE counts by reason is what the cost has as ranges of the file, each a part of a column chunk.
for (const [reason, file, rest] of [
  ['statistics', 'hits.parquet', "WHERE EventTime >= '2013-07-31 23:00:00'"],
  ['bloom filter', 'bloom.parquet', "WHERE key = 'key-5x'"],
  ['page index', 'numbers_arrow_pages.parquet', 'WHERE i = 4321'],
  ['top-N', 'numbers_arrow_pages.parquet', 'ORDER BY i DESC LIMIT 3'],
  ['LIMIT', 'hits.parquet', 'WHERE RegionID >= 0 LIMIT 10'],
]) {
  test(`what was skipped is named with its place: ${reason}`, async () => {
    const from = `FROM '${server.url}/${file}'`;
    const [[path]] = (await conn.queryText(`SELECT '${server.url}/${file}'`)).rows;
    const chunks = (await conn.queryText(`SELECT CASE WHEN dictionary_page_offset > 0
      THEN least(dictionary_page_offset, data_page_offset) ELSE data_page_offset END, total_compressed_size
      FROM parquet_metadata('${path}') ORDER BY 1`)).rows.map((row) => row.map(Number));
    let cost;
    await conn.query(`SELECT * ${from} ${rest}`, { onCost: (last) => { cost = last; } });
    assert.equal(cost.sources[0].name, path);
    const runs = cost.skipped.sort((a, b) => a[1] - b[1]);
    let end = 0;
    for (const [source, offset, length] of runs) {
      assert.equal(source, 0);
      assert.ok(length > 0 && offset >= end && offset + length <= cost.sources[0].size, `${offset}, ${length}`);
      end = offset + length;
      const last = chunks.findLast(([begin]) => begin < end);
      assert.ok(end <= last[0] + last[1], `${end} is beyond the last chunk that it touches`);
    }
    const skipped = (name) => runs.filter((run) => skipReasons[run[3]] === name).reduce((sum, run) => sum + run[2], 0);
    const plan = (await conn.queryText(`EXPLAIN ANALYZE SELECT * ${from} ${rest}`)).rows[0][1];
    const [, number, unit] = new RegExp(`bytes skipped by ${reason}: ([\\d.]+) (\\w+)`).exec(plan) ?? [];
    const counted = Number(number) * { B: 1, kB: 1e3, MB: 1e6 }[unit];
    const allChunks = chunks.reduce((sum, [, size]) => sum + size, 0);
    // A LIMIT names what it did not reach of the row group it ended in, too.
    assert.ok(reason === 'LIMIT' ? skipped(reason) >= counted * 0.99 && skipped(reason) <= allChunks
      : Math.abs(skipped(reason) - counted) <= counted * 0.05, `${skipped(reason)} bytes, ${counted} in ${plan}`);
  });
}

test('a Parquet file without SQL', async () => {
  const file = await db.openParquet(`${server.url}/numbers.parquet`);
  assert.ok(file.metadata.rows > 0 && file.metadata.rowGroups.length > 0);
  const [column] = file.metadata.columns;
  const group = await file.readRowGroup(0, [column.name]);
  assert.equal(group.numRows, file.metadata.rowGroups[0].rows);
  const indices = await file.filterIndices('i', '< 3');
  const picked = await file.select(['i'], indices);
  assert.equal(picked.numRows, indices.length);
  assert.ok(Array.from(picked.getChild('i')).every((value) => value < 3));
});

test('close gives everything back', async () => {
  const other = await Whittle.create({ memoryLimit: 50e6 });
  const its = await other.connect();
  await its.query('SELECT 1');
  assert.equal(other.memory().limit, 50e6);
  await other.close();
  await assert.rejects(() => its.query('SELECT 1'));
});

test('the request limit is respected', async () => {
  const limited = await Whittle.create({ maxRequests: 1 });
  const its = await limited.connect();
  const error = await failure(() => its.query(`SELECT * FROM '${server.url}/numbers.parquet'`)
    .then(() => its.query(`SELECT * FROM '${server.url}/people.parquet'`)));
  assert.equal(error.code, 'TooManyRequests');
  await limited.close();
});
