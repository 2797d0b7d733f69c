// Answers questions: /questions.json is a list of lists, each of which gets a connection of its own.
import { Whittle } from '/whittle/index.js';
import { answerAll } from './answers.mjs';

export async function run() {
  const db = await Whittle.create({ memoryLimit: '512MB', worker: true });
  const answers = [];
  for (const list of await (await fetch('/questions.json')).json()) answers.push(await answerAll(db, list));
  await db.close();
  return { answers };
}
