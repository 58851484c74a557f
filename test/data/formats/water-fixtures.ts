import { readFileSync } from 'node:fs';

/** Extensions of the binary fixtures that test/fixtures/formats/make-binary.py wrote. */
export const BINARY_FIXTURES = ['xtc', 'trr', 'dcd', 'nc', 'h5md'] as const;

/** Bytes of the fixture with this extension. */
export function waterFixture(extension: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../fixtures/formats/water.${extension}`, import.meta.url)));
}

/** Atoms and frames of each. */
export const WATER = { atoms: 12, frames: 5 };

/** Angstrom, as the script computes them. */
export function waterPositions(frame: number): number[] {
  return Array.from({ length: WATER.atoms }, (_, k) => [
    Math.floor(k / 3) * 3 + (k % 3) * 0.75 + frame * 0.125,
    (k % 3) * 0.5 + frame * 0.25,
    1.5 * Math.floor(k / 3) - frame,
  ]).flat();
}
