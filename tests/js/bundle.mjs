// Bundles for the tests: the package is found in this tree, as if it had been installed.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../oracle/whittle.mjs';

/** Where bundlers find the package. */
export const aliases = {
  'whittle-sql/workers': join(root, 'js/dist/workers.js'),
  'whittle-sql': join(root, 'js/dist/index.js'),
};
/** Where the package's one dependency is. */
export const nodePaths = [join(root, 'js/node_modules')];

export const scratch = (name) => mkdtempSync(join(tmpdir(), `whittle-${name}-`));

/** A Worker's script as one ES module; its .wasm stays an import. */
export async function bundleWorker(entry) {
  const external = { name: 'wasm', setup: ({ onResolve }) =>
    onResolve({ filter: /\.wasm$/ }, () => ({ path: './whittle.wasm', external: true })) };
  const { outputFiles } = await build({
    entryPoints: [entry], bundle: true, write: false, format: 'esm', target: 'es2022', conditions: ['workerd'],
    alias: { 'whittle-sql/workers': aliases['whittle-sql/workers'] }, nodePaths, plugins: [external], minify: true,
  });
  return { script: outputFiles[0].text, wasm: readFileSync(join(root, 'js/dist/whittle.wasm')) };
}
