// The built page behind a small static server with a strict Content-Security-Policy.
import { once } from 'node:events';
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFile, sendFile } from '../../playground/range_server.mjs';
import { root } from '../oracle/whittle.mjs';

const dist = join(root, 'playground/dist');
// The page needs no more than this: no eval and no inline scripts. Observable Plot and CodeMirror bring styles.
const policy = ["default-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self' 'unsafe-inline'",
  "connect-src 'self' http: https:", "img-src 'self' data:", "object-src 'none'", "base-uri 'none'"].join('; ');

/** `{ url, delay, requests, stop }`; `delay` in milliseconds holds every range of data back. */
export async function servePage() {
  const site = { delay: 0, ranges: [] };
  const server = http.createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const isData = pathname.startsWith('/data/');
    const found = isData ? findFile([join(root, 'build/testdata')], pathname.slice('/data'.length))
      : findFile([dist], pathname === '/' ? '/index.html' : pathname);
    if (!found) return response.writeHead(404).end();
    if (isData) site.ranges.push(request.headers.range ?? 'all');
    if (isData && site.delay > 0) await sleep(site.delay);
    if (request.destroyed) return undefined;
    return sendFile(request, response, found, isData ? {} : { 'Content-Security-Policy': policy });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(site, {
    url: `http://127.0.0.1:${server.address().port}/`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  });
}
