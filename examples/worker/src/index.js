// Answers SQL over HTTP:  GET /?sql=SELECT+count(*)+FROM+'hits.parquet'
//
// A name means a file of env.BUCKET, an R2 bucket, where one is bound, else one under env.DATA, an address. Each
// request has an engine of its own, since a Worker must not wait in one request for another's fetch; it starts in
// some milliseconds and its memory is gone with it. Six connections at most are open, and 45 requests made.
import { Whittle, WhittleError } from 'whittle-sql/workers';

/** A file of the bucket, read by ranges. */
async function bucketFile(bucket, name) {
  const object = await bucket.head(name);
  return object && {
    size: object.size,
    version: object.etag,
    async read(offset, length) {
      const part = await bucket.get(name, { range: { offset, length } });
      return part.arrayBuffer();
    },
  };
}

/** The names in the statement's FROM that look like files become files. */
async function register(db, sql, env) {
  for (const [, name] of sql.matchAll(/'([\w./-]+\.parquet)'/g)) {
    const file = env.BUCKET && await bucketFile(env.BUCKET, name);
    await db.registerFile(name, file || new URL(name, env.DATA));
  }
}

const statuses = { NotFound: 404, TooManyRequests: 429, BudgetExceeded: 507, Http: 502, Io: 502 };

export default {
  async fetch(request, env) {
    const sql = new URL(request.url).searchParams.get('sql');
    if (!sql) return Response.json({ error: 'give a statement as ?sql=' }, { status: 400 });
    const db = await Whittle.create({ memoryLimit: env.MEMORY ?? '48MB', maxRequests: Number(env.REQUESTS ?? 45) });
    try {
      await register(db, sql, env);
      const conn = await db.connect();
      const { columns, types, rows } = await conn.queryText(sql, { signal: request.signal });
      return Response.json({ columns, types, rows, memory: db.memory().peak });
    } catch (error) {
      if (!(error instanceof WhittleError)) throw error;
      const { code, message, hint } = error;
      return Response.json({ code, error: message, hint }, { status: statuses[code] ?? 400 });
    } finally {
      await db.close();
    }
  },
};
