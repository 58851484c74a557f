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
const command = await readCommand(words);
if (command?.name === 'serve' && command.files.length === 0)
  words.push(fileURLToPath(new URL('../demo/data/droplets.xyz.gz', import.meta.url)));
if (isSpoiltByNpm(command)) {
  process.stderr.write(
    'covalence: npm writes lines of its own before the file, which would spoil it. Name the file with --output, ' +
      'or use "npm start --silent -- export ...". (command/invalid)\n',
  );
  process.exit(1);
}
const main = new URL('main.js', cli);
process.argv = [process.execPath, fileURLToPath(main), ...words];
await import(main.href);

/** What the words ask for; undefined when they make no command. */
async function readCommand(given) {
  const { readArguments } = await import(new URL('arguments.js', cli).href);
  try {
    return readArguments(given, process.cwd());
  } catch {
    // The command line itself says what is wrong with its arguments.
    return undefined;
  }
}

/** Whether a file would follow npm's banner into a pipe or another file. */
function isSpoiltByNpm(asked) {
  if (asked?.name !== 'export' || asked.output !== undefined || asked.format === 'zarr') return false;
  const { npm_lifecycle_event: script, npm_config_loglevel: level } = process.env;
  return script === 'start' && level !== 'silent' && !process.stdout.isTTY;
}
