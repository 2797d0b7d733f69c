/** @type {import('vite').UserConfig} */
export default {
  base: './',
  // The worker's script is a module, as the browsers that whittle needs all understand.
  worker: { format: 'es' },
  // The page waits for the engine before it answers; browsers since 2022 know `await` there.
  build: { target: 'es2022' },
  // The development server's own bundling would move the package away from its .wasm file.
  optimizeDeps: { exclude: ['whittle-sql'] },
};
