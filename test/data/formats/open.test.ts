import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isFrameArray } from '../../../src/protocol/frames.ts';
import { detectFormat, extensionOf, FORMATS } from '../../../src/data/formats/detect-format.ts';
import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { memorySource } from '../../../src/data/formats/source/memory-source.ts';
import { facts, hasData, needsData, readData } from './real-data.ts';

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/formats/${name}`, import.meta.url)));
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The small files of this repository: format, frames, atoms, atomic numbers, last coordinate of the last frame. */
const FIXTURES: readonly [string, string, number, number, number[], number][] = [
  ['water.xyz', 'extxyz', 2, 3, [8, 1, 1], 0.5123],
  ['water.gro', 'gro', 2, 3, [8, 1, 1], 5.12],
  ['water.pdb', 'pdb', 2, 3, [8, 1, 1], 0.512],
];

/** Files that have a name of their own instead of an extension. */
const NAMED: Readonly<Record<string, string>> = { 'generated/XDATCAR': 'xdatcar', 'vasp/POSCAR_example_1': 'poscar' };

describe('opening a file', () => {
  it('[F20] the extension decides, in any case and inside .gz', () => {
    const nothing = new Uint8Array(0);
    for (const [name, format] of [
      ['a.xyz', 'extxyz'],
      ['a.EXTXYZ', 'extxyz'],
      ['dir.gro/a.pdb', 'pdb'],
      ['a.ent.gz', 'pdb'],
      ['a.b.gro.GZ', 'gro'],
    ]) {
      expect(detectFormat(name, nothing)?.name, name).toBe(format);
    }
    expect(extensionOf('a')).toBe('');
    expect(extensionOf('.xyz')).toBe('xyz');
    expect(extensionOf('a.tar.gz')).toBe('tar');
  });

  it('[F20] without a known extension the first bytes decide', async () => {
    for (const [file, format] of FIXTURES) {
      expect(FORMATS.filter(({ sniff }) => sniff(fixture(file))).map(({ name }) => name)).toEqual([format]);
      for (const bytes of [fixture(file), gzipSync(fixture(file))]) {
        const trajectory = await openTrajectory(memorySource('upload', bytes));
        expect(trajectory.format).toBe(format);
        await trajectory.close();
      }
    }
  });

  it('[F1] [F2] the small files of this repository are read', async () => {
    for (const [file, format, frames, atoms, numbers, last] of FIXTURES) {
      const trajectory = await openTrajectory(memorySource(file, fixture(file)));
      await trajectory.index();
      expect([trajectory.format, trajectory.count]).toEqual([format, frames]);
      const data = await trajectory.read(frames - 1);
      if (!isFrameArray(data.positions) || !isFrameArray(data.numbers)) throw new Error('no atoms');
      expect(data.positions.shape).toEqual([atoms, 3]);
      expect([...data.numbers.data]).toEqual(numbers);
      expect(data.positions.data.at(-1)).toBeCloseTo(last, 5);
    }
  });

  it('[F21] a file of no known format is refused by what was found and what is known', async () => {
    await expect(openTrajectory(memorySource('photo.jpg', bytesOf('\xFF\xD8 JFIF')))).rejects.toMatchObject({
      code: 'file/unknown-format',
      message: expect.stringContaining('photo.jpg begins with "'),
      fields: { file: 'photo.jpg', known: FORMATS.map(({ name }) => name) },
    });
    await expect(openTrajectory(memorySource('a.dat', bytesOf('x'.repeat(100_000))))).rejects.toMatchObject({
      message: expect.stringContaining('extxyz, gro, pdb'),
    });
  });

  it('[F22] a file without bytes and one without frames are empty', async () => {
    await expect(openTrajectory(memorySource('a.xyz', new Uint8Array(0)))).rejects.toMatchObject({
      code: 'file/empty',
    });
    await expect(openTrajectory(memorySource('a.xyz.gz', gzipSync('')))).rejects.toMatchObject({ code: 'file/empty' });
    const blank = await openTrajectory(memorySource('a.xyz', bytesOf('\n\n  \n')));
    await expect(blank.index()).rejects.toMatchObject({ code: 'file/empty' });
  });

  it('[F20] a caller may bring formats of its own', async () => {
    const own = { ...FORMATS[0], name: 'own', extensions: ['own'] };
    const trajectory = await openTrajectory(memorySource('a.own', fixture('water.xyz')), { formats: [own] });
    await trajectory.index();
    expect(trajectory.count).toBe(2);
  });

  it.skipIf(!hasData)(
    `[F20] every real file that is ours is recognised without its name, and no other is${needsData}`,
    async () => {
      const counts = { ours: 0, others: 0 };
      for (const path of Object.keys(facts)) {
        const bytes = readData(path);
        if (bytes.length === 0 || path.startsWith('odd/') || path.includes('/bad/')) continue;
        const expected = NAMED[path] ?? FORMATS.find(({ extensions }) => extensions.includes(extensionOf(path)))?.name;
        const found = await openTrajectory(memorySource('upload', bytes)).then(
          ({ format }) => format,
          (error: { code: string }) => error.code,
        );
        if (expected === undefined) {
          expect(['file/unknown-format', 'file/empty'], `${path} ${found}`).toContain(found);
          counts.others += 1;
        } else if (!/empty_atom|missing_atomname/.test(path)) {
          expect(found, path).toBe(expected);
          counts.ours += 1;
        }
      }
      process.stdout.write(`recognised ${counts.ours} real files, refused ${counts.others} of other formats\n`);
      expect(counts.ours).toBeGreaterThan(40);
      expect(counts.others).toBeGreaterThan(10);
    },
  );
});
