import type { TrajectoryFormat } from '../format.ts';
import { BARE_TYPES } from '../no-elements.ts';
import { textOf } from '../text/bytes-text.ts';
import { TextTrajectory, type TextFormat } from '../text/text-trajectory.ts';
import { WholeFileScanner } from '../text/whole-file-scanner.ts';
import { readDataFile } from './read-data-file.ts';

const means: TextFormat = {
  name: 'lammps-data',
  scanner: (index) => new WholeFileScanner(index),
  readFrame: readDataFile,
  warnings: (_scanner, { hasBareTypes }) => (hasBareTypes ? [BARE_TYPES] : []),
};

/** LAMMPS' data files, read by `read_data` and written by `write_data`. */
export const lammpsDataFormat: TrajectoryFormat = {
  name: 'lammps-data',
  extensions: ['lmp', 'lammps', 'data', 'lmpdat'],
  sniff(head) {
    const text = textOf(head, 0, Math.min(head.length, 4096));
    return /^\s*\d+\s+atoms\s*(?:#.*)?\r?$/m.test(text) && /^\s*\S+\s+\S+\s+xlo\s+xhi/m.test(text);
  },
  open: (source, options) => Promise.resolve(new TextTrajectory(means, source, options)),
};
