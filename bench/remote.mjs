// Questions to a file behind 20 ms and 100 Mbit/s, each by a fresh process with nothing cached; and what it
// costs to learn a file's footer. The far end is tests/faults/server.mjs, which counts requests and bytes.
import { spawn } from 'node:child_process';
import { openDuckDB } from '../tests/oracle/duckdb.mjs';
import { startRangeServer } from '../tests/oracle/range_server.mjs';
import { binary } from '../tests/oracle/whittle.mjs';
import { hitsFile, median, megabytes, milliseconds, table, timed } from './measure.mjs';

const latency = 20; // ms
const bandwidth = 12.5e6; // bytes/s: 100 Mbit/s

const startServer = (folder) =>
  startRangeServer(folder, ['--latency', String(latency), '--bandwidth', String(bandwidth)]);

function command(sql) {
  return new Promise((resolve) => {
    const child = spawn(binary, ['--format', 'jsonl', '-c', sql], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => { output += chunk; });
    child.stderr.on('data', (chunk) => { errors += chunk; });
    child.on('close', (status) => resolve({ status, output, errors }));
  });
}

async function ask(server, sql, runs) {
  const times = [];
  let log;
  for (let run = 0; run < runs; run += 1) {
    await server.reset();
    const [ms, { status, errors }] = await timed(() => command(sql));
    if (status !== 0) return { failure: errors.split('\n')[0].slice(0, 120) };
    times.push(ms);
    log = await server.log();
  }
  return { ms: median(times), requests: log.requests, bytes: log.bytes };
}

export async function remoteSuite({ rows, runs }) {
  const file = await hitsFile(rows[0]);
  const server = await startServer('build/data');
  const from = `'${server.url}/${file.split('/').pop()}'`;
  const questions = [
    ['count(*)', `SELECT count(*) FROM ${from}`],
    ['top 10', `SELECT WatchID, EventTime, URL FROM ${from} ORDER BY EventTime DESC LIMIT 10`],
    ['point lookup', `SELECT URL, EventTime FROM ${from} WHERE UserID = 435090932899640449 LIMIT 100`],
    ['1 % filter', `SELECT count(*), avg(ResolutionWidth), max(URL) FROM ${from} WHERE CounterID = 62`],
    ['one column', `SELECT avg(ResolutionWidth), sum(ResolutionWidth) FROM ${from}`],
  ];
  const [start] = await timed(() => command('SELECT 1'));
  const lines = [];
  for (const [name, sql] of questions) {
    const result = await ask(server, sql, runs);
    if (result.failure) {
      lines.push([name, result.failure, '', '', '', '']);
      continue;
    }
    const ideal = 2 * latency + (result.bytes / bandwidth) * 1000;
    lines.push([name, megabytes(result.bytes), result.requests, milliseconds(result.ms), milliseconds(ideal),
      ((result.ms - start) / ideal).toFixed(2)]);
  }
  server.stop();
  console.log(`### Remote: ${rows[0].toLocaleString('en')} hits behind ${latency} ms and 100 Mbit/s\n`);
  table(['question', 'fetched', 'requests', 'ms', '2 round trips + fetched / bandwidth, ms',
    `ratio without process start (${milliseconds(start)} ms)`], lines);
}

export async function footerSuite({ rows, runs }) {
  const file = await hitsFile(rows[rows.length - 1]);
  const duckdb = await openDuckDB();
  const size = (await duckdb.query(`SELECT footer_size FROM parquet_file_metadata('${file}')`)).rows?.[0]?.[0];
  duckdb.close();
  const server = await startServer('build/data');
  const result = await ask(server, `DESCRIBE SELECT * FROM '${server.url}/${file.split('/').pop()}'`, runs);
  server.stop();
  console.log(`### Footer of ${rows[rows.length - 1].toLocaleString('en')} hits (${size ?? '?'} bytes)\n`);
  table(['fetched', 'requests', 'ms'], [[result.failure ?? megabytes(result.bytes), result.requests ?? '',
    result.ms ? milliseconds(result.ms) : '']]);
}
