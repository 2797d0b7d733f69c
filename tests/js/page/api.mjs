// The API's core in a browser. `data`: where the files are, on another origin.
import { Whittle, WhittleError } from '/whittle/index.js';

const assert = (holds, text) => {
  if (!holds) throw new Error(text ?? 'it does not hold');
};
const equal = (found, expected) => {
  const text = (value) => JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part));
  assert(text(found) === text(expected), `${text(found)}, expected ${text(expected)}`);
};
async function failure(work) {
  try {
    await work();
  } catch (error) {
    assert(error instanceof WhittleError, `another error: ${error}`);
    return error;
  }
  throw new Error('it succeeded');
}
const bytesOf = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());

const tests = {
  'this page is not isolated': () => assert(self.crossOriginIsolated !== true),

  'a first question': async ({ conn }) => {
    const table = await conn.query('SELECT 42 AS answer, [1, 2] AS list');
    equal([table.names, table.at(0).answer], [['answer', 'list'], 42]);
  },

  'a file of another origin': async ({ conn, data }) => {
    const table = await conn.query(`SELECT count(*) AS n, max(id) AS m FROM '${data}/people.parquet'`);
    assert(Number(table.at(0).n) > 0);
  },

  'a stream gives pages and stops when it is left': async ({ conn, db }) => {
    let [rows, pages] = [0, 0];
    for await (const page of conn.stream("SELECT i, repeat('x', 100) AS s FROM range(1000000) t(i)")) {
      rows += page.numRows;
      pages += 1;
      if (pages === 3) break;
    }
    assert(rows > 0 && rows < 1000000, `${rows} rows in ${pages} pages`);
    assert(db.memory().used < 64e6);
  },

  'parameters by position and by name': async ({ conn }) => {
    const row = (await (await conn.prepare('SELECT ? AS a, $2 AS b')).query([7, 'é'])).at(0);
    equal([row.a, row.b], [7, 'é']);
    equal((await (await conn.prepare('SELECT $x + 1 AS y')).query({ x: 41 })).at(0).y, 42);
  },

  'registered files of every kind': async ({ conn, db, data }) => {
    const bytes = await bytesOf(`${data}/people.parquet`);
    const sources = { bytes, blob: new Blob([bytes]), file: new File([bytes], 'people.parquet'),
      buffer: bytes.slice().buffer, url: new URL(`${data}/people.parquet`),
      custom: { size: bytes.length, read: async (offset, length) => bytes.slice(offset, offset + length) } };
    const counts = {};
    for (const [name, source] of Object.entries(sources)) {
      await db.registerFile(name, source);
      counts[name] = (await conn.queryText(`SELECT count(*) FROM '${name}'`)).rows[0][0];
    }
    equal(new Set(Object.values(counts)).size, 1);
    await db.unregisterFile('blob');
    equal((await failure(() => conn.query("FROM 'blob'"))).code, 'NotFound');
  },

  'an abort stops the statement': async ({ conn, data }) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const begun = performance.now();
    const error = await failure(() => conn.query(`FROM '${data}/hits.parquet?latency=3000'`,
      { signal: controller.signal }));
    equal(error.code, 'Cancelled');
    assert(performance.now() - begun < 2500, 'it waited for the server');
    equal((await conn.query('SELECT 1 AS one')).at(0).one, 1);
  },

  progress: async ({ conn, data }) => {
    let last;
    await conn.query(`SELECT * FROM '${data}/numbers.parquet'`, { onProgress: (progress) => { last = progress; } });
    assert(last.bytesFetched > 0 && last.requests > 0 && last.rows > 0, JSON.stringify(last));
  },

  'errors are typed': async ({ conn, data }) => {
    const missing = await failure(() => conn.query(`FROM '${data}/none.parquet'`));
    equal([missing.code, missing.status], ['NotFound', 404]);
    equal((await failure(() => conn.query(`SELECT nmae FROM '${data}/people.parquet'`))).code, 'Binder');
    const syntax = await failure(() => conn.query('SELEC 1'));
    equal([syntax.code, syntax.position.line], ['Syntax', 1]);
  },

  'headers that the server hides: the hint says how to show them': async ({ conn, data }) => {
    const error = await failure(() => conn.query(`FROM '${data}/hits.parquet?cors=hidden'`));
    assert(/Access-Control-Expose-Headers: Content-Range/.test(error.hint ?? ''), `${error.code}: ${error.message}`);
  },

  'an origin that is not allowed': async ({ conn, data }) => {
    const error = await failure(() => conn.query(`FROM '${data}/people.parquet?cors='`));
    equal(error.code, 'Io');
    assert(/Access-Control-Allow-Origin/.test(error.message), error.message);
  },

  'a Parquet file without SQL': async ({ db, data }) => {
    const file = await db.openParquet(`${data}/numbers.parquet`);
    const indices = await file.filterIndices('i', '< 3');
    equal((await file.select(['i'], indices)).numRows, indices.length);
  },

  'close gives everything back': async ({ create }) => {
    const other = await create({ memoryLimit: '50MB' });
    const its = await other.connect();
    await its.query('SELECT 1');
    await other.close();
    await failure(() => its.query('SELECT 1'));
  },
};

export async function run(parameters) {
  const data = parameters.get('data');
  const worker = parameters.has('worker');
  const create = (options) => Whittle.create({ worker, ...options });
  const db = await create({ memoryLimit: '128MB' });
  const conn = await db.connect();
  const found = [];
  for (const [name, test] of Object.entries(tests)) {
    const begun = performance.now();
    document.title = name;
    let error = null;
    try {
      await test({ db, conn, data, create });
    } catch (thrown) {
      error = String(thrown?.stack?.includes(thrown.message) ? thrown.stack : thrown);
    }
    found.push({ name, error, ms: Math.round(performance.now() - begun) });
  }
  await db.close();
  return { tier: db.tier, tests: found };
}
