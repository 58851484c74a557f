import { ELEMENTS } from '../../../chem/elements.ts';

/** Masses may be rounded; united atoms (CH2 has 14.027, nitrogen 14.007) must not be taken for elements. */
const LIGHT = { below: 30, tolerance: 0.012 };
const HEAVY_TOLERANCE = 0.05;

/**
 * Atomic number of the element whose mass (u) this is; 0 when none is near enough, and for the mass 1 that stands for
 * no element in files without units.
 */
export function elementOfMass(mass: number): number {
  if (mass === 1) return 0;
  const tolerance = mass < LIGHT.below ? LIGHT.tolerance : HEAVY_TOLERANCE;
  let best = 0;
  let distance = tolerance;
  for (const { number, mass: standard } of ELEMENTS) {
    const away = Math.abs(standard - mass);
    if (number > 0 && away <= distance) [best, distance] = [number, away];
  }
  return best;
}
