// What the suites share: medians, means, Markdown tables, data made on demand.
import { existsSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { generateEvents } from './events.mjs';
import { generateHits } from './hits/generate.mjs';

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const geometricMean = (values) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

// [milliseconds, what `work` gave]
export async function timed(work) {
  const start = performance.now();
  const result = await work();
  return [performance.now() - start, result];
}

export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  console.log([line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n'));
}

export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
export const milliseconds = (ms) => (ms < 10 ? ms.toFixed(1) : ms.toFixed(0));

export async function hitsFile(rows) {
  const path = `build/data/hits_${rows}.parquet`;
  if (!existsSync(path)) await generateHits(rows, path);
  return path;
}

export async function eventsFile(gigabytes) {
  const path = `build/data/events_${gigabytes}gb.parquet`;
  if (!existsSync(path)) await generateEvents(gigabytes, path);
  return path;
}
