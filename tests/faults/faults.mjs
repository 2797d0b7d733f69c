// What the tests of this folder share: the misbehaving server on a folder of generated files, and the command
// asking about them with a clean environment and folders of its own for whatever it may leave behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root, run, scratch, start } from '../cli/command.mjs';

export const data = join(root, 'build/testdata');

export async function serve({ folder = data, flags = [] } = {}) {
  const script = join(root, 'tests/faults/server.mjs');
  const child = spawn('node', [script, '--root', folder, '--with-parent=1', ...flags],
    { stdio: ['pipe', 'pipe', 'inherit'] });
  const [first] = await once(child.stdout, 'data');
  const address = /http\S+/.exec(String(first))[0];
  const control = async (name) => (await fetch(`${address}/-/${name}`)).json();
  const server = {
    address,
    url: (path, query = '') => `${address}/${path}${query && `?${query}`}`,
    log: () => control('log'),
    reset: () => control('reset'),
    stop: () => child.kill(),
  };
  // The server ends with this process (--with-parent), which need not wait for it.
  for (const held of [child, child.stdin, child.stdout]) held.unref();
  return server;
}

// Proxies of the machine the tests run on are no part of the tests.
export const noProxy = {
  http_proxy: '', https_proxy: '', HTTP_PROXY: '', HTTPS_PROXY: '', all_proxy: '', ALL_PROXY: '',
  no_proxy: '', NO_PROXY: '',
};

export function ask(sql, { flags = [], env = {}, seconds = 120 } = {}) {
  return run(['--format', 'csv', ...flags, '-c', sql], { env: { ...noProxy, ...env }, seconds });
}

export function begin(sql, { flags = [], env = {} } = {}) {
  return start(['--format', 'csv', ...flags, '-c', sql], { env: { ...noProxy, ...env } });
}

export { scratch };
