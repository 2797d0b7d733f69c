// A Worker that answers lists of statements: POST / with a JSON list gives the list of their answers.
import { Whittle } from 'whittle-sql/workers';
import { answerAll } from './page/answers.mjs';

export default {
  async fetch(request, env) {
    const db = await Whittle.create({ memoryLimit: env.MEMORY });
    const answers = await answerAll(db, await request.json());
    await db.close();
    return new Response(JSON.stringify(answers, (_, value) => (typeof value === 'bigint' ? String(value) : value)));
  },
};
