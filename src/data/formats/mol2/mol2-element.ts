import { atomicNumber, elementSymbol } from '../../../chem/elements.ts';
import { guessElement } from '../guess-element.ts';

/** Types that stand for any of several elements, or for none. */
const NONE: ReadonlySet<string> = new Set(['Du', 'LP', 'Any', 'Hal', 'Het', 'Hev', 'X']);

/** Types of force fields for molecules begin with a small letter: `ca` is an aromatic carbon, `cl` chlorine. */
const SMALL = /^(cl|br|[hcnopsfi])[a-z0-9+*]*$/;

/**
 * Atomic number of an atom by its type: the part before the dot of `C.ar`, `Cl`, `Co.oh`, or what a force field calls
 * `ca`. Any other type leaves it to the atom's name. 0 for sites that are no atoms.
 */
export function mol2Element(type: string, atomName: string, residueName: string): number {
  const [word] = type.split('.');
  if (NONE.has(word)) return 0;
  const number = atomicNumber(SMALL.exec(word)?.[1] ?? word);
  // CA is what another force field calls an aromatic carbon; calcium is written Ca.
  const isMeant = SMALL.test(word) || (number > 0 && elementSymbol(number) === word);
  return isMeant ? number : guessElement(atomName, residueName);
}
