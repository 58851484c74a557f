/** What bond perception reads. */
export interface BondInput {
  atomCount: number;
  /** (N,3) angstrom. */
  positions: Float32Array | Float64Array;
  /** Atomic numbers (N). */
  numbers: Uint8Array;
  /** Rows are the cell vectors, angstrom. */
  cell?: ArrayLike<number> | undefined;
  /** Three truth values. */
  pbc?: ArrayLike<number> | undefined;
}

/** Bonds as pairs of atoms. */
export interface Bonds {
  readonly count: number;
  /** (M,2): atom indices. */
  readonly pairs: Uint32Array;
  /** (M,3): how many cell vectors to add to the second atom's position to meet the first; absent without a cell. */
  readonly shifts?: Int16Array;
}
