// Peak resident memory of whole processes under --memory-limit 256MB, read from the kernel's high-water mark
// (VmHWM) after the answer.
import { readFileSync } from 'node:fs';
import { openWhittle } from '../tests/oracle/whittle.mjs';
import { eventsFile, megabytes, milliseconds, table, timed } from './measure.mjs';

function peakOf(pid) {
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1];
  return Number(kilobytes) * 1024;
}

async function measure(name, sql, limit = '256MB') {
  const whittle = await openWhittle({ memoryLimit: limit, timeout: 600 });
  const [ms, answer] = await timed(() => whittle.query(sql));
  const peak = answer.crashed ? NaN : peakOf(whittle.pid);
  whittle.close();
  return [name, limit, answer.error?.slice(0, 80) ?? megabytes(peak), milliseconds(ms)];
}

export async function memorySuite({ full }) {
  const one = await eventsFile(1);
  const lines = [
    await measure('1 GB, every column', `SELECT count(*), sum(id), min(ts), sum("user"), avg(value),
      max(category), max(payload), sum(length(payload)) FROM '${one}'`),
    await measure('1 GB, a tenth of the rows', `SELECT count(*), sum(value), max(payload) FROM '${one}'
      WHERE "user" < 100000`),
    await measure('1 GB, one group per user', `SELECT "user", sum(value) AS s FROM '${one}' GROUP BY "user"
      ORDER BY s DESC LIMIT 10`),
    await measure('1 GB, sorted', `SELECT count(*), max(payload) FROM (SELECT * FROM '${one}' ORDER BY payload
      LIMIT 5000000)`),
  ];
  if (full) {
    const five = await eventsFile(5);
    lines.push(await measure('5 GB, every column', `SELECT count(*), sum(id), avg(value), max(category),
      max(payload) FROM '${five}'`));
  }
  console.log('### Memory\n');
  table(['question', 'limit', 'peak RSS', 'ms'], lines);
}
