import { BinaryTrajectory, damageOf } from '../binary/binary-trajectory.ts';
import { offsetIndex } from '../binary/offset-index.ts';
import type { TrajectoryFormat } from '../format.ts';
import { readDcdHeader } from './dcd-header.ts';
import { DcdReader } from './dcd-reader.ts';
import { layoutOf } from './dcd-record.ts';

/** Trajectories of CHARMM, NAMD, X-PLOR, LAMMPS and others, of either byte order. */
export const dcdFormat: TrajectoryFormat = {
  name: 'dcd',
  extensions: ['dcd'],
  lacksElements: true,
  sniff: (head) => layoutOf(head) !== undefined,
  async open(source, options) {
    // An index of another format is refused even though none is needed.
    offsetIndex('dcd', source.byteLength, options?.index);
    try {
      const header = await readDcdHeader(source, options?.signal);
      return new BinaryTrajectory(new DcdReader(source, header), source);
    } catch (error) {
      throw damageOf(source.name, undefined, error);
    }
  },
};
