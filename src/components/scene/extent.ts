import { makeCell } from '../../chem/cell.ts';
import type { AtomTable } from './atom-table.ts';
import type { OrbitCamera } from './orbit-camera.ts';
import type { SceneFrame } from './scene-view.ts';
import { add, dot, lengthOf, scaled, subtract, type Vector } from './vector.ts';

/** A sphere around everything drawn, angstrom. */
export interface Extent {
  center: Vector;
  radius: number;
  /** Atoms whose position is not a number. */
  placeless: number;
}

/** How much further than needed `fit` steps back. */
const MARGIN = 1.1;
/** A cell with atoms in less than this part of its diagonal, such as a protein in its crystal's cell, is not fitted in. */
const SPARSE = 0.4;
/** Surroundings shown with chosen atoms, angstrom. */
const SURROUNDINGS = 2;

const NO_ATOMS = { positions: new Float32Array(0), count: 0 };

/** The eight corners of a frame's cell, or none. */
export function cellCorners(frame: SceneFrame | undefined): Vector[] {
  const cell = frame?.cell;
  if (!cell || cell.length < 9 || !cell.every(Number.isFinite)) return [];
  if (!makeCell(cell, [1, 1, 1])) return [];
  const origin = frame?.cellOrigin;
  const isPlaced = origin?.length === 3 && origin.every(Number.isFinite);
  return Array.from({ length: 8 }, (_, corner) => {
    let point: Vector = isPlaced ? [origin[0], origin[1], origin[2]] : [0, 0, 0];
    for (let axis = 0; axis < 3; axis += 1)
      if ((corner >> axis) & 1) point = add(point, [cell[3 * axis], cell[3 * axis + 1], cell[3 * axis + 2]]);
    return point;
  });
}

/** A sphere around the visible atoms and the corners; one pass, atoms whose position is not a number left out. */
export function extentOf(atoms: Pick<AtomTable, 'positions' | 'count'>, corners: readonly Vector[]): Extent {
  const low: Vector = [0, 0, 0];
  const half: Vector = [0, 0, 0];
  const placeless = countPlaceless(atoms.positions, atoms.count);
  for (let axis = 0; axis < 3; axis += 1) {
    const range = rangeOf(atoms.positions, atoms.count, axis);
    for (const corner of corners) {
      range[0] = Math.min(range[0], corner[axis]);
      range[1] = Math.max(range[1], corner[axis]);
    }
    if (!(range[1] >= range[0])) return { center: [0, 0, 0], radius: 1, placeless };
    low[axis] = range[0];
    half[axis] = (range[1] - range[0]) / 2;
  }
  return { center: add(low, half), radius: lengthOf(half) + 4, placeless };
}

/** As below, numbers only: a sum that is not finite has a part that is not. */
function countPlaceless(positions: Float32Array, count: number): number {
  let placeless = 0;
  for (let i = 0; i < 3 * count; i += 3) {
    const sum = positions[i] + positions[i + 1] + positions[i + 2];
    placeless += sum - sum === 0 ? 0 : 1;
  }
  return placeless;
}

/** Least and most along an axis. Nothing but numbers in a loop: whatever else is in it leaves an object an atom until compiled. */
function rangeOf(positions: Float32Array, count: number, axis: number): [number, number] {
  let least = Infinity;
  let most = -Infinity;
  const end = 3 * count;
  for (let at = 0; at < end; at += 3) {
    const along = positions[at + axis];
    // True of numbers only, and of whole atoms only: one of three coordinates makes the sum what it is.
    if (!(Math.abs(positions[at] + positions[at + 1] + positions[at + 2]) < Infinity)) continue;
    if (along < least) least = along;
    if (along > most) most = along;
  }
  return [least, most];
}

/** The corners that are worth seeing whole: none where the atoms would be a speck in the cell. */
function cornersWorth(atoms: AtomTable, corners: readonly Vector[]): readonly Vector[] {
  if (corners.length === 0 || atoms.count === 0) return corners;
  const isSpeck = extentOf(atoms, []).radius < SPARSE * extentOf(NO_ATOMS, corners).radius;
  return isSpeck ? [] : corners;
}

/** Moves the camera, keeping its direction, so that the chosen atoms (all visible ones) and the corners fill the picture. */
export function fitCamera(
  camera: OrbitCamera,
  atoms: AtomTable,
  corners: readonly Vector[],
  chosen: Uint32Array | undefined,
): void {
  const shown = cornersWorth(atoms, corners);
  const axes = camera.axes();
  const [right, up, back] = axes;
  const low: Vector = [Infinity, Infinity, Infinity];
  const high: Vector = [-Infinity, -Infinity, -Infinity];
  const visit = (each: (point: Vector, radius: number) => void): void => {
    for (const corner of shown) each(corner, 0.2);
    for (let i = 0; i < (chosen?.length ?? atoms.count); i += 1) {
      const atom = chosen ? chosen[i] : i;
      if (atom >= atoms.count || atoms.isHidden(atom)) continue;
      const { positions: p } = atoms;
      const point: Vector = [p[3 * atom], p[3 * atom + 1], p[3 * atom + 2]];
      if (Number.isFinite(point[0] + point[1] + point[2]))
        each(point, Math.max(atoms.radius(atom), 0.3) + (chosen ? SURROUNDINGS : 0));
    }
  };
  visit((point, radius) => {
    for (let k = 0; k < 3; k += 1) {
      const along = dot(point, axes[k]);
      low[k] = Math.min(low[k], along - radius);
      high[k] = Math.max(high[k], along + radius);
    }
  });
  if (!(high[0] >= low[0])) return;
  const middle = low.map((value, k) => (value + high[k]) / 2);
  const center = add(add(scaled(right, middle[0]), up, middle[1]), back, middle[2]);
  const height = MARGIN * Math.max(high[1] - low[1], (high[0] - low[0]) / camera.aspect, 3);
  const angles = camera.halfAngles() ?? [0.26, 0.26];
  let distance = 0;
  // A sphere touches a plane of the view's pyramid where offset * cos + radius = (distance - depth) * sin.
  visit((point, radius) => {
    const offset = subtract(point, center);
    for (const [k, angle] of angles.entries()) {
      const aside = Math.abs(dot(offset, axes[k]));
      const needed = dot(offset, back) + (aside * Math.cos(angle) + radius) / Math.sin(angle);
      distance = Math.max(distance, needed);
    }
  });
  camera.place(center, Math.max(distance * MARGIN, 6), height);
}
