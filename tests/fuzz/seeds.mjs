// Writes what the fuzzers begin with, into build/fuzz-seeds/NAME: small generated Parquet files and their parts,
// compressed blocks, the statements of tests/sql. node tests/fuzz/seeds.mjs
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const data = join(root, 'build/testdata');
const seeds = join(root, 'build/fuzz-seeds');
rmSync(seeds, { recursive: true, force: true });

const counts = new Map();
function seed(fuzzer, bytes) {
  const number = counts.get(fuzzer) ?? 0;
  counts.set(fuzzer, number + 1);
  mkdirSync(join(seeds, fuzzer), { recursive: true });
  writeFileSync(join(seeds, fuzzer, String(number)), bytes);
}

// Whole files and their footers; the first bytes after the magic are a page header and its page.
for (const name of readdirSync(data).filter((each) => each.endsWith('.parquet'))) {
  const file = readFileSync(join(data, name));
  if (file.length < 64 || file.subarray(-4).toString() !== 'PAR1') continue;
  if (file.length < 60_000) seed('page_fuzzer', file);
  const footer = file.readUInt32LE(file.length - 8);
  if (footer + 12 > file.length) continue;
  seed('parquet_footer_fuzzer', file.subarray(file.length - 8 - footer, -8).subarray(0, 60_000));
  seed('parquet_footer_fuzzer', file.subarray(4, 4 + 200));
  for (let kind = 0; kind < 36; kind++) {
    const at = 40 + ((kind * 977) % Math.max(1, file.length - 600));
    seed('delta_fuzzer', Buffer.concat([Buffer.from([kind, 40]), file.subarray(at, at + 400)]));
  }
}

// A delta stream that is one: blocks of 128, 4 miniblocks, 5 values from 7 on, all deltas 1.
for (const kind of [8, 14]) seed('delta_fuzzer', Buffer.from([kind, 1, 0x80, 1, 4, 5, 14, 2, 0, 0, 0, 0]));
for (const width of [0, 1, 3, 8, 20, 32]) {
  const runs = Buffer.from([width, 7, 3, 0x88, 0xc6, 0xfa, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x10, 1, 0, 0, 0]);
  seed('rle_fuzzer', runs);
}

// codec, size to unpack (16 bits), block. Where node has no encoder, a block of literals by hand.
const text = Buffer.from('what whittle whittles, whittle whittles well. '.repeat(4));
const literal = text.subarray(0, 40);
const blocks = [
  [0, text, text],
  [1, Buffer.concat([Buffer.from([40, 39 << 2]), literal]), literal],
  [2, gzipSync(text), text],
  [2, Buffer.concat([gzipSync(text), gzipSync(text)]), Buffer.concat([text, text])],
  [4, brotliCompressSync(text), text],
  [5, Buffer.concat([Buffer.from([0, 0, 0, 40, 0, 0, 0, 42, 0xf0, 25]), literal]), literal],
  [6, Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 40, (40 << 3) | 1, 1, 0]), literal]), literal],
  [7, Buffer.concat([Buffer.from([0xf0, 25]), literal]), literal],
];
for (const [codec, block, out] of blocks) {
  seed('codec_fuzzer', Buffer.concat([Buffer.from([codec, out.length & 255, out.length >> 8]), block]));
}

// Statements, a few to a file; and the words of the language, for libFuzzer's -dict.
for (const name of readdirSync(join(root, 'tests/sql')).filter((each) => each.endsWith('.test'))) {
  const records = readFileSync(join(root, 'tests/sql', name), 'utf8').split('\n\n');
  const statements = records.map((record) => /^(?:query|statement).*\n([^]*?)(?:\n----|$)/m.exec(record)?.[1]);
  for (const sql of statements.filter((each, index) => each && index % 5 === 0)) seed('sql_parse_fuzzer', sql);
}
const words = readFileSync(join(root, 'src/sql/keywords.def'), 'utf8').matchAll(/^WHITTLE_KEYWORD.*"(\w+)"/gm);
writeFileSync(join(seeds, 'sql_parse_fuzzer.dict'), [...words].map(([, word]) => `" ${word} "\n`).join(''));
console.log([...counts].map(([name, number]) => `${name} ${number}`).join(', '));
