// Answers questions: /questions.json is a list of lists, each of which gets a connection of its own.
import { Whittle } from '/whittle/index.js';

async function answer(conn, sql) {
  try {
    return await conn.queryText(sql);
  } catch (error) {
    return { error: error.message, code: error.code, crashed: error.code === 'Internal' };
  }
}

export async function run() {
  const db = await Whittle.create({ memoryLimit: '512MB', worker: true });
  const answers = [];
  for (const list of await (await fetch('/questions.json')).json()) {
    const conn = await db.connect();
    const its = [];
    for (const sql of list) its.push(await answer(conn, sql));
    answers.push(its);
    await conn.close();
  }
  await db.close();
  return { answers };
}
