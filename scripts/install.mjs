import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.mjs';

/** Path of an npm package in this checkout's node_modules, whose own script is to be run by Node. */
export const nodeModule = (root, ...path) => join(root, 'node_modules', ...path);

/**
 * Whether node_modules holds exactly what package-lock.json asks for. npm writes the hidden lockfile last, so an
 * interrupted installation counts as missing, and one without development packages as stale.
 */
export function isInstalled(root) {
  const hidden = nodeModule(root, '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const found = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === '' ||
      entry.link === true ||
      entry.optional === true ||
      entry.devOptional === true ||
      found[path]?.integrity === entry.integrity,
  );
}

/** Runs `npm ci` when node_modules is missing or stale; exits with npm's own words when that fails. */
export async function install(root) {
  if (isInstalled(root)) return;
  // Not where a room may be written to.
  console.error('Installing (once) ...');
  const npmArguments = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const ownNpm = process.env.npm_execpath;
  const isNpm = ownNpm !== undefined && /npm-cli\.[cm]?js$/.test(ownNpm);
  const { code, output } = isNpm
    ? await runCommand(process.execPath, [ownNpm, ...npmArguments], { cwd: root, quiet: true })
    : await runCommand('npm', npmArguments, { cwd: root, quiet: true });
  if (code === 0) return;
  console.error(output.trim());
  console.error(`\nThe packages could not be installed: "npm ${npmArguments.join(' ')}" ended with ${code}.`);
  process.exit(code);
}
