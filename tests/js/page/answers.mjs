// The answers to a list of statements on a connection of their own, as tests/sqllogic/remote.mjs judges them.
async function answer(conn, sql) {
  try {
    return await conn.queryText(sql);
  } catch (error) {
    return { error: error.message, code: error.code, crashed: error.code === 'Internal' };
  }
}

export async function answerAll(db, statements) {
  const conn = await db.connect();
  const answers = [];
  for (const sql of statements) answers.push(await answer(conn, sql));
  await conn.close();
  return answers;
}
