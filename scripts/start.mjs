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

const command = new URL('../dist/server/cli/main.js', import.meta.url);
const { withDemoFile } = await import('./demo-file.mjs');
process.argv = [process.execPath, fileURLToPath(command), ...withDemoFile(process.argv.slice(2))];
await import(command.href);
