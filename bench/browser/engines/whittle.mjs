// whittle as the README has it, in a worker unless `page` is asked for.
import { Whittle } from '../../../js/dist/index.js';
import { expose } from '../page.mjs';

expose(async ({ memoryLimit, page }) => {
  const db = await Whittle.create({ worker: !page, ...(memoryLimit && { memoryLimit }) });
  const connection = await db.connect();
  return {
    async query(sql) {
      const table = await connection.query(sql);
      return { rows: table.numRows, columns: () => table.children.map((column) => [...column]) };
    },
    async* stream(sql) {
      for await (const table of connection.stream(sql)) yield table.numRows;
    },
    close: () => db.close(),
  };
});
