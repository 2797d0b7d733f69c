// What a page downloads to have an engine, and how long it takes from nothing to the first answer.
import { gzipSync } from 'node:zlib';
import { median, milliseconds, table } from '../measure.mjs';
import { downloads } from './bundles.mjs';

const sum = (parts, size) => parts.reduce((total, part) => total + size(part), 0);
const kilobytes = (bytes) => `${Math.round(bytes / 1000).toLocaleString('en')} kB`;
const packed = (part) => gzipSync(part, { level: 9 }).length;

export async function sizesSuite({ engines }) {
  const lines = [];
  let ours;
  for (const name of engines) {
    const { scripts, modules } = await downloads(name);
    const total = sum([...scripts, ...modules], packed);
    if (name === 'whittle') ours = total;
    lines.push([name, kilobytes(sum(scripts, packed)), kilobytes(sum(modules, packed)), kilobytes(total),
      (ours / total).toFixed(2)]);
  }
  console.log('### Download, gzip -9\n');
  table(['engine', 'JavaScript, bundled', 'WebAssembly', 'together', "whittle's part of it"], lines);
}

export async function startSuite({ engines, runs, openTab }) {
  const kinds = engines.flatMap((name) => (name === 'whittle'
    ? [{ name, title: 'whittle, in a worker', options: {} },
      { name, title: "whittle, in the page's thread", options: { page: true } }]
    : [{ name, title: name, options: {} }]));
  const times = kinds.map(() => []);
  for (let run = 0; run <= Math.max(runs, 5); run += 1) {
    for (const [index, { name, options }] of kinds.entries()) {
      const tab = await openTab(name);
      const ms = await tab.call('start', options);
      await tab.close();
      if (run > 0) times[index].push(ms);
    }
  }
  const theirs = median(times[kinds.findIndex(({ name }) => name === 'duckdb')] ?? []);
  console.log('### Cold start: from nothing to the answer of SELECT 42, files over loopback\n');
  table(['engine', 'ms', "of duckdb-wasm's"], kinds.map(({ title }, index) =>
    [title, milliseconds(median(times[index])), (median(times[index]) / theirs).toFixed(3)]));
}
