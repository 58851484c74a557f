// `npm start -- [file ...] [options]`: works on a fresh clone. Installs and builds when needed, then runs the command
// line of the package in this very process, so that signals and exit codes are its own.
import { fileURLToPath } from 'node:url';
import { requireNode } from './node-version.mjs';

requireNode();

const root = fileURLToPath(new URL('..', import.meta.url));
const { install } = await import('./install.mjs');
await install(root);
const { build } = await import('./build.mjs');
await build();

// npm runs scripts in the package's folder; the person's files and data are where the person stands.
process.env.INIT_CWD ??= process.cwd();
process.chdir(process.env.INIT_CWD);

const cli = new URL('../dist/server/cli/', import.meta.url);
const words = process.argv.slice(2);
if (await namesNoFile(words)) words.push(fileURLToPath(new URL('../demo/data/droplets.xyz.gz', import.meta.url)));
const main = new URL('main.js', cli);
process.argv = [process.execPath, fileURLToPath(main), ...words];
await import(main.href);

/** Whether a server is asked for and nothing to show on it: then it opens the demo. */
async function namesNoFile(words) {
  const { readArguments } = await import(new URL('arguments.js', cli).href);
  try {
    const command = readArguments(words, process.cwd());
    return command.name === 'serve' && command.files.length === 0;
  } catch {
    // The command line itself says what is wrong with its arguments.
    return false;
  }
}
