import type { ByteSource, OpenTrajectoryOptions, Trajectory } from '../format.ts';
import { openTrajectory } from '../open-trajectory.ts';
import type { ScratchFile } from '../source/scratch-file.ts';
import { type Adaptation, adaptedTrajectory } from './adapted-trajectory.ts';
import { pairedTrajectory } from './paired-trajectory.ts';

/** What is known of a file besides the file: its topology, the elements of its types, the meaning of its names. */
export interface Reading extends Adaptation {
  /** Opens the file that says which atoms these are; called once. */
  topology?: (() => Promise<ByteSource>) | undefined;
}

/** A reader of files, such as `openTrajectory`. */
export type OpenAnyTrajectory = (
  source: ByteSource,
  options?: OpenTrajectoryOptions & { scratch?: ScratchFile },
) => Promise<Trajectory>;

/** A reader that understands files as `reading` says. What it opens rejects with `file/mismatch` where the two do not go together. */
export function adaptedReader(reading: Reading, open: OpenAnyTrajectory = openTrajectory): OpenAnyTrajectory {
  const { topology, elements, map } = reading;
  return async (source, options) => {
    let trajectory = await open(source, options);
    if (elements !== undefined || map !== undefined) {
      trajectory = await adaptedTrajectory(
        trajectory,
        { ...(elements && { elements }), ...(map && { map }) },
        source.name,
      );
    }
    if (topology === undefined) return trajectory;
    const topologySource = await topology();
    try {
      const names = { topology: topologySource.name, trajectory: source.name };
      return await pairedTrajectory(await open(topologySource), trajectory, names);
    } catch (error) {
      await topologySource.close();
      throw error;
    }
  };
}
