import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { CovalenceError } from '../../../src/protocol/errors.ts';
import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { bunzipStream, isBzip2 } from '../../../src/data/formats/source/bunzip.ts';
import { memorySource } from '../../../src/data/formats/source/memory-source.ts';
import { hasData, needsData, openBytes, readData } from './real-data.ts';
import { seeded } from './seeded.ts';

/** Real damaged files: frames before, line, and a piece of the sentence. */
const REFUSED: readonly [string, number, number, string][] = [
  ['lammps/bad/atom-duplicated-id.lammpstrj', 0, 11, 'two atoms of the frame have the id 2'],
  ['lammps/bad/atom-item-name.lammpstrj', 0, 9, 'found "ITEM: DUMMY"'],
  ['lammps/bad/atom-no-item.lammpstrj', 0, 9, 'found "DUMMY"'],
  ['lammps/bad/atom-not-enough-lines.lammpstrj', 0, 12, '2 of 3 atoms'],
  ['lammps/bad/atom-too-many-fields.lammpstrj', 0, 10, 'more words than the 5'],
  ['lammps/bad/box-item-name.lammpstrj', 0, 5, 'found "ITEM: DUMMY"'],
  ['lammps/bad/box-not-item.lammpstrj', 0, 5, 'found "DUMMY"'],
  ['lammps/bad/box-not-numbers.lammpstrj', 0, 6, '2 numbers of the box, found "DUMMY"'],
  ['lammps/bad/box-wrong-size.lammpstrj', 0, 6, '3 numbers of the box'],
  ['lammps/bad/items-after-atoms.lammpstrj', 1, 16, 'ends before the atoms'],
  ['lammps/bad/timestep-item-name.lammpstrj', 0, 1, 'found "ITEM: DUMMY"'],
  ['lammps/bad/timestep-no-item.lammpstrj', 0, 1, 'found "DUMMY"'],
  ['lammps/conf.triclinic.dump', 0, 392, '382 of 384 atoms'],
  ['vasp/bad/MnO.misnumbered.poscar', 0, 32, 'atom 25 of 36'],
  ['sdf/bad/bad-atom-line.sdf', 0, 5, 'atom 1 of 1'],
];

describe('damaged text files', () => {
  it.skipIf(!hasData)(`[F75] the damaged real files are refused with file, frame and line${needsData}`, async () => {
    for (const [path, frame, line, sentence] of REFUSED) {
      const opened = await openBytes(path, readData(path));
      let { error } = opened;
      error ??= await opened.trajectory.read(frame).then(
        () => undefined,
        (thrown: CovalenceError) => thrown,
      );
      expect(error?.code, path).toBe('file/damaged');
      expect(error?.message, path).toContain(sentence);
      expect(error?.fields, path).toMatchObject({ file: path, frame, line });
      for (let index = 0; index < frame; index += 1) await opened.trajectory.read(index);
    }
    process.stdout.write(`damaged text files: ${REFUSED.length} refused\n`);
  });
});

/** What mutations once found: cells that are not finite, and counts that made the reader reserve memory. */
const FOUND: readonly [string, string, string][] = [
  ['a.lmp', 't\n0 atoms\nnan 10 xlo xhi\n', 'is not finite'],
  ['a.dump', 'ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n0\nITEM: BOX BOUNDS pp pp pp\n0 inf\n', '2 numbers of the box'],
  ['a.poscar', 't\n1\nnan 0 0\n0 1 0\n0 0 1\nC\n1\nDirect\n0 0 0\n', 'make no cell'],
  ['a.poscar', 't\n1\n1 0 0\n0 1 0\n0 0 1\nC\n49999999\nDirect\n0 0 0\n', 'before atom 2 of 49999999'],
  [
    'a.cif',
    'data_a\n_cell_length_a inf\n_cell_length_b 1\n_cell_length_c 1\nloop_\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n0 0 0\n',
    'no cell',
  ],
];

it.each(FOUND)('[F81] %s with a number that mutations found is refused', async (name, text, sentence) => {
  const { trajectory, error } = await openBytes(name, new TextEncoder().encode(text));
  const found = error ?? (await trajectory.read(0).catch((thrown: CovalenceError) => thrown));
  expect(found).toMatchObject({ code: 'file/damaged' });
  expect((found as CovalenceError).message).toContain(sentence);
});

/** The system's own packer; the tests that need it say so when it is missing. */
const hasBzip2 = ((): boolean => {
  try {
    execFileSync('bzip2', ['--help'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const needsBzip2 = hasBzip2 ? '' : ' (skipped: no program bzip2)';

const pack = (content: Uint8Array, level = 9): Uint8Array =>
  new Uint8Array(execFileSync('bzip2', [`-${level}`, '-c'], { input: content, maxBuffer: 1 << 28 }));

async function unpack(bytes: Uint8Array, pieceLength: number): Promise<Buffer> {
  async function* pieces(): AsyncGenerator<Uint8Array, void, void> {
    for (let at = 0; at < bytes.length; at += pieceLength)
      yield await Promise.resolve(bytes.slice(at, at + pieceLength));
  }
  const out: Buffer[] = [];
  for await (const piece of bunzipStream(pieces())) out.push(Buffer.from(piece));
  return Buffer.concat(out);
}

/** "1\nx\nC 0 0 0\n" packed by bzip2 1.0.8. */
const SMALL = 'QlpoOTFBWSZTWZ5DOJcAAATcgAAQQABgAAgAAEAgACGTGoMAhogY/F3JFOFCQnkM4lw=';

describe('bzip2', () => {
  it('[F76] a file is recognised by its first bytes and read as its content', async () => {
    const { trajectory, error } = await openBytes('upload', new Uint8Array(Buffer.from(SMALL, 'base64')));
    expect(error).toBeUndefined();
    expect([trajectory.format, trajectory.count]).toEqual(['extxyz', 1]);
    const wrong = Buffer.from(SMALL, 'base64');
    wrong[wrong.length - 1] ^= 0x10;
    const changed = await openBytes('upload.xyz', new Uint8Array(wrong));
    expect(changed.error?.message).toContain('checksum');
  });

  it.skipIf(!hasBzip2)(
    `[F76] content of any kind, in several streams, comes out as it went in${needsBzip2}`,
    async () => {
      const { random } = seeded('bzip2');
      const noise = Uint8Array.from({ length: 250_000 }, () => Math.floor(random() * 256));
      const contents: Uint8Array[] = [
        new Uint8Array(0),
        Uint8Array.of(65),
        new Uint8Array(1_000_000),
        noise,
        Uint8Array.from({ length: 300_000 }, (_, k) => 65 + (k % 7)),
        new TextEncoder().encode('ITEM: ATOMS 1.2500 3.14\n'.repeat(60_000)),
      ];
      for (const content of contents) {
        for (const level of [1, 9]) {
          const bytes = pack(content, level);
          expect(isBzip2(bytes)).toBe(true);
          expect(Buffer.compare(await unpack(bytes, 65_536), Buffer.from(content))).toBe(0);
        }
      }
      const twice = Buffer.concat([pack(contents[1]), pack(contents[3]), Buffer.alloc(9)]);
      expect(Buffer.compare(await unpack(twice, 1000), Buffer.concat([contents[1], contents[3]]))).toBe(0);
    },
  );

  it.skipIf(!hasBzip2)(
    `[F76] what is cut off or changed gives what is before it and a refusal${needsBzip2}`,
    async () => {
      const text = '1\nk\nC 1 2 3\n'.repeat(40_000);
      const whole = pack(new TextEncoder().encode(text), 1);
      const cut = await openBytes('cut.xyz.bz2', whole.slice(0, whole.length * 0.7));
      expect(cut.error?.message).toContain('the bzip2 file is cut off');
      expect(cut.trajectory.count).toBeGreaterThan(1000);
      await cut.trajectory.read(1000);
      const { random } = seeded('bzip2 changed');
      const outcomes = { same: 0, refused: 0 };
      for (let round = 0; round < 60; round += 1) {
        const changed = whole.slice();
        changed[4 + Math.floor(random() * (changed.length - 4))] ^= 1 << Math.floor(random() * 8);
        const seen = await openTrajectory(memorySource('a.xyz.bz2', changed))
          .then(
            async (trajectory) => trajectory.index().then(() => 'same' as const),
            () => 'refused' as const,
          )
          .catch((error: CovalenceError) => {
            expect(error.code).toBe('file/damaged');
            return 'refused' as const;
          });
        outcomes[seen] += 1;
        // Whatever comes out without a refusal is what went in.
        const content = await unpack(changed, 65_536).catch(() => undefined);
        if (content !== undefined) expect(content.equals(Buffer.from(text))).toBe(true);
      }
      expect(outcomes.refused).toBeGreaterThan(55);
    },
  );
});
