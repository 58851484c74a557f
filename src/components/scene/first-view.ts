import type { SceneFrame } from './scene-view.ts';
import { normalized, rotated, type Vector } from './vector.ts';

/** From which side a structure is first seen. */
export interface FirstView {
  /** Towards the viewer. */
  back: Vector;
  up: Vector;
}

/** Crystals and boxes: from the front, a little from the right and above, z upwards. */
const FOR_CELLS: FirstView = { back: [0.27, -0.89, 0.37], up: [0, 0, 1] };
/** How far a molecule is turned from its flattest side, about the upright and the level axis, so that it has depth. */
const TURN = 0.3;
const TILT = 0.22;

/** A molecule without a cell is seen lying along its longest extent, nearly from its flattest side; all else as boxes are. */
export function firstView({ positions, atomCount, cell, pbc }: SceneFrame): FirstView {
  if (atomCount < 3 || cell?.some((part) => part !== 0) === true || pbc?.some(Boolean) === true) return FOR_CELLS;
  const axes = principalAxes(positions, atomCount);
  if (!axes) return FOR_CELLS;
  const [long, middle, flat] = axes;
  const back = rotated(rotated(flat, middle, TURN), long, -TILT);
  return { back, up: middle };
}

/** Directions of greatest, middle and least extent, right-handed; undefined when positions are not finite. */
function principalAxes(positions: ArrayLike<number>, atomCount: number): [Vector, Vector, Vector] | undefined {
  const mean = [0, 0, 0];
  for (let i = 0; i < 3 * atomCount; i += 1) mean[i % 3] += positions[i] / atomCount;
  const m = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (let i = 0; i < 3 * atomCount; i += 3)
    for (let j = 0; j < 3; j += 1)
      for (let k = 0; k < 3; k += 1) m[j][k] += (positions[i + j] - mean[j]) * (positions[i + k] - mean[k]);
  if (!m.flat().every(Number.isFinite)) return undefined;
  const long = dominant(m, [1, 0.31, 0.17]);
  const middle = dominant(m, perpendicularTo(long), long);
  const flat: Vector = [
    long[1] * middle[2] - long[2] * middle[1],
    long[2] * middle[0] - long[0] * middle[2],
    long[0] * middle[1] - long[1] * middle[0],
  ];
  return [long, middle, flat];
}

/** The direction a symmetric matrix stretches most, perpendicular to `without`; by repeated stretching. */
function dominant(m: readonly (readonly number[])[], start: Vector, without: Vector = [0, 0, 0]): Vector {
  let v = start;
  for (let step = 0; step < 60; step += 1) {
    const next = m.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as Vector;
    const along = next[0] * without[0] + next[1] * without[1] + next[2] * without[2];
    v = normalized(next.map((part, k) => part - along * without[k]) as Vector, v);
  }
  return v;
}

function perpendicularTo(v: Vector): Vector {
  const other: Vector = Math.abs(v[0]) < 0.7 ? [1, 0, 0] : [0, 1, 0];
  return normalized([
    v[1] * other[2] - v[2] * other[1],
    v[2] * other[0] - v[0] * other[2],
    v[0] * other[1] - v[1] * other[0],
  ]);
}
