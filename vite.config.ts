import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin, type UserConfig } from 'vite';
import { slimThree } from './scripts/slim-three.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The package by its name means the sources, as in a project that has installed it. */
const alias = [
  { find: /^covalence\/components\/define$/, replacement: at('./src/components/define.ts') },
  { find: /^covalence\/(state|transport|data|components|testing)$/, replacement: `${at('./src')}/$1/index.ts` },
  { find: /^covalence$/, replacement: at('./src/index.ts') },
  { find: '#platform-get', replacement: at('./src/data/platform-get-global.ts') },
  { find: '#websocket', replacement: at('./src/transport/websocket-global.ts') },
];

/** package.json speaks of the built files; the same sources have side effects before they are built. */
const sideEffects: Plugin = {
  name: 'side-effects-of-sources',
  transform: {
    // The parts of the pages register themselves, too.
    filter: { id: /\/(?:src\/(?:components\/define|embed)|demo\/app\/[^/]+)\.ts$/ },
    handler: (code) => ({ code, map: null, moduleSideEffects: true }),
  },
};

/** Shaders travel as text: without their comments and indentation. */
const slimShaders: Plugin = {
  name: 'slim-shaders',
  enforce: 'pre',
  transform: {
    filter: { id: /\/scene\/shaders\/[^/]*\.ts$/ },
    handler: (code) => ({ code: code.replaceAll(/^[ \t]*\/\/.*\n|^[ \t]+/gm, ''), map: null }),
  },
};

/** A worker is a program of its own, with copies of the modules it shares with the page. */
const frameWorker: Plugin = {
  name: 'frame-worker',
  enforce: 'pre',
  resolveId: { filter: { id: /^#frame-worker$/ }, handler: () => '\0frame-worker' },
  load: {
    filter: { id: /^\0frame-worker$/ },
    handler: () => `export { default as frameWorkerUrl } from '${at('./src/data/frame-worker.ts')}?worker&url';`,
  },
};

/** Bundlers of applications take a worker as it lies there: in one piece. */
const wholeWorker: Plugin = {
  name: 'whole-worker',
  async writeBundle({ dir }, bundle) {
    const built = Object.keys(bundle).find((name) => /^embed\/frame-worker-[\w-]{8}\.js$/.test(name));
    if (dir === undefined || built === undefined) throw new Error('no worker was built');
    await cp(join(dir, built), join(dir, 'data', 'frame-worker.js'));
  },
};

/** A server sends its pages from one folder; what others embed lies beside them. */
const besidePages: Plugin = {
  name: 'beside-pages',
  async writeBundle({ dir }, bundle) {
    if (dir === undefined) return;
    for (const name of await readdir(join(dir, 'embed'))) {
      if (!(`embed/${name}` in bundle)) await rm(join(dir, 'embed', name));
    }
    for (const name of ['embed.js', 'embed']) {
      await cp(join(dir, name), join(dir, 'app', name), { recursive: true });
    }
  },
};

interface ModuleGraph {
  getModuleInfo(id: string): { isEntry: boolean; importers: readonly string[] } | null;
}

/** True when the entry imports a module, itself or through others, without waiting to be asked for it. */
function isEager(id: string, graph: ModuleGraph, seen: Set<string> = new Set()): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  const module = graph.getModuleInfo(id);
  if (module === null) return false;
  return module.isEntry || module.importers.some((importer) => isEager(importer, graph, seen));
}

/** The pages a server sends: relative addresses, so that any base path works. */
const app: UserConfig = {
  root: at('./demo'),
  base: './',
  publicDir: false,
  plugins: [sideEffects, frameWorker, slimThree, slimShaders],
  resolve: { alias },
  worker: { format: 'es', rolldownOptions: { output: { codeSplitting: false } } },
  build: {
    outDir: at('./dist/app'),
    emptyOutDir: true,
    target: 'es2022',
    // Browsers that know light-dark(): its replacement would follow the system instead of the page's own switch.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      input: ['index.html', 'room.html', 'embed.html', 'static.html', 'gallery.html'].map((page) =>
        at(`./demo/${page}`),
      ),
    },
  },
};

/** `dist/embed.js`: every element in one module whose rarely needed parts come from `dist/embed/` when asked for. */
const embed: UserConfig = {
  base: './',
  publicDir: false,
  plugins: [sideEffects, frameWorker, slimThree, slimShaders, wholeWorker, besidePages],
  resolve: { alias },
  worker: {
    format: 'es',
    rolldownOptions: { output: { codeSplitting: false, entryFileNames: 'embed/[name]-[hash].js' } },
  },
  build: {
    outDir: at('./dist'),
    emptyOutDir: false,
    target: 'es2022',
    sourcemap: false,
    modulePreload: false,
    chunkSizeWarningLimit: 800,
    lib: { entry: at('./src/embed.ts'), formats: ['es'], fileName: () => 'embed.js' },
    rolldownOptions: {
      output: {
        minify: true,
        chunkFileNames: 'embed/[name]-[hash].js',
        // What loads at once is one piece, whatever parts of it the rest needs too: fewer requests, fewer bytes.
        codeSplitting: { groups: [{ name: (id, graph) => (isEager(id, graph) ? 'core' : null) }] },
      },
    },
  },
};

/** `vite build` makes the pages, `vite build --mode embed` the embeddable module. */
export default defineConfig(({ mode }) => (mode === 'embed' ? embed : app));
