// One question to a fresh instance, and what it cost.
import { Whittle } from '/whittle/index.js';

export async function run(parameters) {
  const db = await Whittle.create();
  const conn = await db.connect();
  const { rows } = await conn.queryText(parameters.get('sql'));
  await db.close();
  return { rows };
}
