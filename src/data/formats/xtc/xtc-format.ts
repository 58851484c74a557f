import { BinaryTrajectory } from '../binary/binary-trajectory.ts';
import { offsetIndex } from '../binary/offset-index.ts';
import type { TrajectoryFormat } from '../format.ts';
import { LONG_MAGIC, MAGIC } from './xtc-header.ts';
import { XtcReader } from './xtc-reader.ts';

/** GROMACS' compressed trajectories: positions, box, time and step. */
export const xtcFormat: TrajectoryFormat = {
  name: 'xtc',
  extensions: ['xtc'],
  lacksElements: true,
  sniff(head) {
    if (head.length < 56) return false;
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const magic = view.getInt32(0);
    return (magic === MAGIC || magic === LONG_MAGIC) && view.getInt32(4) === view.getInt32(52);
  },
  open(source, options) {
    const { frames, indexedLength } = offsetIndex('xtc', source.byteLength, options?.index);
    return Promise.resolve(new BinaryTrajectory(new XtcReader(source, frames), source, indexedLength));
  },
};
