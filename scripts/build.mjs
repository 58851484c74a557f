import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install, nodeModule } from './install.mjs';
import { requireNode } from './node-version.mjs';
import { runCommand } from './run-command.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const stamp = nodeModule(root, '.cache', 'covalence', 'build');

/** Everything the built files are made from. */
const SOURCES = [
  'src',
  'scripts/elements-manifest.mjs',
  'scripts/slim-three.ts',
  'demo',
  'vite.config.ts',
  'tsconfig.json',
  'tsconfig.browser.json',
  'tsconfig.server.json',
  'package.json',
  'package-lock.json',
];
/** Present in every complete build. */
const PRODUCTS = [
  'index.js',
  'server/cli/main.js',
  'embed.js',
  'custom-elements.json',
  'jsx/index.d.ts',
  'app/index.html',
  'app/room.html',
];

const PAGES = 'the pages';

const STEPS = [
  {
    name: 'types and modules for browsers',
    script: ['typescript', 'bin', 'tsc'],
    args: ['-p', 'tsconfig.browser.json'],
  },
  {
    name: 'types and modules for the server',
    script: ['typescript', 'bin', 'tsc'],
    args: ['-p', 'tsconfig.server.json'],
  },
  { name: PAGES, script: ['vite', 'bin', 'vite.js'], args: ['build', '--logLevel', 'warn'] },
  { name: 'embed.js', script: ['vite', 'bin', 'vite.js'], args: ['build', '--mode', 'embed', '--logLevel', 'warn'] },
];

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .toSorted()
    .flatMap((name) => filesBelow(join(path, name)));
}

/** A digest of all sources: unlike times it survives checkouts, and it notices removed files. */
function sourceDigest() {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of filesBelow(join(root, source))) {
      if (relative(root, file).startsWith(join('demo', 'data') + sep)) continue;
      hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

/** Pages that were written without their script: seen now and then on busy machines, and gone with another try. */
function pagesWithoutScript() {
  return readdirSync(join(dist, 'app'))
    .filter((name) => name.endsWith('.html'))
    .filter((name) => /<script type="module" src/.test(readIfThere(join(root, 'demo', name))))
    .filter((name) => !/<script type="module"/.test(readFileSync(join(dist, 'app', name), 'utf8')));
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Whether dist was built from exactly the present sources. */
export function isBuilt() {
  if (!PRODUCTS.every((product) => existsSync(join(dist, product)))) return false;
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceDigest();
}

/** Builds dist unless it is up to date; exits with the compiler's own words when a step fails. */
export async function build({ force = false } = {}) {
  if (!force && isBuilt()) return;
  // Not where a room may be written to.
  console.error('Building ...');
  const digest = sourceDigest();
  rmSync(stamp, { force: true });
  rmSync(dist, { recursive: true, force: true });
  for (const { name, script, args } of STEPS) {
    const run = () => runCommand(process.execPath, [nodeModule(root, ...script), ...args], { cwd: root, quiet: true });
    let { code, output } = await run();
    if (name === PAGES && code === 0 && pagesWithoutScript().length > 0) {
      console.error('A page lacks its script; building the pages again ...');
      ({ code, output } = await run());
      const bare = pagesWithoutScript();
      if (bare.length > 0) [code, output] = [1, `${bare.join(', ')} came out without a script.`];
    }
    if (code === 0) continue;
    console.error(output.trim());
    console.error(`\nThe build failed at: ${name}.`);
    process.exit(1);
  }
  const { writeManifest } = await import('./elements-manifest.mjs');
  await writeManifest({ withPages: false });
  const missing = PRODUCTS.filter((product) => !existsSync(join(dist, product)));
  if (missing.length > 0) {
    console.error(
      `The build ended without an error but did not write ${missing.map((name) => `dist/${name}`).join(', ')}.`,
    );
    process.exit(1);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  requireNode();
  await install(root);
  await build({ force: true });
}
