// The engines as a page loads them: bundled and minified, with what they fetch beside them.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, '../../js/dist');
const duckdb = join(here, 'node_modules/@duckdb/duckdb-wasm/dist');
const hook = readFileSync(join(here, 'memory_hook.js'), 'utf8');

/** What each engine fetches besides the page's script: [from, to], and scripts of workers, which get the hook. */
const parts = {
  whittle: {
    files: [[dist, 'whittle.wasm']],
    modules: [[dist, 'worker.js']],
    sizes: { entry: "export * from './index.js'", folder: dist, beside: [[dist, 'whittle.wasm']],
      modules: [[dist, 'worker.js']] },
  },
  duckdb: {
    files: [[duckdb, 'duckdb-eh.wasm'], [duckdb, 'duckdb-mvp.wasm']],
    scripts: [[duckdb, 'duckdb-browser-eh.worker.js'], [duckdb, 'duckdb-browser-mvp.worker.js']],
    sizes: { entry: "export * from '@duckdb/duckdb-wasm'", folder: here,
      beside: [[duckdb, 'duckdb-eh.wasm'], [duckdb, 'duckdb-browser-eh.worker.js']] },
  },
  hyparquet: {
    sizes: { entry: "export * from 'hyparquet'; export * from 'hyparquet-compressors'; export * from 'squirreling'",
      folder: here, beside: [] },
  },
};
export const engines = Object.keys(parts);

const common = { bundle: true, format: 'esm', target: 'es2022', minify: true, logLevel: 'error',
  nodePaths: [join(here, '../../js/node_modules')] };

/** Writes a folder per engine with its page. */
export async function bundleEngines(folder) {
  for (const [name, { files = [], modules = [], scripts = [] }] of Object.entries(parts)) {
    const to = join(folder, name);
    mkdirSync(to, { recursive: true });
    await build({ ...common, entryPoints: [join(here, 'engines', `${name}.mjs`)], outfile: join(to, 'page.js'),
      banner: { js: hook } });
    for (const [from, file] of modules) {
      await build({ ...common, entryPoints: [join(from, file)], outfile: join(to, file), banner: { js: hook } });
    }
    for (const [from, file] of scripts) writeFileSync(join(to, file), hook + readFileSync(join(from, file), 'utf8'));
    for (const [from, file] of files) copyFileSync(join(from, file), join(to, file));
    writeFileSync(join(to, 'index.html'), `<!doctype html><title>${name}</title>` +
      '<script type="module" src="page.js"></script>');
  }
}

/** What a page downloads to use an engine, without the benchmark's own code: { script, wasm } as bytes. */
export async function downloads(name) {
  const { entry, folder, beside, modules = [] } = parts[name].sizes;
  const built = await build({ ...common, stdin: { contents: entry, resolveDir: folder }, write: false });
  const scripts = [built.outputFiles[0].contents];
  for (const [from, file] of modules) {
    const worker = await build({ ...common, entryPoints: [join(from, file)], write: false });
    scripts.push(worker.outputFiles[0].contents);
  }
  const read = (wanted) => beside.filter(([, file]) => file.endsWith('.wasm') === wanted)
    .map(([from, file]) => readFileSync(join(from, file)));
  return { scripts: [...scripts, ...read(false)], modules: read(true) };
}
