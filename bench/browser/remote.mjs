// Questions to a file behind 20 ms and 100 Mbit/s, each to an engine that has just started, in a tab with nothing
// cached. The engine's own files come over loopback beforehand; time and bytes are the question's.
import { basename } from 'node:path';
import { serve } from '../../tests/js/support.mjs';
import { hitsFile, median, megabytes, milliseconds, table } from '../measure.mjs';

const latency = 20; // ms
const bandwidth = 12.5e6; // bytes/s: 100 Mbit/s

const questions = (url) => [
  ['count(*)', `SELECT count(*) FROM '${url}'`],
  ['top 10', `SELECT WatchID, EventTime, URL FROM '${url}' ORDER BY EventTime DESC LIMIT 10`],
  ['point lookup', `SELECT URL, EventTime FROM '${url}' WHERE UserID = 435090932899640449 LIMIT 100`],
  ['1 % filter', `SELECT count(*), avg(ResolutionWidth), max(URL) FROM '${url}' WHERE CounterID = 62`],
  ['one column', `SELECT avg(ResolutionWidth), sum(ResolutionWidth) FROM '${url}'`],
];

async function ask({ openTab }, server, name, sql) {
  const tab = await openTab(name);
  try {
    await tab.call('start', {});
    await server.reset();
    const answer = await tab.call('ask', sql, 120);
    const { requests, bytes } = await server.log();
    return { ...answer, requests, bytes };
  } catch (error) {
    return { failure: String(error.message).split('\n')[0].slice(0, 100) };
  } finally {
    await tab.close();
  }
}

const size = (bytes) => (bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : megabytes(bytes));
const cells = (found) => (found.failure ? [found.failure, '', '']
  : [milliseconds(found.ms), size(found.bytes), found.requests]);

export async function remoteSuite(place) {
  const { engines, rows, runs } = place;
  const file = await hitsFile(rows);
  const server = await serve('build/data', '--cors', 'full', '--latency', String(latency),
    '--bandwidth', String(bandwidth));
  const lines = [];
  for (const [title, sql] of questions(`${server.url}/${basename(file)}`)) {
    const found = Object.fromEntries(engines.map((name) => [name, []]));
    for (let run = 0; run < runs; run += 1) {
      for (const name of engines) found[name].push(await ask(place, server, name, sql));
    }
    const middle = Object.fromEntries(engines.map((name) => {
      const failed = found[name].find(({ failure }) => failure);
      return [name, failed ?? { ...found[name][0], ms: median(found[name].map(({ ms }) => ms)),
        bytes: median(found[name].map(({ bytes }) => bytes)) }];
    }));
    // Which rows share the last place of the top 10 is up to the engine; their number and times are not.
    const same = (a, b) => a.rows === b.rows &&
      (title === 'top 10' || a.rows === 0 || `${a.checksums}` === `${b.checksums}`);
    const { whittle, ...others } = middle;
    for (const [name, other] of Object.entries(others)) {
      if (!other.failure && !whittle.failure && !same(whittle, other)) others[name] = { failure: 'other rows' };
    }
    const ratio = (key) => (others.duckdb && !others.duckdb.failure && !whittle.failure
      ? (whittle[key] / others.duckdb[key]).toFixed(2) : '');
    lines.push([title, ...cells(whittle), ...Object.values(others).flatMap(cells), ratio('ms'), ratio('bytes')]);
  }
  server.stop();
  console.log(`### Chromium: ${rows.toLocaleString('en')} hits behind ${latency} ms and 100 Mbit/s\n`);
  table(['question', ...engines.flatMap((name) => [`${name}, ms`, 'fetched', 'requests']), 'time, of duckdb',
    'bytes, of duckdb'], lines);
}
