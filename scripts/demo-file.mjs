import { fileURLToPath } from 'node:url';

const demoFile = fileURLToPath(new URL('../demo/data/droplets.xyz.gz', import.meta.url));

/** Options of `covalence serve` that take no value; every other `--name value` takes one. */
const SWITCHES = new Set([
  '--follow',
  '--read-only',
  '--open',
  '--no-open',
  '--quiet',
  '--verbose',
  '--trust-proxy',
  '--help',
  '--version',
  '-h',
  '-v',
  '-q',
]);

/** The arguments, with the demo trajectory added when they name neither a file nor a command. */
export function withDemoFile(args) {
  if (args.includes('--help') || args.includes('-h') || args.includes('--version')) return args;
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index];
    if (!argument.startsWith('-')) return args;
    if (!argument.includes('=') && !SWITCHES.has(argument)) index += 1;
  }
  return [...args, demoFile];
}
