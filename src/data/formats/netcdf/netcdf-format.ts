import { BinaryTrajectory, damageOf } from '../binary/binary-trajectory.ts';
import { offsetIndex } from '../binary/offset-index.ts';
import type { TrajectoryFormat } from '../format.ts';
import { amberFrames } from './amber-frames.ts';
import { AmberReader } from './amber-reader.ts';
import { readCdfHeader } from './cdf-header.ts';

/** AMBER's trajectories and restart files in classic NetCDF (versions 1, 2 and 5 of the file). */
export const netcdfFormat: TrajectoryFormat = {
  name: 'netcdf',
  extensions: ['nc', 'ncdf', 'nctraj', 'ncrst', 'netcdf'],
  lacksElements: true,
  sniff: (head) => head.length > 4 && head[0] === 67 && head[1] === 68 && head[2] === 70 && [1, 2, 5].includes(head[3]),
  async open(source, options) {
    // An index of another format is refused even though none is needed.
    offsetIndex('netcdf', source.byteLength, options?.index);
    try {
      const header = await readCdfHeader(source, options?.signal);
      return new BinaryTrajectory(new AmberReader(source, header, amberFrames(header)), source);
    } catch (error) {
      throw damageOf(source.name, undefined, error);
    }
  },
};
