import { atomicNumber } from '../../chem/elements.ts';

/** Residues that are one ion or metal atom, or whose atom has the residue's name. */
const IONS: ReadonlyMap<string, string> = new Map([
  ['SOD', 'Na'],
  ['POT', 'K'],
  ['CLA', 'Cl'],
  ['CAL', 'Ca'],
  ['CES', 'Cs'],
  ['LIT', 'Li'],
  ['RUB', 'Rb'],
  ['BAR', 'Ba'],
  ['ZN2', 'Zn'],
  ['MG2', 'Mg'],
  ['CA2', 'Ca'],
  ['FE2', 'Fe'],
  ['FE3', 'Fe'],
  ['CU1', 'Cu'],
  ['CU2', 'Cu'],
  ['MN2', 'Mn'],
  ['IB', 'I'],
]);

/** Interaction sites and lone pairs that are no atoms. */
const NO_ATOM = /^(?:M|MW|MW\d|EP|EPW|LP|LP\d|LPA|LPB|DUM|VS\d*|D[1-9])$/;

const WATERS: ReadonlySet<string> = new Set([
  'HOH',
  'SOL',
  'WAT',
  'TIP3',
  'TIP4',
  'TIP5',
  'TIP',
  'SPC',
  'SPCE',
  'H2O',
  'DOD',
]);

/** Whether a residue of this name is water. */
export function isWater(residueName: string): boolean {
  return WATERS.has(residueName.toUpperCase());
}

/** Elements whose two-letter symbol is believed in an upper-case atom name of a residue that is no ion. */
const TWO_LETTERS: ReadonlySet<string> = new Set([
  'CL',
  'BR',
  'FE',
  'ZN',
  'MG',
  'MN',
  'SI',
  'LI',
  'AL',
  'SE',
  'NI',
  'CU',
]);

/** CL and one letter more: CLA ... CLG of palmitoyl. */
const CARBON_OF_CHAIN = /^CL[A-Z]$/;

/** Residues in which CA, CD, NE ... are carbon and nitrogen: amino acids, nucleotides. */
const ORGANIC =
  /^(?:[NC]?(?:ALA|ARG|ASN|ASP|ASH|CYS|CYX|CYM|GLN|GLU|GLH|GLY|HIS|HI[DEP]|HS[DEP]|ILE|LEU|LYS|LYN|MET|PHE|PRO|SER|THR|TRP|TYR|VAL)|ACE|NME|NMA|NH2|[DR]?[ACGTU][35N]?)$/;

/**
 * Atomic number of an atom from its name and the name of its residue, for files that do not say; 0 where the name is no
 * element's and for sites that are no atoms. Elements of ions are found by their whole name where the residue has it too
 * or is that one atom (`isLone`), those of halogens and metals by their symbol, else the first letter counts.
 */
export function guessElement(atomName: string, residueName: string, isLone = false): number {
  const name = atomName.replace(/^[\d'"*]+/, '').replace(/['"*].*$/, '');
  const letters = /^[A-Za-z]+/.exec(name)?.[0] ?? '';
  if (letters === '') return 0;
  const upper = name.toUpperCase();
  const residue = residueName.toUpperCase();
  const isProtein = ORGANIC.test(residue);
  if (!isProtein) {
    const ion = ionElement(upper, residue, isLone);
    if (ion !== 0) return ion;
  }
  if (NO_ATOM.test(upper) && !isProtein) return 0;
  if (WATERS.has(residue)) return atomicNumber(letters[0]);
  // Chemists write Cl, force fields CL: a small second letter settles it.
  if (/^[A-Z][a-z]/.test(letters)) {
    const proper = atomicNumber(letters.slice(0, 2));
    if (proper !== 0) return proper;
  }
  // CL, CL1 and CLAA are chlorine; CLA, CLB ... are carbons of a chain that somebody called L.
  if (!isProtein && !CARBON_OF_CHAIN.test(upper)) {
    const two = letters.slice(0, 2).toUpperCase();
    if (TWO_LETTERS.has(two) && atomicNumber(two) !== 0) return atomicNumber(two);
  }
  return atomicNumber(letters[0]) || atomicNumber(letters.slice(0, 2));
}

/** The ion an atom is, 0 for none; a molecule may have the code of an ion (CLA is chlorophyll too), or atoms named like one. */
function ionElement(atom: string, residue: string, isLone: boolean): number {
  const bare = residue.replace(/[\d+-]+$/, '');
  const bareAtom = atom.replace(/[\d+-]+$/, '');
  if (bareAtom === bare || atom === residue) return atomicNumber(IONS.get(atom) ?? IONS.get(residue) ?? bare);
  const named = IONS.get(residue);
  if (named !== undefined && (isLone || bareAtom === named.toUpperCase())) return atomicNumber(named);
  return isLone ? atomicNumber(IONS.get(atom) ?? '') : 0;
}
