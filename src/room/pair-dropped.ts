import type { Glance } from '../data/formats/adapt/pair-up.ts';

/** A dropped file and the one beside it that says which atoms it has. */
export interface DroppedPair {
  file: File;
  topology: File | undefined;
}

/**
 * Which of the files that were dropped together belong together: a trajectory without elements takes the file that has
 * them and as many atoms. Rejects with `file/mismatch` when the counts differ.
 */
export async function pairDropped(files: readonly File[]): Promise<DroppedPair[]> {
  if (files.length < 2) return files.map((file) => ({ file, topology: undefined }));
  // Readers come when files do.
  const [{ glanceAt, pairUp }, { openTrajectory }, { blobSource }] = await Promise.all([
    import('../data/formats/adapt/pair-up.ts'),
    import('../data/formats/open-trajectory.ts'),
    import('../data/formats/source/blob-source.ts'),
  ]);
  const glances: Glance[] = [];
  for (const file of files) {
    const seen = openTrajectory(blobSource(file)).then(async (trajectory) => {
      const glance = await glanceAt(file.name, trajectory);
      await trajectory.close();
      return glance;
    });
    glances.push(await seen.catch(() => ({ name: file.name, atomCount: undefined, hasElements: false })));
  }
  return pairUp(glances).map(({ file, topology }) => ({
    file: files[file],
    topology: topology === undefined ? undefined : files[topology],
  }));
}
