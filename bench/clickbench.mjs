// ClickBench's 43 queries on disk: whittle's time over DuckDB's, per query and as a geometric mean.
import { openDuckDB } from '../tests/oracle/duckdb.mjs';
import { openWhittle } from '../tests/oracle/whittle.mjs';
import { clickbench } from './hits/queries.mjs';
import { geometricMean, hitsFile, median, milliseconds, table, timed } from './measure.mjs';

export async function clickbenchSuite({ rows, threads, runs, queries }) {
  for (const count of rows) {
    const file = await hitsFile(count);
    const statements = clickbench(file, Math.max(1e8 / count, 1));
    const columns = [];
    for (const n of threads) columns.push(await onThreads(statements, n, runs, queries));
    console.log(`### ClickBench, ${count.toLocaleString('en')} rows\n`);
    const head = ['query', ...threads.flatMap((n) => [`DuckDB, ${n} thr., ms`, 'whittle, ms', 'ratio'])];
    const lines = statements.flatMap((_, index) => {
      const cells = columns.map((column) => column[index]);
      if (cells.some((cell) => cell === undefined)) return [];
      return [[index + 1, ...cells.flatMap(({ duckdb, whittle, failure }) => (failure
        ? [milliseconds(duckdb), failure, ''] : [milliseconds(duckdb), milliseconds(whittle),
          (whittle / duckdb).toFixed(2)]))]];
    });
    table(head, lines);
    columns.forEach((column, index) => {
      const good = column.filter((cell) => cell && !cell.failure);
      const ratios = good.map(({ duckdb, whittle }) => whittle / duckdb);
      console.log(`${threads[index]} thread(s): geometric mean ${geometricMean(ratios).toFixed(2)}, worst ` +
        `${Math.max(...ratios).toFixed(2)}, ${good.length} of ${column.filter(Boolean).length} answered, sums ` +
        `${milliseconds(sum(good, 'whittle'))} ms against ${milliseconds(sum(good, 'duckdb'))} ms\n`);
    });
  }
}

const sum = (cells, name) => cells.reduce((total, cell) => total + cell[name], 0);

async function onThreads(statements, threads, runs, queries) {
  const duckdb = await openDuckDB({ threads });
  const whittle = await openWhittle({ threads, timeout: 300 });
  const result = [];
  for (const [index, sql] of statements.entries()) {
    if (queries && !queries.includes(index + 1)) {
      result.push(undefined);
      continue;
    }
    const times = { duckdb: [], whittle: [] };
    let failure;
    for (let run = 0; run <= runs; run += 1) {
      const [theirs, reader] = await timed(() => duckdb.connection.runAndReadAll(sql));
      const [ours, answer] = await timed(() => whittle.query(sql));
      if (answer.error !== undefined) failure = answer.crashed ? 'crashed' : 'error';
      else if (answer.rows.length !== reader.currentRowCount) failure = 'other rows';
      if (failure) console.error(`query ${index + 1}: ${failure} ${answer.error?.slice(0, 200) ?? ''}`);
      if (failure) times.duckdb.push(theirs);
      if (failure) break;
      if (run === 0) continue; // caches fill
      times.duckdb.push(theirs);
      times.whittle.push(ours);
    }
    result.push({ duckdb: median(times.duckdb), whittle: failure ? NaN : median(times.whittle), failure });
  }
  whittle.close();
  duckdb.close();
  return result;
}
