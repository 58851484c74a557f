import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from './run-command.mjs';

/** Programs the tests use besides Node: the Debian package that holds each, and where else it may be. */
const PROGRAMS = [
  {
    aptPackage: 'chromium',
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    places: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ],
    variable: 'CHROMIUM',
  },
  { aptPackage: 'redis-server', names: ['redis-server'], places: [], variable: 'REDIS_SERVER' },
  { aptPackage: 'nginx-light', names: ['nginx'], places: ['/usr/sbin/nginx'], variable: 'NGINX' },
];

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findProgram({ names, places, variable }) {
  const given = process.env[variable];
  if (given !== undefined && given !== '') return isExecutable(given) ? given : undefined;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...places];
  return candidates.find(isExecutable);
}

/**
 * Makes sure that the tests' Chromium, redis-server and nginx are there and names their places in the environment. As root on
 * a Debian system they are installed; elsewhere the command to run is printed and the process exits with 1, because a
 * test run without them would say less than it seems to.
 */
export async function requireTestPrograms() {
  const missing = PROGRAMS.filter((program) => findProgram(program) === undefined).map(({ aptPackage }) => aptPackage);
  if (missing.length > 0) {
    const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
    const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
    if (!canInstall) {
      console.error(
        `The tests need ${missing.join(' and ')}, which this machine lacks. Install with\n\n    sudo ${command}\n`,
      );
      console.error('or name the programs in CHROMIUM, REDIS_SERVER and NGINX, and run the tests again.');
      process.exit(1);
    }
    console.log(`Installing ${missing.join(' and ')} (once) ...`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await runCommand('apt-get', ['update', '-qq'], { env, quiet: true });
    const { code, output } = await runCommand('apt-get', command.split(' ').slice(1), { env, quiet: true });
    if (code !== 0) {
      console.error(`${output.trim()}\n\n"${command}" ended with ${code}; the tests cannot run without it.`);
      process.exit(1);
    }
  }
  for (const program of PROGRAMS) {
    const path = findProgram(program);
    if (path === undefined) {
      console.error(`${program.aptPackage} was installed but cannot be found in PATH. Name it in ${program.variable}.`);
      process.exit(1);
    }
    process.env[program.variable] = path;
  }
}
