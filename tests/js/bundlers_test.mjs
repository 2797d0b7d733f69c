// What is published, and that Vite, esbuild and webpack make of it something that runs in Chromium and in Node;
// rendering on a server imports it without a window.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { root } from '../oracle/whittle.mjs';
import { launch } from './browsers.mjs';
import { installed, packedPackage } from './bundle.mjs';
import { servePages } from './page_server.mjs';
import { data, serve } from './support.mjs';

const run = promisify(execFile);
const app = join(root, 'tests/js/page/bundled.mjs');
const html = '<!doctype html><meta charset="utf-8"><title>bundled</title><script type="module" src="app.js"></script>';

let browser;
let server;
let project;
before(async () => {
  server = await serve(data, '--cors', 'full');
  project = await installed();
  cpSync(app, join(project, 'app.mjs'));
  browser = await launch('chromium');
});
after(async () => {
  await browser?.close();
  server?.stop();
});

// Opens a bundle of `app` in Chromium, under the strict policy.
async function works(folder) {
  const pages = await servePages({ '/': folder }, { rewrite: false });
  const done = pages.done('b', 30);
  await browser.open(`${pages.url}/index.html?id=b&data=${encodeURIComponent(`${server.url}/people.parquet`)}`);
  const found = await done;
  pages.stop();
  assert.equal(found.error, undefined);
  assert.ok(Number(found.page) > 0);
  assert.equal(found.worker, found.page);
}

test('the published files: no scripts at install, one dependency, nothing but dist, README, LICENSE', async (its) => {
  const { listing, folder } = await packedPackage();
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  assert.deepEqual(Object.keys(manifest.dependencies), ['@uwdata/flechette']);
  for (const name of Object.keys(manifest.scripts ?? {})) assert.doesNotMatch(name, /install|prepare|publish/);
  const paths = listing.files.map(({ path }) => path);
  for (const path of paths) {
    assert.match(path, /^(dist\/\w+(\.d\.ts|\.js)|dist\/whittle(-scalar)?\.wasm|README\.md|LICENSE|package\.json)$/);
  }
  for (const path of ['README.md', 'LICENSE', 'dist/whittle.wasm', 'dist/index.d.ts']) {
    assert.ok(paths.includes(path), `${path} is missing`);
  }
  its.diagnostic(`${paths.length} files, ${listing.size} bytes packed, ${listing.unpackedSize} unpacked`);
});

test('Vite', async () => {
  const { build } = await import('vite');
  writeFileSync(join(project, 'index.html'), html.replace('app.js', '/app.mjs'));
  await build({ root: project, configFile: false, logLevel: 'error', base: './', worker: { format: 'es' },
    build: { outDir: 'vite', target: 'es2022' } });
  await works(join(project, 'vite'));
});

test('Vite, rendering on a server', async () => {
  const { build } = await import('vite');
  const entry = join(project, 'server.mjs');
  writeFileSync(entry, `import { Whittle } from 'whittle-sql';
export async function render(file) {
  const db = await Whittle.create({ memoryLimit: '64MB' });
  const { rows } = await (await db.connect()).queryText(\`SELECT count(*) FROM '\${file}'\`);
  await db.close();
  return rows[0][0];
}
`);
  await build({ root: project, configFile: false, logLevel: 'error',
    build: { outDir: 'ssr', ssr: entry, target: 'node20' } });
  const { render } = await import(pathToFileURL(join(project, 'ssr/server.mjs')));
  assert.ok(Number(await render(join(data, 'people.parquet'))) > 0);
});

test('esbuild: page and worker as two entries, the .wasm files beside them', async () => {
  const { build } = await import('esbuild');
  const out = join(project, 'esbuild');
  await build({ absWorkingDir: project, bundle: true, format: 'esm', target: 'es2022', outdir: out, logLevel: 'error',
    entryPoints: { app: 'app.mjs', worker: 'whittle-sql/worker' } });
  cpSync(join(project, 'node_modules/whittle-sql/dist/whittle.wasm'), join(out, 'whittle.wasm'));
  writeFileSync(join(out, 'index.html'), html);
  await works(out);
});

test('esbuild for Node', async () => {
  const { build } = await import('esbuild');
  const out = join(project, 'esbuild-node');
  writeFileSync(join(project, 'script.mjs'), `import { Whittle } from 'whittle-sql';
const db = await Whittle.create();
console.log((await (await db.connect()).queryText('SELECT 42')).rows[0][0]);
await db.close();
`);
  await build({ absWorkingDir: project, bundle: true, format: 'esm', platform: 'node', outdir: out, logLevel: 'error',
    outExtension: { '.js': '.mjs' }, entryPoints: ['script.mjs'] });
  cpSync(join(project, 'node_modules/whittle-sql/dist/whittle.wasm'), join(out, 'whittle.wasm'));
  assert.equal((await run(process.execPath, [join(out, 'script.mjs')])).stdout, '42\n');
});

test('webpack', async () => {
  const { default: webpack } = await import('webpack');
  const out = join(project, 'webpack');
  mkdirSync(out, { recursive: true });
  const stats = await promisify(webpack)({ context: project, mode: 'production', entry: './app.mjs',
    output: { path: out, filename: 'app.js', publicPath: 'auto', module: true }, experiments: { outputModule: true },
    optimization: { minimize: false }, devtool: false, performance: false });
  assert.ok(!stats.hasErrors(), stats.toString('errors-only'));
  writeFileSync(join(out, 'index.html'), html);
  await works(out);
});

test('importing touches no window, document, navigator or Worker', async () => {
  const script = `for (const name of ['window', 'document', 'navigator', 'Worker', 'self', 'location']) {
  Object.defineProperty(globalThis, name, { configurable: true, get() { throw new Error('it touches ' + name); } });
}
for (const name of ['index.js', 'node.js']) {
  const { Whittle } = await import(process.argv[1] + name);
  if (typeof Whittle.create !== 'function') throw new Error('no Whittle');
}
const { Whittle } = await import(process.argv[1] + 'node.js');
const db = await Whittle.create();
console.log((await (await db.connect()).queryText('SELECT 42')).rows[0][0]);
await db.close();
`;
  const dist = pathToFileURL(join(project, 'node_modules/whittle-sql/dist/')).href;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script, dist]);
  assert.equal(stdout, '42\n');
});
