// Bundles for the tests: the package is found in this tree, as if it had been installed.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { root } from '../oracle/whittle.mjs';

export const scratch = (name) => mkdtempSync(join(tmpdir(), `whittle-${name}-`));

/** A Worker's script as one ES module; its .wasm stays an import. */
export async function bundleWorker(entry) {
  const external = { name: 'wasm', setup: ({ onResolve }) =>
    onResolve({ filter: /\.wasm$/ }, () => ({ path: './whittle.wasm', external: true })) };
  const { outputFiles } = await build({
    entryPoints: [entry], bundle: true, write: false, format: 'esm', target: 'es2022', conditions: ['workerd'],
    alias: { 'whittle-sql/workers': join(root, 'js/dist/workers.js') }, nodePaths: [join(root, 'js/node_modules')],
    plugins: [external], minify: true,
  });
  return { script: outputFiles[0].text, wasm: readFileSync(join(root, 'js/dist/whittle.wasm')) };
}

const run = promisify(execFile);
let packed;

// The package as `npm pack` would publish it: what it lists, and the folder it unpacks to.
export function packedPackage() {
  packed ??= (async () => {
    cpSync(join(root, 'LICENSE'), join(root, 'js/LICENSE'));
    const folder = scratch('packed');
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder],
      { cwd: join(root, 'js'), maxBuffer: 1 << 24 });
    const [listing] = JSON.parse(stdout);
    await run('tar', ['-xzf', join(folder, listing.filename), '-C', folder]);
    return { listing, folder: join(folder, 'package') };
  })();
  return packed;
}

// A copy of an example with its dependencies: the packed package, and the one it needs.
export async function installed(example) {
  const folder = scratch('example');
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  if (example) cpSync(join(root, 'examples', example), folder, { recursive: true });
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@uwdata'), { recursive: true });
  cpSync((await packedPackage()).folder, join(modules, 'whittle-sql'), { recursive: true });
  symlinkSync(join(root, 'js/node_modules/@uwdata/flechette'), join(modules, '@uwdata/flechette'));
  return folder;
}
