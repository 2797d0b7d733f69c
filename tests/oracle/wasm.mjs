// The WASM module in Node as an engine of the tests: same shape of answers as whittle.mjs.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './whittle.mjs';

export async function openWasm({ memoryLimit = '1GB', tier } = {}) {
  const entry = join(root, 'js/dist/node.js');
  if (!existsSync(join(root, 'js/dist/whittle.wasm'))) throw new Error('js/dist is not there: run make js first');
  const { Whittle } = await import(entry);
  const options = { memoryLimit, ...(tier ? { tier } : {}) };
  let database = await Whittle.create(options);
  let connection = await database.connect();
  return {
    name: 'wasm',
    query: async (sql) => {
      try {
        return await connection.queryText(sql);
      } catch (error) {
        if (error.code !== 'Internal') return { error: error.message, code: error.code };
        database = await Whittle.create(options);
        connection = await database.connect();
        return { error: error.message, code: error.code, crashed: true };
      }
    },
    close: () => database.close(),
  };
}
