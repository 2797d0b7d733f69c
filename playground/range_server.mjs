// Files over HTTP with byte ranges: what the page's sample data needs of a server. Used by Vite's servers
// (vite.config.mjs) and by the tests.
import { createReadStream, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';

const types = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm', '.parquet': 'application/vnd.apache.parquet', '.json': 'application/json',
};

/** The file that a URL path means below one of the folders, first come first served. */
export function findFile(folders, path) {
  const name = normalize(decodeURIComponent(path));
  if (name.includes('..')) return undefined;
  for (const folder of folders) {
    const file = join(folder, name);
    const status = statSync(file, { throwIfNoEntry: false });
    if (status?.isFile()) return { file, size: status.size, modified: status.mtime };
  }
  return undefined;
}

/** Answers GET and HEAD with a whole file or one range of it. */
export function sendFile(request, response, { file, size, modified }, headers = {}) {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const suffix = from === '' && to !== '';
  const begin = suffix ? Math.max(0, size - Number(to)) : Number(from || 0);
  const end = Math.min(size, to && !suffix ? Number(to) + 1 : size);
  const partial = Boolean(from || to);
  if (partial && begin >= end) return response.writeHead(416, { 'Content-Range': `bytes */${size}` }).end();
  response.writeHead(partial ? 206 : 200, {
    'Accept-Ranges': 'bytes',
    'Content-Type': types[extname(file)] ?? 'application/octet-stream',
    'Content-Length': end - begin,
    ETag: `"${size}-${modified.getTime()}"`,
    'Last-Modified': modified.toUTCString(),
    ...(partial && { 'Content-Range': `bytes ${begin}-${end - 1}/${size}` }),
    ...headers,
  });
  if (request.method === 'HEAD' || begin === end) return response.end();
  return createReadStream(file, { start: begin, end: end - 1 }).pipe(response);
}
