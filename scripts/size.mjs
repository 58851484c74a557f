// Bytes are a promise: gzip of what dist/embed.js loads before anything is asked for, and of what each entry pulls in.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build as bundle, loadConfigFromFile, parseSync } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/** kB (1000 bytes) of gzip that load at once. Raising one is a line in the diff with its reason in the commit. */
const LIMITS_KB = {
  'viewer alone': 135,
  'embed.js': 185,
};

/** Public entries, bundled as an application would that uses all of each; for comparison, without limits. */
const ENTRIES = ['covalence', 'covalence/state', 'covalence/transport', 'covalence/data', 'covalence/components'];

const gzipLength = (text) => gzipSync(text, { level: 9 }).byteLength;
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** A built module and everything it imports statically. */
function eagerFiles(entry, seen = new Set()) {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  const { module } = parseSync(entry, readFileSync(entry, 'utf8'));
  const sources = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest?.value)),
  ];
  for (const source of sources) if (source?.startsWith('.')) eagerFiles(resolve(dirname(entry), source), seen);
  return seen;
}

/** The chunks that load at once when a page imports `code`, bundled with `options`. */
async function bundledLength(code, options) {
  const entry = join(root, 'src', 'size-entry.ts');
  const { lib, rolldownOptions } = options.build ?? {};
  const [result] = [
    await bundle({
      root,
      configFile: false,
      logLevel: 'silent',
      ...options,
      plugins: [
        {
          name: 'size-entry',
          enforce: 'pre',
          resolveId: (source) => (source === entry ? entry : undefined),
          load: (id) => (id === entry ? { code, moduleSideEffects: true } : undefined),
        },
        ...(options.plugins ?? []),
      ],
      build: {
        ...options.build,
        write: false,
        target: 'es2022',
        lib: lib === undefined ? undefined : { ...lib, entry },
        rolldownOptions: lib === undefined ? { input: entry, preserveEntrySignatures: 'strict' } : rolldownOptions,
      },
    }),
  ].flat();
  const chunks = new Map(result.output.filter(({ type }) => type === 'chunk').map((chunk) => [chunk.fileName, chunk]));
  const eager = new Set();
  const visit = (chunk) => {
    if (chunk === undefined || eager.has(chunk)) return;
    eager.add(chunk);
    chunk.imports.forEach((name) => visit(chunks.get(name)));
  };
  visit([...chunks.values()].find(({ isEntry }) => isEntry));
  return sum([...eager].map((chunk) => gzipLength(chunk.code)));
}

/** The built entries under the names users import. */
const builtEntries = {
  find: /^covalence(\/.*)?$/,
  replacement: `${root}$1`,
  customResolver: (path) => join(dist, relative(root, path), 'index.js'),
};

if (!existsSync(join(dist, 'embed.js')) || !existsSync(join(dist, 'embed'))) {
  console.error('dist/embed.js or dist/embed is missing: run "npm run build" first.');
  process.exit(1);
}

const { config } = await loadConfigFromFile({ command: 'build', mode: 'embed' }, join(root, 'vite.config.ts'));
const viewerAlone = `
  import { CoViewer } from './components/viewer/viewer.ts';
  customElements.define('co-viewer', CoViewer);`;
const eager = [...eagerFiles(join(dist, 'embed.js'))];
const lazy = readdirSync(join(dist, 'embed')).map((name) => join(dist, 'embed', name));
const lengthOf = (files) => sum([...new Set(files)].map((file) => gzipLength(readFileSync(file))));

const rows = [
  ['viewer alone', await bundledLength(viewerAlone, config)],
  ['embed.js', lengthOf(eager)],
  ['embed.js and everything it may load later', lengthOf([...eager, ...lazy])],
];
for (const name of ENTRIES) {
  rows.push([name, await bundledLength(`export * from '${name}';`, { resolve: { alias: [builtEntries] } })]);
}

let isOver = false;
console.log('gzip kB   limit  what loads at once');
for (const [name, bytes] of rows) {
  const limit = LIMITS_KB[name];
  const over = limit !== undefined && bytes > limit * 1000;
  isOver ||= over;
  const columns = [(bytes / 1000).toFixed(1).padStart(7), String(limit ?? '').padStart(7), ` ${name}`];
  console.log(`${columns.join(' ')}${over ? '   OVER THE LIMIT' : ''}`);
}
if (isOver) process.exitCode = 1;
