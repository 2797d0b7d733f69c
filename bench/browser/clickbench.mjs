// ClickBench's 43 queries over loopback: whittle and duckdb-wasm, each in a worker, with what each keeps between
// statements of its own accord.
import { basename } from 'node:path';
import { serve } from '../../tests/js/support.mjs';
import { clickbench } from '../hits/queries.mjs';
import { geometricMean, hitsFile, median, megabytes, milliseconds, table } from '../measure.mjs';

const engines = ['whittle', 'duckdb'];

// What must be the same in both answers: every column's values when all rows are asked for. When only the first rows
// are, ties may choose others: then the column they are ordered by, where it is given out.
function comparable(sql, answer) {
  if (!/\bLIMIT\b/.test(sql)) return [answer.rows, ...answer.checksums];
  const [, list] = /^SELECT (.*?) FROM /.exec(sql);
  const outputs = list.split(/, (?![^(]*\))/).map((item) => item.replace(/^.* AS (\w+)$/, '$1'));
  const [, key] = /ORDER BY (.+?)(?: DESC)?(?:, \w+)? LIMIT/.exec(sql) ?? [];
  const at = outputs.indexOf(key);
  return [answer.rows, ...(at < 0 ? [] : [answer.checksums[at]])];
}

export async function clickbenchSuite({ rows, runs, queries, openTab }) {
  const file = await hitsFile(rows);
  const server = await serve('build/data', '--cors', 'full');
  const statements = clickbench(`${server.url}/${basename(file)}`, Math.max(1e8 / rows, 1));
  const tabs = {};
  for (const name of engines) {
    tabs[name] = await openTab(name);
    await tabs[name].call('start', {});
  }
  const lines = [];
  const ratios = [];
  const sums = { whittle: 0, duckdb: 0 };
  const bytes = { whittle: 0, duckdb: 0 };
  let compared = 0;
  for (const [index, sql] of statements.entries()) {
    if (queries && !queries.includes(index + 1)) continue;
    const times = { whittle: [], duckdb: [] };
    const answers = {};
    let failure;
    for (let run = 0; run <= runs && !failure; run += 1) {
      for (const name of engines) {
        await server.reset();
        const answer = await tabs[name].call('ask', sql).catch((error) => ({ error }));
        bytes[name] += (await server.log()).bytes;
        if (answer.error) {
          failure = `${name}: ${String(answer.error.message).split('\n')[0].slice(0, 100)}`;
          break;
        }
        answers[name] = comparable(sql, answer);
        if (run > 0) times[name].push(answer.ms);
      }
    }
    const [ours, theirs] = engines.map((name) => JSON.stringify(answers[name]));
    if (!failure && ours !== theirs) failure = 'other rows';
    if (failure) {
      console.error(`query ${index + 1}: ${failure}\n  ${ours}\n  ${theirs}`);
      lines.push([index + 1, '', '', failure]);
      continue;
    }
    compared += answers.whittle.length > 1 ? 1 : 0;
    const [a, b] = engines.map((name) => median(times[name]));
    ratios.push(a / b);
    sums.whittle += a;
    sums.duckdb += b;
    lines.push([index + 1, milliseconds(b), milliseconds(a), (a / b).toFixed(2)]);
  }
  for (const name of engines) await tabs[name].close();
  server.stop();
  console.log(`### ClickBench in Chromium, ${rows.toLocaleString('en')} rows over loopback\n`);
  table(['query', 'duckdb-wasm, ms', 'whittle, ms', 'ratio'], lines);
  console.log(`geometric mean ${geometricMean(ratios).toFixed(2)}, worst ${Math.max(...ratios).toFixed(2)}, ` +
    `${ratios.length} of ${lines.length} answered alike (${compared} by values, the others by their number of rows), ` +
    `sums ${milliseconds(sums.whittle)} ms against ${milliseconds(sums.duckdb)} ms; fetched in all runs ` +
    `${megabytes(bytes.whittle)} against ${megabytes(bytes.duckdb)}\n`);
}
