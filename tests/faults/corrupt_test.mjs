// Files with bytes changed, cut out or doubled at random: whatever is asked about them, the command answers or
// gives one error of a kind that fits, within its memory limit, and the session lives on. Never a crash, never a
// hang. `FAULT_SEED` repeats a run, `FAULT_ROUNDS` makes it longer.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary } from '../cli/command.mjs';
import { openWhittle } from '../oracle/whittle.mjs';
import { data, scratch } from './faults.mjs';

const seed = Number(process.env.FAULT_SEED ?? 1);
const rounds = Number(process.env.FAULT_ROUNDS ?? 24);
const kinds = ['Corrupt', 'Unsupported', 'Encrypted', 'Conversion', 'OutOfRange', 'BudgetExceeded', 'Binder', 'Io',
  'InvalidArgument'];

// A small generator (xorshift32), so that a seed means the same everywhere.
function random(start) {
  let state = (start * 2654435761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

// Half of the wounds hit the footer, where a few bytes steer everything else.
function wound(bytes, below) {
  const footer = Math.min(bytes.readUInt32LE(bytes.length - 8) + 8, bytes.length);
  let copy = Buffer.from(bytes);
  for (let i = 1 + below(4); i > 0; i--) {
    const length = below(2) ? footer : copy.length;
    const at = Math.max(0, copy.length - length + below(length));
    switch (below(6)) {
      case 0: copy[at] ^= 1 << below(8); break;
      case 1: copy[at] = below(256); break;
      case 2: copy[at] = [0, 1, 0x7f, 0x80, 0xff][below(5)]; break;
      case 3: copy.fill(0xff, at, Math.min(copy.length, at + 1 + below(9))); break;
      case 4: copy = Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1 + below(8))]); break;
      default: copy.copy(copy, at, below(copy.length), copy.length);
    }
    if (copy.length < 16) return copy;
  }
  return copy;
}

const questions = (file) => [
  `SELECT * FROM '${file}'`,
  `SELECT count(*) FROM '${file}' WHERE COLUMNS(*) IS NOT NULL`,
  `SUMMARIZE FROM '${file}'`,
  `SELECT count(*) FROM parquet_metadata('${file}')`,
];

test('mutated files', { timeout: 1_500_000 }, async (context) => {
  const folder = scratch();
  const names = readdirSync(data).filter((name) => name.endsWith('.parquet')).filter((name) => {
    const bytes = readFileSync(join(data, name));
    return bytes.length > 100 && bytes.length < 300_000 && bytes.subarray(-4).toString() === 'PAR1';
  });
  assert.ok(names.length > 10, 'no test data');
  const whittle = await openWhittle({ threads: 2, memoryLimit: '128MB', timeout: 60 });
  const seen = {};
  let asked = 0;
  for (let round = 0; round < rounds; round++) {
    for (const [index, name] of names.entries()) {
      const below = random(seed * 1_000_003 + round * 1009 + index);
      const file = join(folder, 'wounded.parquet');
      writeFileSync(file, wound(readFileSync(join(data, name)), below));
      const sql = questions(file)[below(4)];
      const answer = await whittle.query(sql);
      asked++;
      const where = `FAULT_SEED=${seed}, round ${round}, ${name}: ${sql}: ${answer.error}`;
      if (answer.crashed) {
        const kept = join(folder, `crash-${round}-${name}`);
        writeFileSync(kept, readFileSync(file));
        assert.fail(`${where}; the file is ${kept}`);
      }
      if (answer.error) assert.ok(kinds.includes(answer.code), `${answer.code}: ${where}`);
      seen[answer.code ?? 'answered'] = (seen[answer.code ?? 'answered'] ?? 0) + 1;
    }
  }
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${whittle.pid}/status`, 'utf8'));
  if (process.platform === 'linux' && !process.env.WHITTLE_SANITIZED) {
    assert.ok(Number(peak[1]) < (128 + 96) * 1024, `${peak[1]} kB of memory under a limit of 128 MB`);
  }
  context.diagnostic(`${binary}: ${asked} questions: ${JSON.stringify(seen)}`);
  assert.ok(seen.Corrupt > 0 && seen.answered > 0);
  await whittle.close();
});
