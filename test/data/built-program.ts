import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** The program of a test, built into a folder without packages, to be measured in a process of its own. */
export async function builtProgram(source: URL, directory: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    root: resolve(import.meta.dirname, '../..'),
    ssr: { noExternal: true },
    build: {
      ssr: fileURLToPath(source),
      outDir: directory,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'measure.mjs' } },
    },
  });
  return join(directory, 'measure.mjs');
}
