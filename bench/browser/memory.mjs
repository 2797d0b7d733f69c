// The most memory that a tab takes beyond the page itself while it asks a large file over loopback: what its process
// has resident at the peak (the kernel's mark), and how large its WebAssembly memories are in the end (they never
// shrink, and what was touched of them is resident).
import { basename } from 'node:path';
import { serve } from '../../tests/js/support.mjs';
import { eventsFile, megabytes, milliseconds, table } from '../measure.mjs';

const questions = (url) => [
  ['every column', 'ask', `SELECT count(*), sum(id), min(ts), sum("user"), avg(value), max(category), max(payload),
    sum(length(payload)) FROM '${url}'`],
  ['nine tenths of the rows, streamed', 'stream', `SELECT * FROM '${url}' WHERE value > 1000`],
  ['a tenth of the rows', 'ask', `SELECT count(*), sum(value), max(payload) FROM '${url}' WHERE "user" < 100000`],
  ['a million groups', 'ask', `SELECT "user", sum(value) AS s FROM '${url}' GROUP BY "user" ORDER BY s DESC LIMIT 10`],
  ['top 10', 'ask', `SELECT * FROM '${url}' ORDER BY value DESC, id LIMIT 10`],
];
const kinds = [
  { name: 'whittle', title: 'whittle, 256 MB', options: { memoryLimit: '256MB' } },
  { name: 'whittle', title: 'whittle, its own limit', options: {} },
  { name: 'duckdb', title: 'duckdb, 256 MB', options: { memoryLimit: '256MB' } },
  { name: 'duckdb', title: 'duckdb, its own limit', options: {} },
];

async function measure({ openTab }, { name, options }, method, sql) {
  const tab = await openTab(name);
  try {
    await tab.call('start', options);
    const answer = await tab.call(method, sql, 240);
    return { ...answer, resident: tab.peak(), wasm: await tab.call('wasmBytes') };
  } catch (error) {
    return { failure: String(error.message).split('\n')[0].slice(0, 100) };
  } finally {
    await tab.close();
  }
}

export async function memorySuite(place) {
  const { gigabytes, queries } = place;
  const file = await eventsFile(gigabytes);
  const server = await serve('build/data', '--cors', 'full');
  const lines = [];
  for (const [index, [title, method, sql]] of questions(`${server.url}/${basename(file)}`).entries()) {
    if (queries && !queries.includes(index + 1)) continue;
    const found = [];
    for (const kind of kinds) found.push(await measure(place, kind, method, sql));
    const ours = found.find(({ failure }, at) => !failure && kinds[at].name === 'whittle') ?? found[0];
    for (const other of found) {
      if (!other.failure && !ours.failure && `${other.rows} ${other.checksums}` !== `${ours.rows} ${ours.checksums}`) {
        other.failure = 'other rows';
      }
    }
    for (const [kind, one] of found.entries()) {
      lines.push([title, kinds[kind].title, ...(one.failure ? [one.failure, '', '', '']
        : [megabytes(one.resident), megabytes(one.wasm), milliseconds(one.ms),
          ours.failure ? '' : (ours.resident / one.resident).toFixed(2)])]);
    }
  }
  server.stop();
  console.log(`### Memory of a tab over ${gigabytes} GB\n`);
  table(['question', 'engine and limit', 'resident at the peak', 'WebAssembly memory', 'ms', "whittle's part of it"],
    lines);
}
