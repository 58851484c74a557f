import type { TrajectoryFormat } from './format.ts';
import { bcifFormat } from './cif/bcif-format.ts';
import { cifFormat } from './cif/cif-format.ts';
import { lammpsDataFormat } from './lammps/data-format.ts';
import { lammpsDumpFormat } from './lammps/dump-format.ts';
import { mol2Format } from './mol2/mol2-format.ts';
import { sdfFormat } from './sdf/sdf-format.ts';
import { poscarFormat, xdatcarFormat } from './vasp/vasp-formats.ts';

/** The formats of simulation and crystallography programs that are text, and BinaryCIF, in the order in which they are asked. */
export const TEXT_FORMATS: readonly TrajectoryFormat[] = [
  cifFormat,
  bcifFormat,
  lammpsDumpFormat,
  lammpsDataFormat,
  sdfFormat,
  mol2Format,
  xdatcarFormat,
  poscarFormat,
];
