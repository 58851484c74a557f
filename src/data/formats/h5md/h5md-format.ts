import { BinaryTrajectory, damageOf } from '../binary/binary-trajectory.ts';
import { offsetIndex } from '../binary/offset-index.ts';
import type { TrajectoryFormat } from '../format.ts';
import { isHdf5 } from './superblock.ts';

/** H5MD, the trajectories in HDF5 of MDAnalysis, ESPResSo, znh5md and others. HDF5 itself is loaded when it is needed. */
export const h5mdFormat: TrajectoryFormat = {
  name: 'h5md',
  extensions: ['h5md', 'h5', 'hdf5'],
  sniff: isHdf5,
  async open(source, options) {
    // An index of another format is refused even though none is needed.
    offsetIndex('h5md', source.byteLength, options?.index);
    const { H5mdReader } = await import('./h5md-reader.ts');
    try {
      return new BinaryTrajectory(await H5mdReader.open(source, options?.signal), source);
    } catch (error) {
      throw damageOf(source.name, undefined, error);
    }
  },
};
