/** Where H5MD keeps what a frame holds under a key, and what it is measured in there. */
export interface H5mdElement {
  /** Below `particles/<group>/`. */
  element: string;
  key: string;
  /** Factor from each unit, written as H5MD writes it, to ours. */
  units: Readonly<Record<string, number>>;
}

const ANGSTROM = { Angstrom: 1, angstrom: 1, A: 1, nm: 10, pm: 0.01, um: 1e4, m: 1e10 };
/** kJ/mol in eV. */
const KILOJOULE_PER_MOLE = 1 / 96.485_332_12;
const KILOCALORIE_PER_MOLE = 4.184 * KILOJOULE_PER_MOLE;

/** Factor of each unit of energy to eV. */
export const ENERGY_UNITS: Readonly<Record<string, number>> = {
  eV: 1,
  meV: 0.001,
  'kJ mol-1': KILOJOULE_PER_MOLE,
  'kcal mol-1': KILOCALORIE_PER_MOLE,
};

/** Factor of each unit of time to ps. */
export const TIME_UNITS: Readonly<Record<string, number>> = { fs: 0.001, ps: 1, ns: 1000, us: 1e6 };

/** Factor of each unit of length to angstrom. */
export const LENGTH_UNITS: Readonly<Record<string, number>> = ANGSTROM;

/** Every quotient of two tables of units, named as H5MD names it. */
function quotients(
  over: Readonly<Record<string, number>>,
  under: Readonly<Record<string, number>>,
  scale: number,
): Record<string, number> {
  const units: Record<string, number> = {};
  for (const [a, x] of Object.entries(over)) {
    for (const [b, y] of Object.entries(under)) units[`${a} ${b}-1`] = (x / y) * scale;
  }
  return units;
}

/** Per-atom elements; positions first. */
export const H5MD_ELEMENTS: readonly H5mdElement[] = [
  { element: 'position', key: 'positions', units: ANGSTROM },
  { element: 'species', key: 'numbers', units: {} },
  // Angstrom per fs: a time is counted in ps above.
  { element: 'velocity', key: 'velocities', units: quotients(ANGSTROM, TIME_UNITS, 0.001) },
  { element: 'force', key: 'forces', units: quotients(ENERGY_UNITS, ANGSTROM, 1) },
  { element: 'charge', key: 'charges', units: { e: 1 } },
  { element: 'mass', key: 'masses', units: { u: 1 } },
  { element: 'id', key: 'ids', units: {} },
];

/** Observables that are the energy of the frame. */
export const ENERGY_OBSERVABLES: ReadonlySet<string> = new Set(['energy', 'potential_energy']);
