import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';
import viteConfig from '../../vite.config.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the pages that tests open. */
    pages: string;
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the pages with the fixture, once for all files. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const outDir = await mkdtemp(join(tmpdir(), 'covalence-pages-'));
  const config = viteConfig({ mode: 'app', command: 'build' });
  await build({
    ...config,
    configFile: false,
    logLevel: 'silent',
    build: {
      ...config.build,
      outDir,
      emptyOutDir: true,
      rolldownOptions: {
        input: { room: join(root, 'demo/room.html'), fixture: join(root, 'test/components/fixture.ts') },
        output: { entryFileNames: '[name].js' },
      },
    },
  });
  const blank = '<!doctype html><html lang="en"><title>blank</title><body></body></html>';
  await writeFile(join(outDir, 'blank.html'), blank);
  project.provide('pages', outDir);
  return () => rm(outDir, { recursive: true, force: true });
}
