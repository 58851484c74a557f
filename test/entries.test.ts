import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from './source-files.ts';

const run = promisify(execFile);

interface Manifest {
  exports: Record<string, string | Record<string, string | null>>;
  bin: Record<string, string>;
  imports: Record<string, Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

/** Entries that are modules, by the name users import. */
const modules = Object.keys(manifest.exports)
  .filter((key) => !/\.(js|json)$/.test(key))
  .map((key) => (key === '.' ? 'covalence' : `covalence/${key.slice(2)}`));

/** By these yjs and lit notice that they were loaded twice; lit brings a registry where there is none. */
const MARKS = String(/^(__ \$YJS\$ __|lit\w+|reactiveElementVersions|customElements)$/);

/** Runs plain Node in the checkout, where the package can be imported by its own name. */
async function node(code: string): Promise<string> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: root, timeout: 120_000 });
  return stdout.trim();
}

describe('the built package', () => {
  beforeAll(() => {
    if (!existsSync(join(root, 'dist/index.js')))
      throw new Error('dist is missing: run "npm run build" (or "npm test").');
  });

  it('[V91] the entries are those users are promised', () => {
    expect(modules).toEqual([
      'covalence',
      'covalence/state',
      'covalence/transport',
      'covalence/data',
      'covalence/components',
      'covalence/components/define',
      'covalence/server',
      'covalence/testing',
      'covalence/jsx',
    ]);
  });

  for (const name of modules) {
    it(`[V91] ${name} imports in plain Node without a DOM, and the process ends by itself`, async () => {
      const names = await node(
        `const before = Object.keys(globalThis);
         const entry = await import('${name}');
         const left = Object.keys(globalThis).filter((name) => !before.includes(name));
         const own = left.filter((name) => !${MARKS}.test(name));
         if (own.length > 0) throw new Error('it leaves global names behind: ' + own.join(', '));
         console.log(Object.keys(entry).length);`,
      );
      // The entry that registers elements exports nothing, and types for JSX are nothing but types.
      if (/\/(define|jsx)$/.test(name)) expect(Number(names)).toBe(0);
      else expect(Number(names)).toBeGreaterThan(0);
    });
  }

  it('[V91] every file the package names exists', () => {
    const targets = [
      ...Object.values(manifest.exports),
      ...Object.values(manifest.imports),
      ...Object.values(manifest.bin),
    ].flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target)));
    const missing = targets.filter((target) => target !== null && !existsSync(join(root, target)));
    expect(targets.length).toBeGreaterThan(15);
    expect(missing).toEqual([]);
  });

  it('[V91] the command answers --help and --version from any folder', async () => {
    const main = join(root, manifest.bin['covalence']);
    const help = await run(process.execPath, [main, '--help'], { cwd: tmpdir(), timeout: 120_000 });
    expect(help.stdout).toContain('Usage');
    const version = await run(process.execPath, [main, '--version'], { cwd: tmpdir(), timeout: 120_000 });
    expect(version.stdout).toMatch(/\d+\.\d+\.\d+/);
  });

  it('[V93] the published package holds dist, README and LICENSE, and nothing else', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      timeout: 60_000,
    });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    expect(paths.filter((path) => !path.startsWith('dist/')).toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
    ]);
    expect(paths).toContain('dist/server/cli/main.js');
    expect(paths.filter((path) => /\.(ts|map|tsbuildinfo)$/.test(path) && !path.endsWith('.d.ts'))).toEqual([]);
  });

  it('[V96] the lockfile names every optional platform package, so that "npm ci" works on all of them', () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version?: string; optionalDependencies?: Record<string, string> }>;
    };
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
      ),
    );
    expect(Object.keys(packages).length).toBeGreaterThan(100);
    expect(missing).toEqual([]);
    expect(Object.entries(packages).filter(([path, { version }]) => path !== '' && version === undefined)).toEqual([]);
  });

  it('[V94] covalence/server cannot be resolved for a browser, and covalence can', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'covalence-entries-'));
    const bundle = async (name: string): Promise<unknown> => {
      const entry = join(root, 'test', `.entry-${process.pid}.js`);
      await writeFile(entry, `import * as entry from '${name}'; console.log(entry);`);
      try {
        return await build({
          root,
          configFile: false,
          logLevel: 'silent',
          build: { outDir: folder, write: false, rolldownOptions: { input: entry } },
        });
      } finally {
        await rm(entry, { force: true });
      }
    };
    try {
      await expect(bundle('covalence/server')).rejects.toThrow(/server/);
      await expect(bundle('covalence')).resolves.toBeDefined();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
