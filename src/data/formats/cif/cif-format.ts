import type { TrajectoryFormat } from '../format.ts';
import { textOf } from '../text/bytes-text.ts';
import { TextTrajectory, type TextFormat } from '../text/text-trajectory.ts';
import { CifScanner } from './cif-scanner.ts';
import { readCifFrame } from './read-cif-frame.ts';

const means: TextFormat = {
  name: 'cif',
  scanner: (index, state) => new CifScanner(index, state),
  readFrame: (bytes, isWanted, scanner, frame) => readCifFrame(bytes, isWanted, scanner as CifScanner, frame),
  lateKeys: ['cell', 'pbc', 'info.links', 'info.title', 'info.space_group'],
  warnings: (scanner) =>
    (scanner as CifScanner).unexpanded.map(
      (group) => `it names the space group ${group} without its operations; only the given atoms are shown.`,
    ),
};

/** CIF: crystals with their symmetry, and the models of macromolecules (mmCIF). */
export const cifFormat: TrajectoryFormat = {
  name: 'cif',
  extensions: ['cif', 'mmcif', 'mcif'],
  sniff: (head) => /^(?:\s|#[^\n]*\n)*data_\S*\s/i.test(textOf(head, 0, Math.min(head.length, 16_384))),
  open: (source, options) => Promise.resolve(new TextTrajectory(means, source, options)),
};
