import { memoised } from './text/fixed-columns.ts';

/** Element of an atom from the names of atom and residue, and whether the residue is that atom alone. */
type Guess = (atomName: string, residueName: string, isLone: boolean) => number;

/**
 * Elements from names, while atoms are read: what an atom is may depend on whether its residue has others, which the
 * atoms behind it tell.
 */
export class LoneIons {
  private readonly both: (atomName: string, residueName: string) => number;
  /** Atoms that are ions if they are alone, and the element that they are then. */
  private readonly open: [atom: number, element: number][] = [];

  constructor(guess: Guess) {
    this.both = memoised((name, residue) => guess(name, residue, false) + 256 * guess(name, residue, true));
  }

  /** The element of the next atom as one of several of its residue. */
  element(atom: number, atomName: string, residueName: string): number {
    const both = this.both(atomName, residueName);
    const among = both % 256;
    const alone = (both - among) / 256;
    if (alone !== among) this.open.push([atom, alone]);
    return among;
  }

  /** Puts in what ions are, once all atoms are known; `isPartner` says whether two atoms are different ones of a residue. */
  settle(numbers: { [atom: number]: number }, isPartner: (atom: number, other: number) => boolean): void {
    for (const [atom, element] of this.open) {
      if (!isPartner(atom, atom - 1) && !isPartner(atom, atom + 1)) numbers[atom] = element;
    }
  }
}
