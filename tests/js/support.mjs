// What the package's tests share: the range server as a process, and the package itself.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../oracle/whittle.mjs';

export { Whittle, WhittleError, skipReasons } from '../../js/dist/node.js';
export const data = join(root, 'build/testdata');

// Serves a folder; `{ url, log, reset, stop }`.
export async function serve(folder, ...flags) {
  const child = spawn(process.execPath, [join(root, 'tests/faults/server.mjs'), '--root', folder, '--with-parent', '1',
    ...flags], { stdio: ['pipe', 'pipe', 'inherit'] });
  const url = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /http:\/\/[^\s]+/.exec(text);
      if (found) resolve(found[0]);
    });
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return {
    url,
    log: async () => (await fetch(`${url}/-/log`)).json(),
    reset: async () => void await fetch(`${url}/-/reset`),
    stop: () => child.stdin.end(),
  };
}
