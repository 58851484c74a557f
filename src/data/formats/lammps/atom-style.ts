/** Places of the words of an atom in the section Atoms; -1 for what the style does not have. */
export interface AtomStyle {
  molecule: number;
  type: number;
  charge: number;
  /** Place of x; y and z follow. */
  x: number;
  /** Words without the three image flags that may follow. */
  width: number;
}

const STYLES: Readonly<Record<string, AtomStyle>> = {
  atomic: { molecule: -1, type: 1, charge: -1, x: 2, width: 5 },
  charge: { molecule: -1, type: 1, charge: 2, x: 3, width: 6 },
  molecular: { molecule: 1, type: 2, charge: -1, x: 3, width: 6 },
  bond: { molecule: 1, type: 2, charge: -1, x: 3, width: 6 },
  angle: { molecule: 1, type: 2, charge: -1, x: 3, width: 6 },
  full: { molecule: 1, type: 2, charge: 3, x: 4, width: 7 },
  sphere: { molecule: -1, type: 1, charge: -1, x: 4, width: 7 },
  dipole: { molecule: -1, type: 1, charge: 2, x: 3, width: 9 },
  electron: { molecule: -1, type: 1, charge: 2, x: 5, width: 8 },
};

/** The styles that are read, for sentences. */
export const ATOM_STYLES: string = Object.keys(STYLES).join(', ');

/**
 * The style of this name, else the one that the words of an atom fit; undefined when it is not known. Six words are a
 * charge when the third is no whole number, else a molecule and a type.
 */
export function styleOf(name: string | undefined, row: readonly string[]): AtomStyle | undefined {
  if (name !== undefined && /^[a-z]/.test(name)) return STYLES[name];
  const isWhole = (word: string | undefined): boolean => /^-?\d+$/.test(word ?? '');
  switch (row.length) {
    case 5:
    case 8:
      return STYLES.atomic;
    case 6:
    case 9:
      return isWhole(row[1]) && isWhole(row[2]) ? STYLES.molecular : STYLES.charge;
    case 7:
    case 10:
      return STYLES.full;
    default:
      return undefined;
  }
}
