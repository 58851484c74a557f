import { CovalenceError } from '../../../protocol/errors.ts';
import { isFrameArray } from '../../../protocol/frames.ts';
import type { Trajectory } from '../format.ts';

/** What the first frame of a file tells about which other file it belongs to. */
export interface Glance {
  /** Base name, for sentences. */
  name: string;
  /** Undefined when the file could not be read: whoever opens it says why. */
  atomCount: number | undefined;
  hasElements: boolean;
}

/** Looks at the first frame. */
export async function glanceAt(name: string, trajectory: Trajectory): Promise<Glance> {
  const { numbers, positions } = await trajectory.read(0, ['numbers', 'positions']);
  const atoms = isFrameArray(positions) ? positions : numbers;
  return {
    name,
    atomCount: isFrameArray(atoms) ? atoms.shape[0] : undefined,
    hasElements: isFrameArray(numbers) && numbers.data.some((number) => number > 0),
  };
}

/** A file that is opened, and the place of its topology among the files, if it takes one. */
export interface Pair {
  file: number;
  topology: number | undefined;
}

/**
 * Which of several files belong together, by their places. A trajectory without elements takes the nearest file before
 * it, else after it, that has them and as many atoms; that file is then opened for it alone. When only files with other
 * numbers of atoms stand beside a trajectory, `onMisfit` is told in one sentence and it goes alone; without `onMisfit`
 * that throws `file/mismatch`.
 */
export function pairUp(files: readonly Glance[], onMisfit?: (sentence: string) => void): Pair[] {
  const topologies = new Set<number>();
  const pairs = files.map(({ atomCount, hasElements, name }, file): Pair => {
    if (atomCount === undefined || hasElements) return { file, topology: undefined };
    const before = files.map((_, place) => place).slice(0, file);
    const after = files.map((_, place) => place).slice(file + 1);
    const others = [...before.reverse(), ...after].filter((place) => files[place].hasElements);
    if (others.length === 0) return { file, topology: undefined };
    const topology = others.find((place) => files[place].atomCount === atomCount);
    if (topology === undefined) {
      const found = others.map((place) => `${files[place].name} has ${files[place].atomCount}`).join(', ');
      const sentence = `${name} has ${atomCount} atoms and names no elements, but ${found}: they do not belong together.`;
      if (onMisfit === undefined) {
        throw new CovalenceError(
          'file/mismatch',
          `${sentence} Give the topology of the trajectory, or open the files one by one.`,
          { file: name, atoms: atomCount },
        );
      }
      onMisfit(sentence);
      return { file, topology: undefined };
    }
    topologies.add(topology);
    return { file, topology };
  });
  return pairs.filter(({ file }) => !topologies.has(file));
}
