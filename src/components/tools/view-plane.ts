import type { CameraPose } from '../../protocol/presence.ts';
import { add, cross, dot, normalized, scaled, subtract, type Vector } from '../scene/vector.ts';

/** A place in the picture, CSS pixels from its top left. */
export interface Pixel {
  x: number;
  y: number;
}

/** Right, up and towards the viewer, orthonormal. */
export function viewAxes({ position, target, up }: CameraPose): [Vector, Vector, Vector] {
  const back = normalized(subtract(position, target));
  const right = normalized(cross(up, back), [1, 0, 0]);
  return [right, cross(back, right), back];
}

/** CSS pixels an angstrom covers at a point; 0 behind the camera. */
export function pixelsPerAngstrom(camera: CameraPose, point: Vector, heightPixels: number): number {
  const [, , back] = viewAxes(camera);
  const depth = dot(subtract(camera.position, point), back);
  if (camera.fov === undefined) return heightPixels / Math.max(camera.height ?? 1, 1e-9);
  return depth <= 1e-9 ? 0 : heightPixels / (2 * Math.tan((camera.fov * Math.PI) / 360) * depth);
}

/** Where a point (angstrom) is in a picture of the given size in CSS pixels; undefined behind the camera. */
export function projectPoint(camera: CameraPose, point: Vector, width: number, height: number): Pixel | undefined {
  const [right, up, back] = viewAxes(camera);
  const from = subtract(point, camera.position);
  if (dot(from, back) >= 0) return undefined;
  const scale = pixelsPerAngstrom(camera, point, height);
  return { x: width / 2 + dot(from, right) * scale, y: height / 2 - dot(from, up) * scale };
}

/** The shift parallel to the screen that moves a point by so many CSS pixels. */
export function shiftInPlane(camera: CameraPose, point: Vector, heightPixels: number, dx: number, dy: number): Vector {
  const [right, up] = viewAxes(camera);
  const scale = pixelsPerAngstrom(camera, point, heightPixels);
  return scale === 0 ? [0, 0, 0] : add(scaled(right, dx / scale), up, -dy / scale);
}
