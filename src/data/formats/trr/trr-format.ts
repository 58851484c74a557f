import { BinaryTrajectory } from '../binary/binary-trajectory.ts';
import { offsetIndex } from '../binary/offset-index.ts';
import type { TrajectoryFormat } from '../format.ts';
import { textOf } from '../text/bytes-text.ts';
import { MAGIC } from './trr-header.ts';
import { TrrReader } from './trr-reader.ts';

/** GROMACS' full trajectories, single or double precision: positions, velocities, forces, box, time and step. */
export const trrFormat: TrajectoryFormat = {
  name: 'trr',
  extensions: ['trr'],
  lacksElements: true,
  sniff(head) {
    if (head.length < 24) return false;
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    return view.getInt32(0) === MAGIC && textOf(head, 12, 24) === 'GMX_trn_file';
  },
  open(source, options) {
    const { frames, indexedLength } = offsetIndex('trr', source.byteLength, options?.index);
    return Promise.resolve(new BinaryTrajectory(new TrrReader(source, frames), source, indexedLength));
  },
};
