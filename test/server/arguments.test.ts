import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isCovalenceError } from '../../src/protocol/errors.ts';
import { readArguments } from '../../src/server/cli/arguments.ts';
import { type CommandName, COMMANDS } from '../../src/server/cli/commands.ts';
import { ALL_FLAGS, variableOf } from '../../src/server/cli/flags.ts';
import { HELP, helpOf } from '../../src/server/cli/help.ts';

const refusal = (words: string[], env: Record<string, string> = {}): string => {
  try {
    readArguments(words, '/home/ada', env);
  } catch (error) {
    if (isCovalenceError(error, 'command/invalid')) return error.message;
    throw error;
  }
  throw new Error(`${words.join(' ')} was accepted`);
};

/** What is said against it; nothing where it is accepted. */
const why = (words: string[]): string => {
  try {
    readArguments(words, '/home/ada');
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
};

describe('the command line', () => {
  it('[V1] takes words that are no command as files in the folder of the person', () => {
    const command = readArguments(['traj.xyz', '/data/serve.xyz', '--port', '8123'], '/home/ada');
    expect(command).toMatchObject({
      name: 'serve',
      files: ['/home/ada/traj.xyz', '/data/serve.xyz'],
      options: { port: 8123, host: '127.0.0.1', dataDirectory: '/home/ada/covalence-data' },
    });
  });

  it('[V1] takes the first word as a command when it is a known one, and only the first', () => {
    expect(readArguments(['info', 'serve'], '/d')).toEqual({ name: 'info', files: ['/d/serve'], reading: {} });
    expect(readArguments(['serve', 'info'], '/d')).toMatchObject({ name: 'serve', files: ['/d/info'] });
    expect(readArguments(['serve'], '/d')).toMatchObject({ name: 'serve', files: [] });
    expect(readArguments(['x.xyz', '--help'], '/d')).toEqual({ name: 'help' });
  });

  it('[V2] refuses what it does not know and names it', () => {
    expect(refusal(['--prot', '1'])).toContain('--prot');
    expect(refusal(['--port', 'http'])).toContain('"http"');
    expect(refusal(['--port', '70000'])).toContain('70000');
    expect(refusal(['info'])).toContain('at least one file');
    expect(refusal(['--token', 'a b'])).toContain('--token');
    expect(refusal(['--token', 'abc', '--no-token'])).toContain('exclude');
  });

  it('[V330] an option that is none, or lacks its value, is refused in a sentence with the one that was meant', () => {
    expect(refusal(['--prot', '1'])).toMatch(/^There is no option --prot\. Did you mean --port\? "covalence --help"/);
    expect(refusal(['--topolgy', 'a.gro'])).toContain('Did you mean --topology?');
    expect(refusal(['--zebra'])).toMatch(/^There is no option --zebra\. "covalence --help"/);
    expect(refusal(['--port'])).toMatch(/^--port needs a value: --port N\. /);
    expect(refusal(['--memory=1'])).toMatch(/^--memory is on or off and takes no value\. /);
  });

  it('[F108] [V205] frames are counted from the end as from the beginning, and a format of export is one of those it writes', () => {
    const framesOf = (range: string) => readArguments(['convert', 'a.xyz', 'b.xyz', '--frames', range], '/d');
    expect(framesOf('-1')).toEqual(readArguments(['convert', 'a.xyz', 'b.xyz', '--frames=-1'], '/d'));
    expect(framesOf('-3:')).not.toEqual(framesOf('-1'));
    expect(refusal(['convert', 'a.xyz', 'b.xyz', '--frames', '--overwrite'])).toContain('--frames needs a value');
    expect(refusal(['--port', '-1'])).toContain('--port');
    expect(refusal(['export', 'argon', '--format', 'pdb'])).toContain('--format takes extxyz or zarr, found "pdb"');
  });

  it('[V1] keeps everything in memory when asked, and writes base paths in one way', () => {
    expect(readArguments(['--memory', '--base-path', 'mol/'], '/d')).toMatchObject({
      options: { dataDirectory: undefined, basePath: '/mol' },
    });
    expect(readArguments(['--base-path', '/'], '/d')).toMatchObject({ options: { basePath: '' } });
  });

  it('[V205] export takes a room and where it goes, fsck and collect a directory, serve a room to begin with', () => {
    expect(readArguments(['export', 'argon', '--format', 'zarr', '-o', 'a.zarr'], '/d')).toEqual({
      name: 'export',
      room: 'argon',
      format: 'zarr',
      output: '/d/a.zarr',
      dataDirectory: '/d/covalence-data',
      isOverwriting: false,
    });
    expect(readArguments(['export', 'http://h/r/a', '--data', '/e'], '/d')).toMatchObject({
      room: 'http://h/r/a',
      format: 'extxyz',
      output: undefined,
      dataDirectory: '/e',
    });
    expect(readArguments(['fsck'], '/d')).toEqual({ name: 'fsck', dataDirectory: '/d/covalence-data' });
    expect(readArguments(['--default-room', 'argon'], '/d')).toMatchObject({ options: { defaultRoom: 'argon' } });
    expect(refusal(['export'])).toContain('one room');
    expect(refusal(['export', 'a', 'b'])).toContain('one room');
    expect(refusal(['fsck', 'a'])).toContain('--data');
    expect(readArguments(['collect', '--data', 'x'], '/d')).toEqual({
      name: 'collect',
      dataDirectory: '/d/x',
      redis: undefined,
    });
    expect(readArguments(['collect', '--redis', 'redis://host'], '/d')).toMatchObject({
      redis: { url: 'redis://host', prefix: 'covalence:' },
    });
    expect(refusal(['collect', 'a'])).toContain('--data');
    expect(refusal(['--default-room', '../x'])).toContain('"../x"');
  });

  it('[V240] reads every option from the environment as well, and the command line first', () => {
    const env = {
      COVALENCE_PORT: '9000',
      COVALENCE_MEMORY: '1',
      COVALENCE_FOLLOW: 'no',
      COVALENCE_ALLOW_ORIGIN: 'https://a.example https://b.example/',
      COVALENCE_AUTH_SECRET: 's'.repeat(32),
      COVALENCE_BASE_PATH: 'mol',
    };
    expect(readArguments(['--port', '9001'], '/d', env)).toMatchObject({
      options: {
        port: 9001,
        dataDirectory: undefined,
        follow: false,
        allowOrigins: ['https://a.example', 'https://b.example'],
        authSecret: 's'.repeat(32),
        basePath: '/mol',
      },
    });
    expect(refusal([], { COVALENCE_MEMORY: 'maybe' })).toContain('COVALENCE_MEMORY is 1 or 0, found "maybe"');
    expect(refusal([], { COVALENCE_PORT: 'http' })).toContain('"http"');
  });

  it('[V241] makes tokens of what it was told, and names what is missing', () => {
    const env = { COVALENCE_AUTH_SECRET: 's'.repeat(32) };
    expect(
      readArguments(['token', 'argon', '--can', 'read,write', '--expires', '7d', '--name', 'Ada'], '/d', env),
    ).toEqual({
      name: 'token',
      options: {
        room: 'argon',
        can: ['read', 'write'],
        lastsMs: 7 * 86_400_000,
        person: 'Ada',
        subject: undefined,
        secret: 's'.repeat(32),
        url: 'http://127.0.0.1:8080',
      },
    });
    expect(readArguments(['token', '*', '--url', 'https://mol.lab/r/'], '/d', env)).toMatchObject({
      options: { room: '*', can: undefined, url: 'https://mol.lab/r' },
    });
    expect(refusal(['token'], env)).toContain('name of one room');
    expect(refusal(['token', 'a..b'], env)).toContain('name of one room');
    expect(refusal(['token', 'argon'])).toContain('COVALENCE_AUTH_SECRET');
    expect(refusal(['token', 'argon', '--can', 'root'], env)).toContain('found "root"');
    expect(refusal(['token', 'argon', '--expires', 'soon'], env)).toContain('30m, 8h or 7d');
    expect(refusal(['token', 'argon', '--follow'], env)).toContain('--follow is no option of "covalence token"');
    expect(refusal(['--can', 'read'])).toContain('--can is no option of "covalence serve"');
  });

  const commands = Object.keys(COMMANDS) as CommandName[];

  it('[V240] tells all of it in the help, in lines that fit', () => {
    const pages = commands.map(helpOf);
    for (const { flags } of ALL_FLAGS) {
      for (const { name, text } of flags) {
        const begin = text.split(' ').slice(0, 3).join(' ');
        expect(pages.filter((page) => page.includes(`--${name}`) && page.includes(begin))).not.toEqual([]);
      }
    }
    const lines = [HELP, ...pages].flatMap((page) => page.split('\n'));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(105);
  });

  it('[V358] a command tells its own usage, options and examples, the help itself the commands, and a word like a command what was meant', () => {
    expect(commands).toHaveLength(7);
    for (const of of commands) {
      expect(readArguments([of, '--help'], '/d')).toEqual({ name: 'help', of });
      expect(readArguments(['-h', of], '/d')).toEqual({ name: 'help', of });
      expect(readArguments(['help', of], '/d')).toEqual({ name: 'help', of });
      const page = helpOf(of);
      expect(page).toContain(`Usage\n  covalence ${COMMANDS[of].usage}\n`);
      const [, examples = ''] = page.split('Examples\n');
      const shown = examples.trim().split('\n');
      expect(shown.length).toBeGreaterThanOrEqual(2);
      // They are examples of this command, and every option on the page, and no other, is one that it takes.
      const env = { COVALENCE_AUTH_SECRET: 'a secret of at least thirty-two bytes' };
      for (const example of shown) {
        const words = example.trim().replaceAll(/['"]/g, '').split(/\s+/).slice(1);
        expect(readArguments(words, '/d', env).name).toBe(of);
      }
      const told = new Set([...page.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map(([, name]) => name));
      for (const { name, value } of ALL_FLAGS.flatMap(({ flags }) => flags)) {
        const given = value === undefined ? [`--${name}`] : [`--${name}`, 'x'];
        const isTaken = !/is no option of/.test(why([of, ...given]));
        expect([of, name, told.has(name)]).toEqual([of, name, isTaken]);
      }
      expect(HELP).toContain(`covalence ${COMMANDS[of].usage}`);
    }
    expect(readArguments(['help'], '/d')).toEqual({ name: 'help' });
    expect(readArguments(['--help'], '/d')).toEqual({ name: 'help' });
    expect(HELP.split('\n').length).toBeLessThan(60);
    expect(refusal(['help', 'exprot'])).toMatch(/^There is no command "exprot"\. Did you mean "export"\?/);
    expect(refusal(['help', 'zebra'])).toMatch(/^There is no command "zebra"\. "covalence --help"/);
    expect(refusal(['token', 'a', '--follow'])).toContain('"covalence token --help" shows');
    const absent = (words: string[]) => readArguments(words, '/d', {}, () => false);
    expect(() => absent(['exprot', 'argon', '--format', 'zarr'])).toThrow(
      /^There is neither a file nor a command called "exprot"\. Did you mean "covalence export"\?/,
    );
    // A file of such a name is a file, and another one that is not there is said to be missing when it is opened.
    expect(readArguments(['exprot'], '/d')).toMatchObject({ name: 'serve', files: ['/d/exprot'] });
    expect(absent(['traj.xyz'])).toMatchObject({ name: 'serve', files: ['/d/traj.xyz'] });
  });

  it('[V242] docs/server.md has a row for every option, with its variable and default, and no other', () => {
    const text = readFileSync(new URL('../../docs/server.md', import.meta.url), 'utf8');
    const rows = [...text.matchAll(/^\| `--([\w-]+)(?: [A-Z]+)?` \| `(\w+)` \| (.*?) \|/gm)].map((match) =>
      match.slice(1, 4),
    );
    const flags = ALL_FLAGS.flatMap((group) => group.flags);
    const known = new Map(flags.map((flag) => [flag.name, [flag.name, variableOf(flag), flag.default ?? '']]));
    expect(rows.length).toBeGreaterThan(20);
    const lines = (all: string[][]): string[] => all.map((row) => row.join(' | ')).sort();
    expect(lines(rows)).toEqual(lines([...known.values()]));
  });
});
