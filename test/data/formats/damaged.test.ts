import { describe, expect, it } from 'vitest';
import type { CovalenceError } from '../../../src/protocol/errors.ts';
import { isFrameArray } from '../../../src/protocol/frames.ts';
import type { Trajectory } from '../../../src/data/formats/format.ts';
import { hasData, needsData, openBytes, readData } from './real-data.ts';

async function refusal(action: Promise<unknown>): Promise<CovalenceError | undefined> {
  return action.then(
    () => undefined,
    (error: CovalenceError) => error,
  );
}

async function allReadable(trajectory: Trajectory): Promise<number[]> {
  const counts: number[] = [];
  for (let index = 0; index < trajectory.count; index += 1) {
    const { positions } = await trajectory.read(index);
    counts.push(isFrameArray(positions) ? positions.shape[0] : -1);
  }
  return counts;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const atom = 'C 1.0 2.0 3.0\n';
const frame = (count: number | string, atoms: number, comment = 'Properties=species:S:1:pos:R:3'): string =>
  `${count}\n${comment}\n${atom.repeat(atoms)}`;

/** Files that the pass refuses: frames before, 1-based line, and a piece of the sentence. */
const REFUSED: readonly [string, number, number, string][] = [
  ['odd/count_negative.xyz', 0, 1, 'number of atoms, found "-27"'],
  ['odd/count_not_number.xyz', 0, 1, 'number of atoms, found "twenty-seven"'],
  ['odd/count_huge.xyz', 0, 1, 'limit of 50000000'],
  ['odd/count_too_high.xyz', 0, 30, 'expected atom 28 of 28, found "27"'],
  ['odd/count_too_low.xyz', 0, 29, 'says 26 atoms'],
  ['odd/truncated_mid_frame.xyz', 3, 103, '13 of 27 atoms'],
  ['odd/truncated.xyz.gz', 2, 70, 'cut off'],
  ['odd/unterminated_quote.xyz', 0, 2, 'not closed'],
  ['xyz/bad/helium.xyz', 0, 7, '4 of 8 atoms'],
  ['gromacs/truncated.gro', 0, 559, 'says 1405 atoms'],
  ['gromacs/odd/empty_atom.gro', 0, 3, 'expected atom 1 of 1'],
];

/** Files of which one frame cannot be read: frames, the bad one, its line, a piece of the sentence. */
const UNREADABLE: readonly [string, number, number, number, string][] = [
  ['odd/bad_lattice.xyz', 5, 0, 2, 'Lattice has 8 values'],
  ['odd/missing_column.xyz', 5, 0, 5, 'ends before forces 3 of 3'],
  ['gromacs/odd/grovels.gro', 1, 0, 5, 'expected a velocity'],
  ['gromacs/odd/missing_atomname.gro', 1, 0, 3, 'has no name'],
];

/** Files that are unusual and whole: frames and atoms of the first. */
const WHOLE: readonly [string, number, number][] = [
  ['odd/base_5frames.xyz', 5, 27],
  ['odd/crlf.xyz', 5, 27],
  ['odd/duplicate_keys.xyz', 5, 27],
  ['odd/extra_columns.xyz', 5, 27],
  ['odd/fortran_exponent.xyz', 5, 27],
  ['odd/latin1_comment.xyz', 5, 27],
  ['odd/nan_inf_positions.xyz', 5, 27],
  ['odd/no_final_newline.xyz', 5, 27],
  ['odd/prototype_pollution_keys.xyz', 5, 27],
  ['odd/quoting_variants.xyz', 5, 27],
  ['odd/tabs.xyz', 5, 27],
  ['odd/trailing_blank_lines.xyz', 5, 27],
  ['odd/truncated_mid_number.xyz', 5, 27],
  ['odd/unknown_species.xyz', 5, 27],
  ['odd/utf8_bom.xyz', 5, 27],
  ['odd/utf8_comment.xyz', 5, 27],
  ['odd/very_long_comment.xyz', 5, 27],
  ['odd/zero_atoms_first_frame.xyz', 6, 0],
];

describe('damaged files', () => {
  it.skipIf(!hasData)(`[F3] the damaged real files are refused with file, frame and line${needsData}`, async () => {
    for (const [path, before, line, sentence] of REFUSED) {
      const { trajectory, error } = await openBytes(path, readData(path));
      expect(error?.code, path).toBe('file/damaged');
      expect(error?.fields, path).toMatchObject({ file: path, frame: before, line });
      expect(error?.message, path).toContain(`${path}, frame ${before}, line ${line}`);
      expect(error?.message, path).toContain(sentence);
      expect(await allReadable(trajectory), path).toHaveLength(before);
    }
  });

  it.skipIf(!hasData)(`[F3] a frame that cannot be parsed leaves the others readable${needsData}`, async () => {
    for (const [path, frames, bad, line, sentence] of UNREADABLE) {
      const { trajectory, error } = await openBytes(path, readData(path));
      expect(error, path).toBeUndefined();
      expect(trajectory.count, path).toBe(frames);
      const refused = await refusal(trajectory.read(bad));
      expect(refused?.code, path).toBe('file/damaged');
      expect(refused?.fields, path).toMatchObject({ file: path, frame: bad, line });
      expect(refused?.message, path).toContain(sentence);
      for (let index = bad + 1; index < frames; index += 1) await trajectory.read(index);
    }
  });

  it.skipIf(!hasData)(`[F1] unusual real files that are whole are read whole${needsData}`, async () => {
    for (const [path, frames, atoms] of WHOLE) {
      const { trajectory, error } = await openBytes(path, readData(path));
      expect(error, path).toBeUndefined();
      expect((await allReadable(trajectory))[0], path).toBe(atoms);
      expect(trajectory.count, path).toBe(frames);
    }
    process.stdout.write(
      `odd files: ${REFUSED.length} refused, ${UNREADABLE.length} with a bad frame, ${WHOLE.length} whole\n`,
    );
  });

  it.skipIf(!hasData)(`[F3] every frame of xyz/bad/extended.xyz names its own line${needsData}`, async () => {
    const { trajectory } = await openBytes('bad.xyz', readData('xyz/bad/extended.xyz'));
    for (let index = 0; index < trajectory.count; index += 1) {
      expect((await refusal(trajectory.read(index)))?.fields).toMatchObject({ frame: index, line: 3 * index + 3 });
    }
  });

  it('[F11] a count that is too low is blamed on its frame, which nobody sees', async () => {
    const { trajectory, error } = await openBytes('low.xyz', text(frame(2, 2) + frame(1, 2) + frame(2, 2)));
    expect(trajectory.count).toBe(1);
    expect(error?.fields).toMatchObject({ frame: 1, line: 8 });
  });

  it('[F11] a count that is too high is blamed on its frame, which nobody sees', async () => {
    for (const surplus of [1, 2, 3]) {
      const bytes = text(frame(2, 2) + frame(2 + surplus, 2) + frame(2, 2) + frame(2, 2));
      const { trajectory, error } = await openBytes('high.xyz', bytes);
      expect(error?.code).toBe('file/damaged');
      // With as many surplus atoms as a head has lines the last line is an atom again: reading refuses the frame.
      if (trajectory.count > 1) expect((await refusal(trajectory.read(1)))?.fields).toMatchObject({ frame: 1 });
      else expect(error?.fields).toMatchObject({ frame: 1 });
    }
  });

  it('[F11] a broken head leaves the frame before it readable', async () => {
    const { trajectory, error } = await openBytes('head.xyz', text(`${frame(2, 2)}two\nx=1\n${atom.repeat(2)}`));
    expect(trajectory.count).toBe(1);
    expect(error?.fields).toMatchObject({ frame: 1, line: 5 });
    await trajectory.read(0);
  });

  it('[F3] columns that contradict themselves are refused', async () => {
    for (const [properties, sentence] of [
      ['species:S:1:pos:R', 'parts'],
      ['species:S:1:pos:R:3:x:F:1', 'type "F"'],
      ['species:S:1:pos:R:3:x:R:0', 'expected 1 or more'],
      ['species:S:1:pos:R:3:x:R:-1', 'expected 1 or more'],
      ['species:S:1:pos:R:2', 'expected pos:R:3'],
      ['species:S:1:pos:R:3:pos:R:3', 'twice'],
      ['species:S:1:pos:R:3:x:R:99999999', 'expected 1 or more'],
    ]) {
      const { error } = await openBytes('columns.xyz', text(frame(1, 1, `Properties=${properties}`)));
      expect(error?.code, properties).toBe('file/damaged');
      expect(error?.message, properties).toContain(sentence);
      expect(error?.fields, properties).toMatchObject({ frame: 0, line: 2 });
    }
  });

  it('[F3] wrong words in columns are refused with their line', async () => {
    const properties = 'Properties=species:S:1:pos:R:3:n:I:1:ok:L:1';
    for (const [line, sentence] of [
      ['C 1 2 3 4 T', ''],
      ['C 1 2 x 4 T', '"x" is not a number'],
      ['C 1 2 3 4.5 T', '"4.5" is not a whole number'],
      ['C 1 2 3 4 ok', '"ok" is not T or F'],
      ['C 1 2 3 4', 'ends before ok'],
      ['C 1 2 1.2.3 4 T', '"1.2.3" is not a number'],
      ['C 1 2 ******* 4 T', '"*******" is not a number'],
    ]) {
      const { trajectory } = await openBytes('words.xyz', text(`2\n${properties}\n${line}\nC 1 2 3 4 T\n`));
      const refused = await refusal(trajectory.read(0));
      if (sentence === '') expect(refused).toBeUndefined();
      else {
        expect(refused?.message).toContain(sentence);
        expect(refused?.fields).toMatchObject({ line: 3 });
      }
    }
  });
});
