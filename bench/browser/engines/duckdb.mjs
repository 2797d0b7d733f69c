// duckdb-wasm: the bundle that it chooses itself, from files beside the page. It always runs in a worker.
import { AsyncDuckDB, VoidLogger, selectBundle } from '@duckdb/duckdb-wasm';
import { expose } from '../page.mjs';

const at = (name) => new URL(name, import.meta.url).href;

expose(async ({ memoryLimit }) => {
  const bundle = await selectBundle({
    mvp: { mainModule: at('./duckdb-mvp.wasm'), mainWorker: at('./duckdb-browser-mvp.worker.js') },
    eh: { mainModule: at('./duckdb-eh.wasm'), mainWorker: at('./duckdb-browser-eh.worker.js') },
  });
  const worker = new Worker(bundle.mainWorker);
  const db = new AsyncDuckDB(new VoidLogger(), worker);
  await db.instantiate(bundle.mainModule);
  const connection = await db.connect();
  if (memoryLimit) await connection.query(`SET memory_limit = '${memoryLimit}'`);
  return {
    async query(sql) {
      const table = await connection.query(sql);
      const columns = table.schema.fields.map((_, index) => table.getChildAt(index));
      return { rows: table.numRows, columns: () => columns.map((column) => [...column]) };
    },
    async* stream(sql) {
      for await (const batch of await connection.send(sql)) yield batch.numRows;
    },
    close: () => db.terminate(),
  };
});
