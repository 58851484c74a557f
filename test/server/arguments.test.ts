import { describe, expect, it } from 'vitest';
import { isCovalenceError } from '../../src/protocol/errors.ts';
import { readArguments } from '../../src/server/cli/arguments.ts';

const refusal = (words: string[]): string => {
  try {
    readArguments(words, '/home/ada');
  } catch (error) {
    if (isCovalenceError(error, 'command/invalid')) return error.message;
    throw error;
  }
  throw new Error(`${words.join(' ')} was accepted`);
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
    expect(readArguments(['info', 'serve'], '/d')).toEqual({ name: 'info', files: ['/d/serve'] });
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

  it('[V1] keeps everything in memory when asked, and writes base paths in one way', () => {
    expect(readArguments(['--memory', '--base-path', 'mol/'], '/d')).toMatchObject({
      options: { dataDirectory: undefined, basePath: '/mol' },
    });
    expect(readArguments(['--base-path', '/'], '/d')).toMatchObject({ options: { basePath: '' } });
  });

  it('[V205] export takes a room and where it goes, fsck a directory, serve a room to begin with', () => {
    expect(readArguments(['export', 'argon', '--format', 'zarr', '-o', 'a.zarr'], '/d')).toEqual({
      name: 'export',
      room: 'argon',
      format: 'zarr',
      output: '/d/a.zarr',
      dataDirectory: '/d/covalence-data',
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
    expect(refusal(['--default-room', '../x'])).toContain('"../x"');
  });
});
