// Bytes are a promise: gzip of what dist/embed.js loads before anything is asked for, and of what each entry pulls in.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build as bundle, parseSync } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/** kB (1000 bytes) of gzip. Raising one is a line in the diff with its reason in the commit. */
const LIMITS_KB = {
  'embed.js eager': 185,
  'viewer alone': 135,
};

/** Entries in the table, bundled and minified as an application would, with what the importer names. */
const ENTRIES = [
  {
    name: 'viewer alone',
    code: `import { CoViewer } from 'covalence/components'; customElements.define('co-viewer', CoViewer);`,
  },
  { name: 'covalence', code: `export * from 'covalence';` },
  { name: 'covalence/state', code: `export * from 'covalence/state';` },
  { name: 'covalence/transport', code: `export * from 'covalence/transport';` },
  { name: 'covalence/data', code: `export * from 'covalence/data';` },
  { name: 'covalence/components', code: `export * from 'covalence/components';` },
];

const gzipLength = (text) => gzipSync(text, { level: 9 }).byteLength;
const kilobytes = (bytes) => (bytes / 1000).toFixed(1).padStart(7);

/** Follows the static imports of a built module; the sum of gzip of each file, as a server would send them. */
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

/** The chunks an application loads at once when it contains `code`: eager ones only. */
async function bundledLength(code) {
  const id = '\0entry.js';
  const { output } = await bundle({
    root,
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        resolveId: (source) => (source === 'entry.js' ? id : undefined),
        load: (source) => (source === id ? code : undefined),
      },
    ],
    build: { write: false, target: 'es2022', rollupOptions: { input: 'entry.js', preserveEntrySignatures: 'strict' } },
    resolve: {
      alias: [{ find: /^covalence(\/.*)?$/, replacement: `${root}$1`, customResolver: (source) => entryFile(source) }],
    },
  });
  const chunks = new Map(output.filter(({ type }) => type === 'chunk').map((chunk) => [chunk.fileName, chunk]));
  const eager = new Set();
  const visit = (chunk) => {
    if (chunk === undefined || eager.has(chunk)) return;
    eager.add(chunk);
    chunk.imports.forEach((name) => visit(chunks.get(name)));
  };
  visit([...chunks.values()].find(({ isEntry }) => isEntry));
  return [...eager].reduce((sum, chunk) => sum + gzipLength(chunk.code), 0);
}

function entryFile(path) {
  const name = relative(root, path);
  return join(dist, name === '' ? 'index.js' : `${name}/index.js`);
}

if (!existsSync(join(dist, 'embed.js'))) {
  console.error('dist/embed.js is missing: run "npm run build" first.');
  process.exit(1);
}

const rows = [];
const files = [...eagerFiles(join(dist, 'embed.js'))];
rows.push(['embed.js eager', files.reduce((sum, file) => sum + gzipLength(readFileSync(file)), 0)]);
for (const { name, code } of ENTRIES) rows.push([name, await bundledLength(code)]);

console.log(`gzip kB   limit  what   (embed.js: ${files.length} file${files.length === 1 ? '' : 's'} at once)`);
let isOver = false;
for (const [name, bytes] of rows) {
  const limit = LIMITS_KB[name];
  const over = limit !== undefined && bytes > limit * 1000;
  isOver ||= over;
  console.log(
    `${kilobytes(bytes)} ${limit === undefined ? '       ' : String(limit).padStart(7)}  ${name}${over ? '   OVER THE LIMIT' : ''}`,
  );
}
if (isOver) process.exitCode = 1;
