import type { TrajectoryFormat } from '../format.ts';
import { textOf } from '../text/bytes-text.ts';
import { TextTrajectory, type TextFormat } from '../text/text-trajectory.ts';
import { Mol2Scanner } from './mol2-scanner.ts';
import { readMol2Frame } from './read-mol2.ts';

const means: TextFormat = {
  name: 'mol2',
  scanner: (index) => new Mol2Scanner(index),
  readFrame: readMol2Frame,
};

/** Tripos mol2 files of one or many molecules. */
export const mol2Format: TrajectoryFormat = {
  name: 'mol2',
  extensions: ['mol2'],
  sniff: (head) => /^@<TRIPOS>(?:MOLECULE|COMMENT)\s*$/m.test(textOf(head, 0, Math.min(head.length, 4096))),
  open: (source, options) => Promise.resolve(new TextTrajectory(means, source, options)),
};
