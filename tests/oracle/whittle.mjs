// The command as an engine of the tests, through its machine protocol: `whittle --format jsonl --echo-errors`
// reads statements that end with ';' and answers each with exactly one line. Same shape of answers as
// duckdb.mjs. A process that dies or hangs gives { error, crashed } and a fresh one takes over.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const binary = process.env.WHITTLE ?? join(root, 'build/whittle');

export async function openWhittle({ threads, memoryLimit, timeout = 60, flags = [] } = {}) {
  if (!existsSync(binary)) throw new Error(`${binary} is not there: run make first (or set WHITTLE)`);
  const all = ['--format', 'jsonl', '--echo-errors', ...flags];
  if (threads) all.push('--threads', String(threads));
  if (memoryLimit) all.push('--memory-limit', memoryLimit);
  let session = start(all);
  return {
    name: 'whittle',
    get pid() {
      return session.child.pid;
    },
    // What the session wrote to standard error since the last call (--timer json, warnings).
    takeErrors: () => session.takeErrors(),
    query: async (sql) => {
      if (session.ended) session = start(all);
      return session.ask(sql, timeout);
    },
    close: () => session.close(),
  };
}

function start(flags) {
  const child = spawn(binary, flags, { stdio: ['pipe', 'pipe', 'pipe'], cwd: root });
  const session = { child, ended: false };
  let output = [];
  let errors = '';
  let waiting = null;
  const end = (message) => {
    session.ended = true;
    waiting?.({ error: message, crashed: true });
  };
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk) => {
    const at = chunk.indexOf('\n');
    if (at < 0) {
      output.push(chunk);
      return;
    }
    const line = output.join('') + chunk.slice(0, at);
    output = [chunk.slice(at + 1)];
    try {
      waiting?.(JSON.parse(line));
    } catch {
      waiting?.({ error: `the protocol's line is not JSON: ${line.slice(0, 300)}`, crashed: true });
    }
  });
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (chunk) => {
    errors = (errors + chunk).slice(-100000);
  });
  child.stdin.on('error', () => {});
  child.on('error', (error) => end(`could not start: ${error.message}`));
  child.on('close', (status, signal) => end(`whittle ended (${signal ?? status}): ${errors.slice(-2000)}`));

  session.takeErrors = () => {
    const text = errors;
    errors = '';
    return text;
  };
  session.ask = (sql, timeout) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        end(`no answer in ${timeout} s`);
      }, timeout * 1000);
      waiting = (answer) => {
        clearTimeout(timer);
        waiting = null;
        resolve(answer);
      };
      child.stdin.write(`${sql.trim().replace(/;\s*$/, '')};\n`);
    });
  session.close = () => {
    child.stdin.end();
    session.ended = true;
  };
  return session;
}
