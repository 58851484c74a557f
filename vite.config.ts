import { fileURLToPath } from 'node:url';
import { defineConfig, type UserConfig } from 'vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The package by its name means the sources, as in a project that has installed it. */
const alias = [
  { find: /^covalence\/components\/define$/, replacement: at('./src/components/define.ts') },
  { find: /^covalence\/(state|transport|data|components|testing)$/, replacement: `${at('./src')}/$1/index.ts` },
  { find: /^covalence$/, replacement: at('./src/index.ts') },
  { find: '#websocket', replacement: at('./src/transport/websocket-global.ts') },
];

/** The pages a server sends: relative addresses, so that any base path works. */
const app: UserConfig = {
  root: at('./demo'),
  base: './',
  publicDir: false,
  resolve: { alias },
  build: {
    outDir: at('./dist/app'),
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      input: ['index.html', 'room.html', 'embed.html', 'static.html'].map((page) => at(`./demo/${page}`)),
    },
  },
};

/** `dist/embed.js`: every element in one module whose rarely needed parts come from `dist/embed/` when asked for. */
const embed: UserConfig = {
  base: './',
  publicDir: false,
  resolve: { alias },
  build: {
    outDir: at('./dist'),
    emptyOutDir: false,
    target: 'es2022',
    sourcemap: false,
    modulePreload: false,
    chunkSizeWarningLimit: 800,
    lib: { entry: at('./src/embed.ts'), formats: ['es'], fileName: () => 'embed.js' },
    rolldownOptions: { output: { chunkFileNames: 'embed/[name]-[hash].js' } },
  },
};

/** `vite build` makes the pages, `vite build --mode embed` the embeddable module. */
export default defineConfig(({ mode }) => (mode === 'embed' ? embed : app));
