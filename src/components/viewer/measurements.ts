import { makeCell, minimumImage } from '../../chem/cell.ts';
import type { CameraPose } from '../../protocol/presence.ts';
import type { SceneFrame } from '../scene/scene-view.ts';

/** A measured pair in the frame shown. Lengths in angstrom. */
export interface Measurement {
  atoms: readonly [number, number];
  distance: number;
  /** Halfway from the first atom to the nearest image of the second. */
  middle: [number, number, number];
  /** True when the nearest image is not the atom in the picture. */
  isThroughCell: boolean;
}

/** Distance of two atoms, to the nearest image along the axes that repeat; undefined when the frame lacks one of them. */
export function measure(frame: SceneFrame, atoms: readonly [number, number]): Measurement | undefined {
  const [a, b] = atoms;
  if (a >= frame.atomCount || b >= frame.atomCount) return undefined;
  const { positions } = frame;
  const straight = Float64Array.from([0, 1, 2], (axis) => positions[b * 3 + axis] - positions[a * 3 + axis]);
  const cell = makeCell(frame.cell, frame.pbc);
  const delta = cell === undefined ? straight : minimumImage(cell, straight.slice());
  const distance = Math.hypot(...delta);
  if (!Number.isFinite(distance)) return undefined;
  return {
    atoms,
    distance,
    middle: [0, 1, 2].map((axis) => positions[a * 3 + axis] + delta[axis] / 2) as [number, number, number],
    isThroughCell: Math.abs(Math.hypot(...straight) - distance) > 1e-3,
  };
}

type Vector = readonly [number, number, number];

function minus(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}
function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
function unit(a: Vector): Vector {
  const length = Math.hypot(...a) || 1;
  return [a[0] / length, a[1] / length, a[2] / length];
}

/** Where a point (angstrom) is in a picture of the given size in CSS pixels; undefined behind the camera. */
export function projectPoint(
  camera: CameraPose,
  point: Vector,
  width: number,
  height: number,
): { x: number; y: number } | undefined {
  const forward = unit(minus(camera.target, camera.position));
  const right = unit(cross(forward, camera.up));
  const up = cross(right, forward);
  const from = minus(point, camera.position);
  const depth = dot(from, forward);
  if (depth <= 0) return undefined;
  const halfHeight =
    camera.fov === undefined ? (camera.height ?? 1) / 2 : Math.tan((camera.fov * Math.PI) / 360) * depth;
  const scale = height / 2 / halfHeight;
  return { x: width / 2 + dot(from, right) * scale, y: height / 2 - dot(from, up) * scale };
}
