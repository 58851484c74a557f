// Bundles the contenders and serves a page for each, isolated so that its memory can be measured.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
/** Where `npm install --prefix bench` has put the peers. */
const peers = join(dirname(process.env.BENCH_PEERS ?? join(here, '../package.json')), 'node_modules');
const SCRIPTS = { 'three-dmol': '3dmol/build/3Dmol-min.js', ngl: 'ngl/dist/ngl.js' };

export const contenders = ['covalence', 'three-dmol', 'ngl', 'molstar'];

const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cache-control': 'no-store',
};

/** Resolves with the address of the pages and a way to end it; a contender that is not installed is left out. */
export async function servePages() {
  const folder = await mkdtemp(join(tmpdir(), 'covalence-bench-scene-'));
  const require = createRequire(join(peers, 'x.js'));
  const present = contenders.filter((name) => {
    if (name === 'covalence') return true;
    return existsSync(join(peers, name === 'molstar' ? 'molstar' : SCRIPTS[name]));
  });
  const bundle = async (entry, name) =>
    build({
      configFile: false,
      logLevel: 'error',
      root: here,
      publicDir: false,
      define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEBUG': '""' },
      resolve: { alias: [{ find: /^molstar\//, replacement: `${join(peers, 'molstar')}/` }] },
      build: {
        outDir: folder,
        emptyOutDir: false,
        target: 'es2022',
        minify: true,
        chunkSizeWarningLimit: 10_000,
        lib: { entry: join(here, entry), formats: ['es'], fileName: () => `${name}.js` },
        rolldownOptions: { output: { minify: true, chunkFileNames: `${name}-[name]-[hash].js` } },
      },
    });
  await bundle('gl-counter.js', 'gl-counter');
  await bundle('page.js', 'page');
  for (const name of present) await bundle(`contenders/${name}.js`, name);

  const page = (name) => `<!doctype html><meta charset="utf-8"><title>${name}</title>
<style>html, body { margin: 0; background: white }</style><body>
<script type="module" src="gl-counter.js"></script>
${SCRIPTS[name] ? `<script defer src="peer/${SCRIPTS[name]}"></script>` : ''}
<script type="module" src="${name}.js"></script><script type="module" src="page.js"></script>`;
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname.slice(1);
    try {
      if (path === 'favicon.ico') {
        response.writeHead(204).end();
        return;
      }
      if (path.endsWith('.html')) {
        response.writeHead(200, { ...HEADERS, 'content-type': 'text/html' }).end(page(path.slice(0, -5)));
        return;
      }
      const file = path.startsWith('peer/') ? require.resolve(join(peers, path.slice(5))) : join(folder, path);
      const body = await readFile(file);
      response.writeHead(200, { ...HEADERS, 'content-type': 'text/javascript' }).end(body);
    } catch {
      response.writeHead(404, HEADERS).end();
    }
  };
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${server.address().port}`,
    present,
    peers,
    async close() {
      server.close();
      server.closeAllConnections();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
