// How big the package is, room by room, and whether it keeps its promise: node tests/wasm/size.mjs
//
// The limit is for what a page downloads: the module and the JavaScript, each with gzip -9. The rooms' shares come
// from the linker's map, before wasm-opt and without compression.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../oracle/whittle.mjs';

const moduleLimit = 1_000_000;
const scriptLimit = 60_000;
const dist = join(root, 'js/dist');
const packed = (path) => gzipSync(readFileSync(path), { level: 9 }).length;
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;

// "Addr Off Size Out In Symbol", In being "file:(section)".
const rooms = new Map();
for (const line of readFileSync(join(root, 'build/wasm/whittle.map'), 'utf8').split('\n')) {
  const [, size, file] = /^\s*[-0-9a-f]+\s+[0-9a-f]+\s+([0-9a-f]+)\s+(\S+):\(/.exec(line) ?? [];
  if (!file) continue;
  const room = /whittle_(\w+)\.(?:dir|a)/.exec(file)?.[1] ?? /lib([\w+]+)\.a/.exec(file)?.[1] ?? 'rest';
  rooms.set(room, (rooms.get(room) ?? 0) + parseInt(size, 16));
}
console.log('| room | bytes before wasm-opt and gzip |\n| --- | ---: |');
for (const [room, size] of [...rooms].sort(([, a], [, b]) => b - a)) console.log(`| ${room} | ${kilobytes(size)} |`);

const scripts = readdirSync(dist).filter((name) => name.endsWith('.js'));
const script = gzipSync(Buffer.concat(scripts.map((name) => readFileSync(join(dist, name)))), { level: 9 }).length;
let failed = 0;
for (const [what, size, limit] of [['whittle.wasm', packed(join(dist, 'whittle.wasm')), moduleLimit],
  ['whittle-scalar.wasm', packed(join(dist, 'whittle-scalar.wasm')), moduleLimit],
  ['JavaScript', script, scriptLimit]]) {
  const good = size <= limit;
  if (!good) failed += 1;
  console.log(`${what}: ${kilobytes(size)} with gzip -9, at most ${kilobytes(limit)}${good ? '' : ': too big'}`);
}
const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(join(dist, 'whittle.wasm'))));
const foreign = imports.filter(({ module, name }) => module !== 'whittle' && `${module}.${name}` !== 'env.memory');
if (foreign.length) {
  failed += 1;
  console.log(`the module imports what is not of its host: ${foreign.map(({ name }) => name).join(', ')}`);
}
console.log(`${4 - failed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
