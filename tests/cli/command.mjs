// Runs the command for its tests: `run` to the end, `start` for what is stopped or talked to.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary, root } from '../oracle/whittle.mjs';

export { binary, root };
export const people = 'build/testdata/people.parquet';

export function scratch() {
  return mkdtempSync(join(tmpdir(), 'whittle-test-'));
}

// What the command keeps under `folder` while it runs: nothing may be left afterwards.
export function leftovers(folder) {
  return readdirSync(folder).filter((name) => name.startsWith('whittle-'));
}

export function start(args, { env = {} } = {}) {
  const child = spawn(binary, args, { cwd: root, env: { ...process.env, ...env } });
  const started = { child, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (started.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (started.stderr += text));
  child.stdin.on('error', () => {});
  started.ended = new Promise((resolve) =>
    child.on('close', (status, signal) =>
      resolve({ status, signal, stdout: started.stdout, stderr: started.stderr })),
  );
  // Resolves with what `find` makes of the output so far, as soon as it makes something.
  started.until = async (find, seconds = 10) => {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
      const found = find(started);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill('SIGKILL');
    throw new Error(`waited in vain; stdout: ${started.stdout}; stderr: ${started.stderr}`);
  };
  return started;
}

export async function run(args, { input = '', env, seconds = 60 } = {}) {
  const started = start(args, { env });
  const timer = setTimeout(() => started.child.kill('SIGKILL'), seconds * 1000);
  started.child.stdin.end(input);
  const ended = await started.ended;
  clearTimeout(timer);
  return ended;
}

export const query = (sql, ...flags) => run(['-c', sql, ...flags]);
export const lines = (text) => text.split('\n').filter((line) => line !== '');
