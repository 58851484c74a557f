/** What a unit is in ours: factor, and the powers of length, time, energy, mass, charge and amount. */
interface Measure {
  factor: number;
  powers: readonly number[];
}

const NONE: readonly number[] = [0, 0, 0, 0, 0, 0];
const power = (axis: number): readonly number[] => NONE.map((_, k) => (k === axis ? 1 : 0));
const [LENGTH, TIME, ENERGY, MASS, CHARGE, AMOUNT] = [0, 1, 2, 3, 4, 5].map(power);

/** In angstrom, fs, eV, u, e and particles. */
const UNITS: Readonly<Record<string, Measure>> = {
  angstrom: { factor: 1, powers: LENGTH },
  angstroms: { factor: 1, powers: LENGTH },
  A: { factor: 1, powers: LENGTH },
  '\u00C5': { factor: 1, powers: LENGTH },
  nm: { factor: 10, powers: LENGTH },
  pm: { factor: 0.01, powers: LENGTH },
  um: { factor: 1e4, powers: LENGTH },
  m: { factor: 1e10, powers: LENGTH },
  bohr: { factor: 0.529_177_210_903, powers: LENGTH },
  fs: { factor: 1, powers: TIME },
  ps: { factor: 1e3, powers: TIME },
  ns: { factor: 1e6, powers: TIME },
  us: { factor: 1e9, powers: TIME },
  s: { factor: 1e15, powers: TIME },
  eV: { factor: 1, powers: ENERGY },
  meV: { factor: 1e-3, powers: ENERGY },
  Hartree: { factor: 27.211_386_245_988, powers: ENERGY },
  J: { factor: 6.241_509_074e18, powers: ENERGY },
  kJ: { factor: 6.241_509_074e21, powers: ENERGY },
  kcal: { factor: 4.184 * 6.241_509_074e21, powers: ENERGY },
  mol: { factor: 6.022_140_76e23, powers: AMOUNT },
  u: { factor: 1, powers: MASS },
  amu: { factor: 1, powers: MASS },
  e: { factor: 1, powers: CHARGE },
};

/** Ours, by what is measured. */
export const DIMENSIONS: Readonly<
  Record<'length' | 'time' | 'energy' | 'mass' | 'charge' | 'velocity' | 'force', readonly number[]>
> = {
  length: LENGTH,
  time: TIME,
  energy: ENERGY,
  mass: MASS,
  charge: CHARGE,
  velocity: LENGTH.map((value, axis) => value - TIME[axis]),
  force: ENERGY.map((value, axis) => value - LENGTH[axis]),
};

/**
 * The factor from a unit, as H5MD writes it (`kJ mol-1 nm-1`) or with a slash (`eV/Angstrom`), to ours for that
 * dimension: angstrom, fs, eV, u, e. Undefined when the unit is not known or measures something else.
 */
export function unitFactor(unit: string, dimension: readonly number[]): number | undefined {
  let factor = 1;
  const powers = [...NONE];
  let sign = 1;
  for (const part of unit.trim().split(/([\s*/]+)/)) {
    if (part === '' || /^[\s*/]+$/.test(part)) {
      if (part.includes('/')) sign = -1;
      continue;
    }
    const [, name, exponent] = /^([^\d^+-]+)(?:\^?([+-]?\d+))?$/.exec(part) ?? [];
    const measure = name === undefined ? undefined : measureOf(name);
    if (measure === undefined) return undefined;
    const times = sign * Number(exponent ?? 1);
    factor *= measure.factor ** times;
    for (const [axis, value] of measure.powers.entries()) powers[axis] += value * times;
  }
  const amount = powers[5];
  // An energy of a mole is that of its particles.
  const isSame = dimension.every((value, axis) => axis === 5 || value === powers[axis]);
  return isSame && (amount === 0 || (amount === -1 && powers[2] === 1)) ? factor : undefined;
}

function measureOf(name: string): Measure | undefined {
  if (Object.hasOwn(UNITS, name)) return UNITS[name];
  const lower = name.toLowerCase();
  return Object.hasOwn(UNITS, lower) && name.length > 3 ? UNITS[lower] : undefined;
}
