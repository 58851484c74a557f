import type { CdfVariable } from './cdf-header.ts';

/** kcal/mol in eV. */
const KILOCALORIE_PER_MOLE = 4.184 / 96.485_332_12;

/** What AMBER calls a value, our key, and what each unit is in ours; the first unit is the one that is meant without. */
interface AmberName {
  variable: string;
  key: string;
  units: Readonly<Record<string, number>>;
}

const LENGTHS = { angstrom: 1, angstroms: 1, a: 1, nanometer: 10, nanometers: 10, nm: 10 };

const NAMES: readonly AmberName[] = [
  { variable: 'coordinates', key: 'positions', units: LENGTHS },
  {
    variable: 'velocities',
    key: 'velocities',
    units: { 'angstrom/picosecond': 0.001, 'angstroms/picosecond': 0.001, 'nanometer/picosecond': 0.01 },
  },
  {
    variable: 'forces',
    key: 'forces',
    units: {
      'kilocalorie/mole/angstrom': KILOCALORIE_PER_MOLE,
      'kilojoule/mole/angstrom': 1 / 96.485_332_12,
      'kilojoule/mole/nanometer': 1 / 964.853_321_2,
    },
  },
  { variable: 'time', key: 'time', units: { picosecond: 1, picoseconds: 1, ps: 1, femtosecond: 0.001 } },
  { variable: 'cell_lengths', key: 'cell', units: LENGTHS },
];

/** Our key of a variable, the factor to our unit, and whether its unit is one that we know. */
export interface AmberMeaning {
  key: string;
  factor: number;
  unit: string | undefined;
  isKnownUnit: boolean;
}

/** What a variable of an AMBER file means; undefined when it has no fixed meaning. */
export function meaningOf({ name, attributes }: CdfVariable): AmberMeaning | undefined {
  const found = NAMES.find(({ variable }) => variable === name);
  if (found === undefined) return undefined;
  const said = attributes.get('units');
  const unit = typeof said === 'string' ? said.replaceAll('\0', '').trim() : undefined;
  const factors = new Map(Object.entries(found.units));
  const factor = unit === undefined || unit === '' ? undefined : factors.get(unit.toLowerCase());
  const [otherwise] = factors.values();
  return { key: found.key, factor: factor ?? otherwise, unit, isKnownUnit: factor !== undefined || !unit };
}
