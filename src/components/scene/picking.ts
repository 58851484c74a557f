import type { AtomTable } from './atom-table.ts';
import { HIDDEN } from './atom-table.ts';
import type { OrbitCamera } from './orbit-camera.ts';
import type { IsInside, ScenePick } from './scene-view.ts';
import { PALETTE_WIDTH } from './style-sheet.ts';
import { add } from './vector.ts';

/** The nearest visible atom whose sphere the ray under a pixel meets; exact, on the CPU, in one pass. */
export function pickAtom(atoms: AtomTable, camera: OrbitCamera, x: number, y: number): ScenePick | undefined {
  const { origin, direction } = camera.ray(x, y);
  const [ox, oy, oz] = origin;
  const [dx, dy, dz] = direction;
  const { positions, states, count } = atoms;
  const entries = atoms.sheet.entries;
  let nearest = Infinity;
  let found = -1;
  for (let atom = 0; atom < count; atom += 1) {
    const ex = positions[3 * atom] - ox;
    const ey = positions[3 * atom + 1] - oy;
    const ez = positions[3 * atom + 2] - oz;
    const along = ex * dx + ey * dy + ez * dz;
    const aside = ex * ex + ey * ey + ez * ez - along * along;
    const radius = entries[4 * (states[4 * atom + 1] * PALETTE_WIDTH + states[4 * atom]) + 3];
    const rest = radius * radius - aside;
    if (!(rest >= 0)) continue;
    const distance = along - Math.sqrt(rest);
    if (distance >= nearest || distance <= 0 || (states[4 * atom + 3] & HIDDEN) !== 0) continue;
    nearest = distance;
    found = atom;
  }
  return found < 0 ? undefined : { atom: found, point: add(origin, direction, nearest) };
}

/**
 * Visible atoms whose centres lie in a rectangle of CSS pixels, and where `isInside` says so, ascending; the corners
 * may come in any order.
 */
export function pickInRectangle(
  atoms: AtomTable,
  camera: OrbitCamera,
  corners: readonly [number, number, number, number],
  isInside?: IsInside,
): Uint32Array {
  const [left, right] = [Math.min(corners[0], corners[2]), Math.max(corners[0], corners[2])];
  const [top, bottom] = [Math.min(corners[1], corners[3]), Math.max(corners[1], corners[3])];
  const inside: number[] = [];
  const at = new Float64Array(3);
  const project = camera.projector();
  const { positions, states, count } = atoms;
  for (let atom = 0; atom < count; atom += 1) {
    if ((states[4 * atom + 3] & HIDDEN) !== 0) continue;
    if (!project(positions[3 * atom], positions[3 * atom + 1], positions[3 * atom + 2], at)) continue;
    if (!(at[0] >= left && at[0] <= right && at[1] >= top && at[1] <= bottom)) continue;
    if (isInside === undefined || isInside(at[0], at[1])) inside.push(atom);
  }
  return Uint32Array.from(inside);
}

/** Where an atom's centre is in CSS pixels; undefined behind the camera or for an atom that is not there. */
export function projectAtom(
  atoms: AtomTable,
  camera: OrbitCamera,
  atom: number,
): { x: number; y: number; depth: number } | undefined {
  if (!(atom >= 0 && atom < atoms.count)) return undefined;
  const { positions } = atoms;
  return camera.project([positions[3 * atom], positions[3 * atom + 1], positions[3 * atom + 2]]);
}
