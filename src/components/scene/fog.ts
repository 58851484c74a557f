/**
 * Between which distances a picture fades, and how far: much for a box of liquid, little for a molecule, whose depth is
 * plain. `depth` is that of the middle of a structure of `radius` angstrom.
 */
export function fogOf(depth: number, radius: number, strength: number): [number, number, number] {
  const most = 0.25 + 0.47 * Math.min(1, Math.max(0, (radius - 8) / 25));
  return [depth - radius * 0.75, depth + radius * 0.95, most * strength];
}
