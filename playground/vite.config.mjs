// The page is static and may lie in any folder. The servers of Vite lend it a data set to play with, by range:
// the demo's (make demo) or else that of the tests.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { findFile, sendFile } from './range_server.mjs';

const folders = ['../build/demo', '../build/testdata'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

function serveData(server) {
  server.middlewares.use('/data', (request, response, next) => {
    const found = findFile(folders, new URL(request.url, 'http://localhost').pathname);
    if (found) sendFile(request, response, found);
    else next();
  });
}

export default defineConfig({
  base: './',
  plugins: [{ name: 'sample-data', configureServer: serveData, configurePreviewServer: serveData }],
  // The package finds its worker and module beside its own files: they must stay where they are.
  optimizeDeps: { exclude: ['whittle-sql'] },
  server: { fs: { allow: ['..'] } },
  worker: { format: 'es' },
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 800, modulePreload: { polyfill: false } },
});
