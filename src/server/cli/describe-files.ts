import { basename } from 'node:path';
import { elementSymbol } from '../../chem/elements.ts';
import { openTrajectory } from '../../data/formats/open-trajectory.ts';
import type { Trajectory } from '../../data/formats/format.ts';
import { asCovalenceError } from '../../protocol/errors.ts';
import { type FrameData, type FrameKeyInfo, isFrameArray } from '../../protocol/frames.ts';
import { fileSource } from '../data/file-source.ts';
import { readerFor, type SourceReading } from '../data/source-reading.ts';
import { openEach } from './open-each.ts';
import { type FileToOpen, pairFiles } from './pair-files.ts';

const count = new Intl.NumberFormat('en-US');

function describeKey({ name, dtype, shape, unit, sourceUnit }: FrameKeyInfo): string {
  const size = shape.length === 0 ? '' : ` (${shape.map((length) => length ?? 'N').join(', ')})`;
  const origin = sourceUnit === undefined || sourceUnit === unit ? '' : `, in the file ${sourceUnit}`;
  return `  ${name.padEnd(24)} ${`${dtype}${size}`.padEnd(18)}${unit === undefined ? '' : ` ${unit}${origin}`}`.trimEnd();
}

/** Single precision says no more than seven digits. */
const short = (value: number): number => Number(value.toPrecision(7));

function formulaOf(numbers: ArrayLike<number>): string {
  const counts = new Map<number, number>();
  for (let atom = 0; atom < numbers.length; atom += 1) counts.set(numbers[atom], (counts.get(numbers[atom]) ?? 0) + 1);
  const words = [...counts].map(([number, times]): [string, number] => [elementSymbol(number), times]);
  words.sort(([left], [right]) => (left < right ? -1 : 1));
  return words.map(([symbol, times]) => `${symbol}${times === 1 ? '' : times}`).join(' ');
}

/** Lengths of the edges and angles between them, in angstrom and degrees. */
function cellOf({ cell }: FrameData): string | undefined {
  if (!isFrameArray(cell)) return undefined;
  const rows = [0, 3, 6].map((at) => [cell.data[at], cell.data[at + 1], cell.data[at + 2]]);
  const lengths = rows.map((row) => Math.hypot(...row));
  if (lengths.every((length) => length === 0)) return undefined;
  const angle = (left: number, right: number): number => {
    const dot = rows[left].reduce((sum, part, axis) => sum + part * rows[right][axis], 0);
    return (Math.acos(dot / (lengths[left] * lengths[right])) * 180) / Math.PI;
  };
  const angles = [angle(1, 2), angle(0, 2), angle(0, 1)];
  return `${lengths.map((length) => length.toFixed(3)).join(' × ')} Å, ${angles.map((each) => each.toFixed(2)).join('°, ')}°`;
}

async function describeFrames(trajectory: Trajectory, print: (line: string) => void): Promise<void> {
  const first = await trajectory.read(0);
  const { positions, numbers } = first;
  const atoms = isFrameArray(positions) ? positions.shape[0] : isFrameArray(numbers) ? numbers.data.length : 0;
  const formula = isFrameArray(numbers) ? `, ${formulaOf(numbers.data)}` : '';
  print(`  ${count.format(atoms)} ${atoms === 1 ? 'atom' : 'atoms'} in the first frame${formula}`);
  const cell = cellOf(first);
  if (cell !== undefined) print(`  cell ${cell}`);
  const { time } = first;
  if (typeof time === 'number') {
    const last = (await trajectory.read(trajectory.count - 1, ['time'])).time;
    print(`  time ${short(time)} ps${trajectory.count > 1 && typeof last === 'number' ? ` to ${short(last)} ps` : ''}`);
  }
  for (const key of await trajectory.keys()) print(describeKey(key));
}

async function describeFile({ path, reading }: FileToOpen, print: (line: string) => void): Promise<void> {
  const source = await fileSource(path);
  try {
    const trajectory = await (await readerFor(openTrajectory, reading, undefined))(source);
    let damage: string | undefined;
    await trajectory.index().catch((error: unknown) => {
      if (trajectory.count === 0) throw error;
      damage = asCovalenceError(error, 'file/damaged').message;
    });
    const topology = reading.topology === undefined ? '' : ` with ${basename(reading.topology)}`;
    const frames = `${count.format(trajectory.count)} ${trajectory.count === 1 ? 'frame' : 'frames'}`;
    print(`${path}${topology}: ${trajectory.format}, ${frames}`);
    if (trajectory.count > 0) await describeFrames(trajectory, print);
    for (const sentence of trajectory.warnings?.() ?? []) print(`  note: ${sentence}`);
    if (damage !== undefined) {
      print(`  damaged: ${damage}`);
      process.exitCode = 1;
    }
    await trajectory.close();
  } finally {
    await source.close();
  }
}

/**
 * Prints what is in each file; a damaged one is described as far as it can be read, and the exit code is 1. One that
 * cannot be opened is named and the others are described; rejects when none can be.
 */
export async function describeFiles(
  paths: readonly string[],
  reading: SourceReading,
  print: (line: string) => void,
): Promise<void> {
  const tell = (sentence: string): void => print(`note: ${sentence}`);
  await openEach(await pairFiles(paths, reading, tell), (file) => describeFile(file, print), tell);
}
