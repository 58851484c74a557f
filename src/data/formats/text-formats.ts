import type { TrajectoryFormat } from './format.ts';
import { lammpsDataFormat } from './lammps/data-format.ts';
import { lammpsDumpFormat } from './lammps/dump-format.ts';
import { sdfFormat } from './sdf/sdf-format.ts';
import { poscarFormat, xdatcarFormat } from './vasp/vasp-formats.ts';

/** The text formats of simulation and crystallography programs, in the order in which they are asked. */
export const TEXT_FORMATS: readonly TrajectoryFormat[] = [
  lammpsDumpFormat,
  lammpsDataFormat,
  sdfFormat,
  xdatcarFormat,
  poscarFormat,
];
