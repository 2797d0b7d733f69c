// tests/faults/server.mjs as a child: a folder over HTTP, with a count of requests and bytes.
import { spawn } from 'node:child_process';

export async function startRangeServer(folder, flags = []) {
  const child = spawn('node', ['tests/faults/server.mjs', '--root', folder, ...flags],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      const match = /listening on (http:\S+)/.exec(String(chunk));
      if (match) resolve(match[1]);
    });
    child.on('close', () => reject(new Error('the range server did not start')));
  });
  const ask = async (path) => (await fetch(`${url}${path}`)).text();
  return {
    url,
    reset: () => ask('/-/reset'),
    log: async () => JSON.parse(await ask('/-/log')),
    stop: () => child.kill(),
  };
}
