import type { TrajectoryFormat } from '../format.ts';
import { BARE_TYPES, NO_TYPES } from '../no-elements.ts';
import { textOf } from '../text/bytes-text.ts';
import { TextTrajectory, type TextFormat } from '../text/text-trajectory.ts';
import { readDumpFrame } from './dump-frame.ts';
import { DumpScanner } from './dump-scanner.ts';

const means: TextFormat = {
  name: 'lammps-dump',
  scanner: (index, state) => new DumpScanner(index, state),
  readFrame: (bytes, isWanted, scanner) => readDumpFrame(bytes, isWanted, scanner as DumpScanner),
  warnings(scanner) {
    const { units, needsUnits, hasBareTypes, hasNothing } = scanner as DumpScanner;
    return [
      ...(needsUnits && units === undefined
        ? [
            'it does not name its units; those of "metal" were assumed: angstrom/ps for velocities, eV/angstrom for forces.',
          ]
        : []),
      ...(hasBareTypes ? [BARE_TYPES] : hasNothing ? [NO_TYPES] : []),
    ];
  },
};

/** LAMMPS' text dumps (`dump atom`, `dump custom`). */
export const lammpsDumpFormat: TrajectoryFormat = {
  name: 'lammps-dump',
  extensions: ['lammpstrj', 'dump', 'lammpsdump'],
  sniff: (head) =>
    /^\s*ITEM: (?:TIMESTEP|TIME|UNITS|NUMBER OF ATOMS)\s/.test(textOf(head, 0, Math.min(head.length, 512))),
  open: (source, options) => Promise.resolve(new TextTrajectory(means, source, options)),
};
