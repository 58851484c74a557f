import type { CameraPose } from '../../protocol/presence.ts';

type Vector = [number, number, number];

const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const scaled = (a: Vector, by: number): Vector => [a[0] * by, a[1] * by, a[2] * by];
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const between = (a: number, b: number, part: number): number => (a > 0 && b > 0 ? a * (b / a) ** part : b);

function unit(a: Vector): Vector | undefined {
  const length = Math.hypot(...a);
  return length > 1e-12 ? scaled(a, 1 / length) : undefined;
}

/** Away from what is looked at, up, and to the side; undefined for a point of view that looks nowhere. */
function axesOf({ position, target, up }: CameraPose): readonly [Vector, Vector, Vector] | undefined {
  const back = unit(minus(position, target));
  const side = back && unit(cross(up, back));
  return back === undefined || side === undefined ? undefined : [back, cross(back, side), side];
}

/** `a` turned about an axis of length 1, radians. */
function turned(a: Vector, axis: Vector, angle: number): Vector {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const along = dot(axis, a) * (1 - cos);
  const across = cross(axis, a);
  return [0, 1, 2].map((i) => a[i] * cos + across[i] * sin + axis[i] * along) as Vector;
}

/** The turn that brings one set of axes onto the other. */
function turnBetween(from: readonly Vector[], to: readonly Vector[]): { axis: Vector; angle: number } {
  const matrix = [0, 1, 2].map((row) => [0, 1, 2].map((column) => sum(from, to, row, column)) as Vector);
  const [x, y, z] = matrix;
  const angle = Math.acos(Math.min(1, Math.max(-1, (x[0] + y[1] + z[2] - 1) / 2)));
  const difference: Vector = [z[1] - y[2], x[2] - z[0], y[0] - x[1]];
  if (angle < 3.1) return { axis: unit(difference) ?? [0, 1, 0], angle };
  // About half a turn there and back hardly differ; the axis is then what stays where it is.
  const [kept] = matrix
    .map((row, i) => row.map((value, j) => value + (i === j ? 1 : 0)) as Vector)
    .sort((a, b) => Math.hypot(...b) - Math.hypot(...a));
  return { axis: unit(scaled(kept, dot(kept, difference) < 0 ? -1 : 1)) ?? [0, 1, 0], angle };
}

function sum(from: readonly Vector[], to: readonly Vector[], row: number, column: number): number {
  return from.reduce((total, axis, i) => total + to[i][row] * axis[column], 0);
}

/**
 * The point of view `part` of the way from one to the other, around what is looked at and never through it: the eye turns
 * at an even rate and comes nearer by an even factor.
 */
export function arcBetween(from: CameraPose, to: CameraPose, part: number): CameraPose {
  const start = axesOf(from);
  const end = axesOf(to);
  if (part >= 1 || start === undefined || end === undefined) return to;
  const { axis, angle } = turnBetween(start, end);
  const distance = between(
    Math.hypot(...minus(from.position, from.target)),
    Math.hypot(...minus(to.position, to.target)),
    part,
  );
  const target = from.target.map((value, i) => value + (to.target[i] - value) * part) as Vector;
  const back = turned(start[0], axis, angle * part);
  return {
    ...to,
    target,
    position: target.map((value, i) => value + back[i] * distance) as Vector,
    up: turned(start[1], axis, angle * part),
    ...(from.height === undefined || to.height === undefined ? {} : { height: between(from.height, to.height, part) }),
  };
}
