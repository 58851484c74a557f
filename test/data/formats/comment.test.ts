import { describe, expect, it } from 'vitest';
import { type FrameData, isFrameArray } from '../../../src/protocol/frames.ts';
import { readComment } from '../../../src/data/formats/xyz/comment.ts';
import { hasData, needsData, openBytes, readData } from './real-data.ts';

function read(line: string | Uint8Array): FrameData {
  const bytes = typeof line === 'string' ? new TextEncoder().encode(line) : line;
  const comment = readComment(bytes, 0, bytes.length);
  if (typeof comment === 'string') throw new Error(comment);
  return comment.data;
}

/** Arrays as plain lists with shape and type. */
function plain(data: FrameData, key: string): unknown {
  const value = data[key];
  if (!isFrameArray(value)) return value;
  const values = value.table === undefined ? [...value.data] : [...value.data].map((code) => value.table?.[code]);
  return { [value.table === undefined ? value.dtype : 'text']: values, shape: value.shape };
}

describe('comment lines', () => {
  it('[F5] values are numbers, truth values, arrays, JSON or text, however they are quoted', () => {
    const cases: [string, unknown][] = [
      ['x=5', 5],
      ['x=-1.5e-3', -1.5e-3],
      ['x=1.5D3', 1500],
      ['x="  -244.74  "', -244.74],
      ['x=nan', Number.NaN],
      ['x=-inf', -Infinity],
      ['x=T', true],
      ['x=False', false],
      ['x=t', 't'],
      ['x', true],
      ['x=', ''],
      ['x=""', ''],
      ['x=word', 'word'],
      ["x='two words'", 'two words'],
      ['x="a \\"b\\" c"', 'a "b" c'],
      ['x="a\\nb\\\\c"', 'a\nb\\c'],
      ['x=a=b', 'a=b'],
      ['x = 7', 7],
      ['x =7,', 7],
      ['x=Cu(OH)2', 'Cu(OH)2'],
      ["x=5'-end", "5'-end"],
      ['x="1 2 3"', { '<i4': [1, 2, 3], shape: [3] }],
      ['x={1 2 3}', { '<i4': [1, 2, 3], shape: [3] }],
      ['x=[1, 2, 3]', { '<i4': [1, 2, 3], shape: [3] }],
      ['x="1 2 3.0"', { '<f8': [1, 2, 3], shape: [3] }],
      ['x="1, 2 3"', { '<i4': [1, 2, 3], shape: [3] }],
      ['x=[5]', { '<i4': [5], shape: [1] }],
      ['x=[]', { '<f8': [], shape: [0] }],
      ['x=[[1,2],[3,4]]', { '<i4': [1, 2, 3, 4], shape: [2, 2] }],
      ['x=[[1.5,2],[3,4]]', { '<f8': [1.5, 2, 3, 4], shape: [2, 2] }],
      ['x=[T, F]', { '|u1': [1, 0], shape: [2] }],
      ['x="T F T"', { '|u1': [1, 0, 1], shape: [3] }],
      ['x=["a b", c]', { text: ['a b', 'c'], shape: [2] }],
      ['x="_JSON [209.44, 80.54]"', { '<f8': [209.44, 80.54], shape: [2] }],
      ['x="_JSON [[1, 2]]"', { '<i4': [1, 2], shape: [1, 2] }],
      ['x="_JSON [\\"a\\", \\"b\\"]"', { text: ['a', 'b'], shape: [2] }],
      ['x="_JSON \\"5\\""', '5'],
      ['x="_JSON {\\"a\\": [1]}"', '_JSON {"a": [1]}'],
      ['x=[[1,2],[3]]', '[1,2],[3]'],
      ['x=99ac0d0ef5', '99ac0d0ef5'],
      ['x=123456789012345678901', '123456789012345678901'],
      ['x=9007199254740991', 9007199254740991],
      ['x="3000000000 1"', { '<f8': [3e9, 1], shape: [2] }],
    ];
    for (const [line, value] of cases) expect(plain(read(`${line} y=1`), 'info.x'), line).toEqual(value);
  });

  it('[F5] the last of two equal keys wins, keys may be quoted, and no key is special to JavaScript', () => {
    const data = read('energy=1 energy=-1.0 "my key"=2 __proto__=3 constructor=4 toString=5');
    expect(data).toMatchObject({ energy: -1, 'info.my key': 2, 'info.__proto__': 3, 'info.constructor': 4 });
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('[F5] a quote or bracket that is not closed is damage', () => {
    for (const line of ['pbc="F F F', "a=1 x='y", 'a=1 x=[1, 2', 'a=1 x={1', 'a=1 x="y\\"', 'x=["a] y=1']) {
      expect(() => read(line), line).toThrow('not closed');
    }
  });

  it('[F6] results of calculators, cell and periodicity come out under the names and units of frames', () => {
    const data = read(
      'Lattice="1 2 3 4 5 6 7 8 9" energy=-1 free_energy=-2 magmom=0.5 dipole="1 2 3" time=1.5 step=10 Time=3 virial="1 2 3 4 5 6 7 8 9"',
    );
    expect(plain(data, 'cell')).toEqual({ '<f8': [1, 2, 3, 4, 5, 6, 7, 8, 9], shape: [3, 3] });
    expect(plain(data, 'pbc')).toEqual({ '|u1': [1, 1, 1], shape: [3] });
    expect(plain(data, 'dipole')).toEqual({ '<f8': [1, 2, 3], shape: [3] });
    expect(plain(data, 'info.virial')).toEqual({ '<f8': [1, 2, 3, 4, 5, 6, 7, 8, 9], shape: [3, 3] });
    expect(data).toMatchObject({ energy: -1, free_energy: -2, magmom: 0.5, time: 1.5, step: 10, 'info.Time': 3 });
  });

  it('[F6] stress of nine numbers becomes Voigt order when it is symmetric, and stays a matrix when it is not', () => {
    expect(plain(read('stress="1 6 5 6 2 4 5 4 3"'), 'stress')).toEqual({ '<f8': [1, 2, 3, 4, 5, 6], shape: [6] });
    expect(plain(read('stress="1 2 3 4 5 6"'), 'stress')).toEqual({ '<f8': [1, 2, 3, 4, 5, 6], shape: [6] });
    const skew = read('stress="1 6 5 7 2 4 5 4 3"');
    expect(skew.stress).toBeUndefined();
    expect(plain(skew, 'info.stress')).toEqual({ '<f8': [1, 6, 5, 7, 2, 4, 5, 4, 3], shape: [3, 3] });
  });

  it('[F6] pbc is read in every spelling, refused in none of them, and absent without a cell', () => {
    for (const spelling of ['"T F T"', '[T, F, T]', '{T F T}', '"1 0 1"', '[true, false, True]']) {
      expect(plain(read(`pbc=${spelling}`), 'pbc'), spelling).toEqual({ '|u1': [1, 0, 1], shape: [3] });
    }
    expect(plain(read('pbc=T'), 'pbc')).toEqual({ '|u1': [1, 1, 1], shape: [3] });
    expect(read('energy=1').pbc).toBeUndefined();
    expect(() => read('pbc="T F"')).toThrow('expected three');
    expect(() => read('pbc="yes no no"')).toThrow('expected three');
    expect(() => read('Lattice="1 2 3"')).toThrow('expected 9');
    expect(() => read('Lattice="a b c d e f g h i"')).toThrow('expected 9');
  });

  it('[F6] connectivity of index pairs becomes bonds', () => {
    expect(plain(read('connectivity="_JSON [[0, 1], [1, 2]]"'), 'bonds')).toEqual({
      '<i4': [0, 1, 1, 2],
      shape: [2, 2],
    });
  });

  it('[F9] a comment without any assignment is text; that of LAMMPS tells the step', () => {
    expect(read('Helium as a Lennard-Jones fluid, John\'s "run')).toEqual({
      'info.comment': 'Helium as a Lennard-Jones fluid, John\'s "run',
    });
    expect(read('  ')).toEqual({});
    expect(read('Atoms. Timestep: 2500')).toEqual({ 'info.comment': 'Atoms. Timestep: 2500', step: 2500 });
  });

  it('[F9] the native comment of CP2K is read', () => {
    const data = read(' i =        3, time =        1.500, E =      -244.7408590693');
    expect(data).toMatchObject({ 'info.i': 3, time: 1.5, 'info.E': -244.7408590693 });
  });

  it('[F5] text is UTF-8, else Latin-1', () => {
    expect(read('label="Ångström 和 🧪" x=1')['info.label']).toBe('Ångström 和 🧪');
    expect(read(Uint8Array.from(Buffer.from('name="\u00C5"', 'latin1')))['info.name']).toBe('Å');
  });

  it.skipIf(!hasData)(`[F5] the real file of quoting variants reads as ASE reads it${needsData}`, async () => {
    const { trajectory } = await openBytes('q.xyz', readData('odd/quoting_variants.xyz'));
    const data = await trajectory.read(0);
    expect(data).toMatchObject({
      'info.quoted': 'a "b" c',
      'info.single': 'x y',
      'info.flag': true,
      'info.bool': true,
      'info.neg': -1,
      'info.sci': 1e-3,
      'info.empty': '',
      energy: -17660.461737861464,
    });
    expect(plain(data, 'info.arr')).toEqual({ '<i4': [1, 2, 3], shape: [3] });
    expect(plain(data, 'info.mat')).toEqual({ '<i4': [1, 2, 3, 4], shape: [2, 2] });
    expect(plain(data, 'pbc')).toEqual({ '|u1': [0, 0, 0], shape: [3] });
  });

  it.skipIf(!hasData)(
    `[F5] duplicate, polluting, Latin-1 and very long comments of real files${needsData}`,
    async () => {
      const first = async (path: string): Promise<FrameData> =>
        (await openBytes(path, readData(path))).trajectory.read(0);
      expect((await first('odd/duplicate_keys.xyz')).energy).toBe(-1);
      expect((await first('odd/prototype_pollution_keys.xyz'))['info.__proto__']).toBe(1);
      expect((await first('odd/latin1_comment.xyz'))['info.label']).toMatch(/^Å/);
      expect((await first('odd/utf8_comment.xyz'))['info.author']).toBe('Ångström');
      expect(Object.keys(await first('odd/very_long_comment.xyz')).length).toBeGreaterThan(5);
    },
  );
});
