import { basename } from 'node:path';
import { type Glance, glanceAt, pairUp } from '../../data/formats/adapt/pair-up.ts';
import { openTrajectory } from '../../data/formats/open-trajectory.ts';
import { fileSource } from '../data/file-source.ts';
import { readerFor, type SourceReading } from '../data/source-reading.ts';

/** A file to open, and how. */
export interface FileToOpen {
  path: string;
  reading: SourceReading;
}

/**
 * Which of the files belong together, see `pairUp`. With a topology given all files take it. When only files with other
 * numbers of atoms stand beside a trajectory, it goes alone and `tell` says so; without `tell` that is `file/mismatch`.
 */
export async function pairFiles(
  paths: readonly string[],
  reading: SourceReading,
  tell?: (sentence: string) => void,
): Promise<FileToOpen[]> {
  if (reading.topology !== undefined || paths.length < 2) {
    return paths.filter((path) => path !== reading.topology || paths.length === 1).map((path) => ({ path, reading }));
  }
  const glances: Glance[] = [];
  for (const path of paths) glances.push(await glance(path, reading));
  const onMisfit =
    tell === undefined
      ? undefined
      : (sentence: string): void =>
          tell(`${sentence} It is opened alone; name the file that says what its atoms are with --topology.`);
  return pairUp(glances, onMisfit).map(({ file, topology }) => ({
    path: paths[file],
    reading: topology === undefined ? reading : { ...reading, topology: paths[topology] },
  }));
}

async function glance(path: string, reading: SourceReading): Promise<Glance> {
  try {
    const source = await fileSource(path);
    try {
      const trajectory = await (await readerFor(openTrajectory, reading, undefined))(source);
      const seen = await glanceAt(basename(path), trajectory);
      await trajectory.close();
      return seen;
    } finally {
      await source.close();
    }
  } catch {
    return { name: basename(path), atomCount: undefined, hasElements: false };
  }
}
