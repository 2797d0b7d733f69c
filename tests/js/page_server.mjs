// The server of the browser tests' pages, on an origin of its own: the package as it is built, with the one bare
// import resolved as a CDN would, under a strict content security policy and without COOP or COEP. Pages send
// what they found to /done.
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { extname, join, normalize } from 'node:path';
import { root } from '../oracle/whittle.mjs';

const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' http://127.0.0.1:*; " +
  "worker-src 'self'";
const types = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css',
  '.wasm': 'application/wasm', '.json': 'application/json',
};
/** What lies where: the page's folders. */
const packageFolders = {
  '/whittle/': join(root, 'js/dist'),
  '/flechette/': join(root, 'js/node_modules/@uwdata/flechette/dist'),
};

function find(path, folders) {
  const prefix = Object.keys(folders).find((name) => path.startsWith(name));
  const inside = prefix && normalize(path.slice(prefix.length));
  return prefix && !inside.startsWith('..') ? join(folders[prefix], inside) : undefined;
}

function bodyOf(request) {
  return new Promise((resolve) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks).toString()));
  });
}

/** Serves `folders` (URL prefix → folder) beside the package; `{ url, done(id), stop }`. */
export async function servePages(folders, { csp = policy, rewrite = true, answers = {} } = {}) {
  const waiting = new Map();
  const all = { ...packageFolders, ...folders };
  const handle = async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://host');
    if (pathname === '/done') {
      waiting.get(searchParams.get('id'))?.(JSON.parse(await bodyOf(request)));
      return response.end();
    }
    if (answers[pathname]) return response.end(JSON.stringify(answers[pathname]));
    const name = find(pathname === '/' ? '/index.html' : pathname, all);
    let body = name && await readFile(name).catch(() => undefined);
    if (!body) return response.writeHead(404).end();
    const headers = { 'content-type': types[extname(name)] ?? 'application/octet-stream', 'cache-control': 'no-store' };
    if (csp) headers['content-security-policy'] = csp;
    if (rewrite && name.endsWith('.js')) {
      body = String(body).replace("'@uwdata/flechette'", "'/flechette/flechette.mjs'");
    }
    return response.writeHead(200, headers).end(body);
  };
  const server = http.createServer((request, response) => void handle(request, response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** What the page with this id sends, within so many seconds. */
    done: (id, seconds = 60) => new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the page sent nothing within ${seconds} s`)), seconds * 1000);
      waiting.set(id, (found) => {
        clearTimeout(timer);
        resolve(found);
      });
    }),
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
