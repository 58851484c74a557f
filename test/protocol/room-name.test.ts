import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCovalenceError } from '../../src/protocol/errors.ts';
import { MAX_ROOM_NAME_LENGTH, assertRoomName, isRoomName, roomNameOfFile } from '../../src/protocol/room-name.ts';
import { routes } from '../../src/protocol/routes.ts';

describe('room names', () => {
  it('[K10] a room name is letters, digits, ".", "_" and "-", starts with a letter or digit and has no ".."', () => {
    for (const name of ['argon', 'A', '0', 'run.1', 'a_b-c.d', 'x'.repeat(MAX_ROOM_NAME_LENGTH)]) {
      expect(isRoomName(name), name).toBe(true);
    }
    for (const name of [
      '',
      '.',
      '..',
      '.a',
      '-a',
      '_a',
      'a..b',
      'a/b',
      'a\\b',
      'a b',
      'é',
      'a\n',
      'a%2fb',
      'a~ledger',
      'x'.repeat(129),
    ]) {
      expect(isRoomName(name), JSON.stringify(name)).toBe(false);
    }
    for (const name of [undefined, null, 5, {}, ['a']]) expect(isRoomName(name)).toBe(false);
  });

  it('[K11] a refused name is named in the error', () => {
    let thrown: unknown;
    try {
      assertRoomName('../etc');
    } catch (error) {
      thrown = error;
    }
    expect(isCovalenceError(thrown, 'room/name-invalid')).toBe(true);
    expect((thrown as Error).message).toContain('"../etc"');
  });

  it('[K12] a file gives a room its base name without extensions', () => {
    const cases: [string, string][] = [
      ['argon.xyz', 'argon'],
      ['/data/run 7/Droplets.extxyz.gz', 'Droplets'],
      ['C:\\data\\conf.gro', 'conf'],
      ['my file (2).xyz', 'my-file-2'],
      ['Ünï wäter 水 2.xyz', 'Uni-water-2'],
      ['A\u030angstro\u0308m.xyz', 'Angstrom'],
      ['straße.xyz', 'strasse'],
      ['run-.xyz', 'run'],
      ['.hidden', 'hidden'],
      ['a..b.xyz', 'a.b'],
      ['', 'room'],
      ['水.xyz', 'room'],
      ['XDATCAR', 'XDATCAR'],
    ];
    for (const [path, name] of cases) expect(roomNameOfFile(path), path).toBe(name);
  });

  it('[K12] any file name whatever gives a usable room name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (path) => {
        expect(isRoomName(roomNameOfFile(path)), JSON.stringify(path)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('[K13] whatever is put into a route stays one path segment', () => {
    const hostile = '../../x?y#z%2f';
    expect(routes.frame('argon', hostile).split('/').length).toBe(routes.frame('argon', 'f1').split('/').length);
    expect(new URL(routes.frame('argon', hostile), 'http://h').search).toBe('');
    expect(routes.frames('argon')).toBe('/v1/rooms/argon/frames');
    expect(routes.sync('argon')).toBe('/v1/sync/argon');
    expect(routes.page('argon')).toBe('/r/argon');
  });
});
