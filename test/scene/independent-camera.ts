import type { CameraPose } from '../../src/protocol/presence.ts';

type Point = readonly number[];

/** A picture as the tests read it. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8Array;
}

/** A picture as it came from the page. */
export function pictureOf({ width, height, base64 }: { width: number; height: number; base64: string }): Picture {
  return { width, height, data: Buffer.from(base64, 'base64') };
}

/**
 * Where a point appears, from the pose alone and by another way than the product's: a full 4 x 4 look-at matrix and
 * frustum, multiplied out. Returns pixels from the top left and the depth along the view.
 */
export function lookAt(pose: CameraPose, width: number, height: number, point: Point): [number, number, number] {
  const forward = unit(pose.target.map((t, k) => t - pose.position[k]));
  const side = unit(crossed(forward, pose.up));
  const rise = crossed(side, forward);
  const rows = [side, rise, forward.map((f) => -f)];
  const eye = rows.map((row) => row.reduce((sum, r, k) => sum + r * (point[k] - pose.position[k]), 0));
  const focal = 1 / Math.tan(((pose.fov ?? 30) * Math.PI) / 360);
  const clip = [(focal * eye[0] * height) / width, focal * eye[1], -eye[2]];
  return [((clip[0] / clip[2] + 1) * width) / 2, ((1 - clip[1] / clip[2]) * height) / 2, clip[2]];
}

/** How near the segment from `from` to `to` comes to the ray from the eye through `point`, where it is in front of it. */
export function coveredBy(eye: Point, point: Point, from: Point, to: Point, radius: number, own: number): boolean {
  const away = Math.hypot(...point.map((p, k) => p - eye[k]));
  const direction = point.map((p, k) => (p - eye[k]) / away);
  for (let step = 0; step <= 24; step += 1) {
    const at = from.map((f, k) => f + ((to[k] - f) * step) / 24 - eye[k]);
    const along = at.reduce((sum, a, k) => sum + a * direction[k], 0);
    const aside = Math.sqrt(Math.max(0, at.reduce((sum, a) => sum + a * a, 0) - along * along));
    if (aside < radius && along < away + own) return true;
  }
  return false;
}

/** Hue in degrees, saturation and value at a place given in parts of the picture. */
export function hueAt({ width, height, data }: Picture, x: number, y: number): [number, number, number] {
  const at = 4 * (Math.floor(y * height) * width + Math.floor(x * width));
  return hsv(data[at] / 255, data[at + 1] / 255, data[at + 2] / 255);
}

/** Hue in degrees, saturation, value. */
export function hsv(r: number, g: number, b: number): [number, number, number] {
  const most = Math.max(r, g, b);
  const span = most - Math.min(r, g, b);
  if (span === 0) return [0, 0, most];
  const sector = most === r ? (g - b) / span : most === g ? (b - r) / span + 2 : (r - g) / span + 4;
  return [(sector * 60 + 360) % 360, span / most, most];
}

function crossed(a: Point, b: Point): number[] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(v: Point): number[] {
  const length = Math.hypot(...v);
  return v.map((part) => part / length);
}
