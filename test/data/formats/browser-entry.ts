import { isFrameArray } from '../../../src/protocol/frames.ts';
import type { Trajectory } from '../../../src/data/formats/format.ts';
import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { blobSource } from '../../../src/data/formats/source/blob-source.ts';

/** What a page sees of a file: what Node must see too. */
export interface SeenFile {
  format: string;
  count: number;
  /** Sums of the positions of each frame. */
  sums: number[];
  error?: string;
}

/** Opens the bytes as a dropped file would be opened. */
export async function seeFile(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<SeenFile> {
  let trajectory: Trajectory;
  try {
    trajectory = await openTrajectory(blobSource(new File([bytes], name)));
  } catch (thrown) {
    return { format: '', count: 0, sums: [], error: (thrown as Error).message };
  }
  let error: string | undefined;
  await trajectory.index().catch((thrown: Error) => {
    error = thrown.message;
  });
  const sums: number[] = [];
  for (let index = 0; index < trajectory.count; index += 1) {
    const { positions } = await trajectory.read(index);
    let sum = 0;
    if (isFrameArray(positions)) for (const value of positions.data) sum += value;
    sums.push(sum);
  }
  await trajectory.close();
  return { format: trajectory.format, count: trajectory.count, sums, ...(error === undefined ? {} : { error }) };
}

(globalThis as { seeFile?: typeof seeFile }).seeFile = seeFile;
