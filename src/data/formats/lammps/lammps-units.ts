/** What one unit of a quantity is in those of frames: angstrom, angstrom/fs, eV/angstrom, ps. */
export interface LammpsUnits {
  length: number;
  velocity: number;
  force: number;
  time: number;
}

const BOHR = 0.529177210903;
const EV_OF_KCAL_PER_MOL = 0.0433641153087705;
const EV_PER_ANGSTROM_OF_NEWTON = 624_150_907.4;
const EV_PER_ANGSTROM_OF_HARTREE_PER_BOHR = 51.422067476;

/** The unit styles of LAMMPS that have units; `lj` has none. */
export const LAMMPS_UNITS: Readonly<Record<string, LammpsUnits>> = {
  metal: { length: 1, velocity: 1e-3, force: 1, time: 1 },
  real: { length: 1, velocity: 1, force: EV_OF_KCAL_PER_MOL, time: 1e-3 },
  electron: { length: BOHR, velocity: BOHR / 1.03275, force: EV_PER_ANGSTROM_OF_HARTREE_PER_BOHR, time: 1e-3 },
  si: { length: 1e10, velocity: 1e-5, force: EV_PER_ANGSTROM_OF_NEWTON, time: 1e12 },
  cgs: { length: 1e8, velocity: 1e-7, force: EV_PER_ANGSTROM_OF_NEWTON * 1e-5, time: 1e12 },
  micro: { length: 1e4, velocity: 1e-5, force: EV_PER_ANGSTROM_OF_NEWTON * 1e-9, time: 1e6 },
  nano: { length: 10, velocity: 1e-5, force: EV_PER_ANGSTROM_OF_NEWTON * 1e-12, time: 1e3 },
};

/** What is assumed where a file does not name its units. */
export const ASSUMED_UNITS = 'metal';

/** Where a file has no units, its values go under names that have none. */
export const NAMES_WITHOUT_UNITS: Readonly<Record<string, string>> = {
  velocities: 'arrays.velocity',
  forces: 'arrays.force',
  charges: 'arrays.charge',
  masses: 'arrays.mass',
};
