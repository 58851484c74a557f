import { makeCell, minimumImage } from '../../chem/cell.ts';
import { formatAngle, formatLength } from '../format-number.ts';
import type { SceneFrame } from '../scene/scene-view.ts';
import { add, cross, dot, lengthOf, normalized, rotated, subtract, type Vector } from '../scene/vector.ts';

/** Two atoms have a distance, three an angle at the second, four a dihedral about the bond of the second and third. */
export type MeasuredKind = 'distance' | 'angle' | 'dihedral';

/** Atoms a kind takes. */
export const ATOMS_OF: Readonly<Record<MeasuredKind, number>> = { distance: 2, angle: 3, dihedral: 4 };

/** What two, three or four atoms measure in a frame. */
export interface Measurement {
  atoms: readonly number[];
  kind: MeasuredKind;
  /** Angstrom, or degrees: an angle from 0 to 180, a dihedral from -180 to 180, positive clockwise. */
  value: number;
  /** The atoms' places, each at the image nearest to the one before. Angstrom. */
  points: readonly Vector[];
  /** Where a label belongs, angstrom. */
  middle: Vector;
  /** True when an image is not the atom in the picture. */
  isThroughCell: boolean;
}

/** Pieces an arc is drawn in. */
const ARC_STEPS = 12;
const DEGREE = Math.PI / 180;

/** The kind that so many atoms make; undefined for other numbers. */
export function kindOf(count: number): MeasuredKind | undefined {
  return count === 2 ? 'distance' : count === 3 ? 'angle' : count === 4 ? 'dihedral' : undefined;
}

/**
 * Measures atoms in a frame, each step to the nearest image along the axes that repeat. Undefined when the frame lacks
 * one of them, an atom is nowhere, or the atoms have no such angle (two in one place, three on one line of four).
 */
export function measure(frame: SceneFrame, atoms: readonly number[]): Measurement | undefined {
  const kind = kindOf(atoms.length);
  const { positions, atomCount } = frame;
  if (kind === undefined || atoms.some((atom) => !(atom >= 0 && atom < atomCount))) return undefined;
  const places = atoms.map((atom): Vector => [positions[3 * atom], positions[3 * atom + 1], positions[3 * atom + 2]]);
  const cell = makeCell(frame.cell, frame.pbc);
  const points: Vector[] = [places[0]];
  let isThroughCell = false;
  for (const [step, place] of places.slice(1).entries()) {
    const straight = Float64Array.from(subtract(place, places[step]));
    const nearest = cell === undefined ? straight : minimumImage(cell, straight.slice());
    // Of images equally near, as in crystals, the atom in the picture is meant.
    const delta = Math.hypot(...straight) - Math.hypot(...nearest) < 1e-4 ? straight : nearest;
    points.push(add(points[step], [delta[0], delta[1], delta[2]]));
    isThroughCell ||= delta.some((value, axis) => Math.abs(value - straight[axis]) > 1e-3);
  }
  const value = { distance: distanceOf, angle: angleOf, dihedral: dihedralOf }[kind](points);
  if (!Number.isFinite(value)) return undefined;
  return { atoms, kind, value, points, middle: middleOf(kind, points), isThroughCell };
}

/** `3.142 Å`, `104.5°`. */
export function formatMeasured({ kind, value }: Pick<Measurement, 'kind' | 'value'>): string {
  return kind === 'distance' ? formatLength(value) : formatAngle(value);
}

function distanceOf([a, b]: readonly Vector[]): number {
  return lengthOf(subtract(b, a));
}

// The arc tangent of both parts keeps all digits for angles near 0 and 180 degrees, where a cosine loses half of them
// (W. Kahan, "Miscalculating Area and Angles of a Needle-like Triangle", 2014).
function angleOf([a, b, c]: readonly Vector[]): number {
  const [u, v] = [subtract(a, b), subtract(c, b)];
  if (lengthOf(u) === 0 || lengthOf(v) === 0) return NaN;
  return Math.atan2(lengthOf(cross(u, v)), dot(u, v)) / DEGREE;
}

// A. Blondel, M. Karplus, J. Comput. Chem. 17 (1996) 1132: no division by a sine that may be zero. Sign: IUPAC, Pure
// Appl. Chem. 68 (1996) 2220, "torsion angle": positive when the front bond turns clockwise onto the rear one.
function dihedralOf([a, b, c, d]: readonly Vector[]): number {
  const [u, v, w] = [subtract(b, a), subtract(c, b), subtract(d, c)];
  const [front, rear] = [cross(u, v), cross(v, w)];
  if (lengthOf(front) < 1e-9 || lengthOf(rear) < 1e-9) return NaN;
  return Math.atan2(lengthOf(v) * dot(u, rear), dot(front, rear)) / DEGREE;
}

function middleOf(kind: MeasuredKind, points: readonly Vector[]): Vector {
  const [a, b, c] = points;
  if (kind === 'distance') return add(a, subtract(b, a), 0.5);
  if (kind === 'dihedral') return add(b, subtract(c, b), 0.5);
  const arc = arcOf(points);
  return arc[arc.length >> 1];
}

/** The arc of an angle, at a third of its shorter arm. */
function arcOf([a, b, c]: readonly Vector[]): Vector[] {
  const [u, v] = [subtract(a, b), subtract(c, b)];
  const start = normalized(u);
  const angle = Math.atan2(lengthOf(cross(u, v)), dot(u, v));
  // A straight angle opens to any side.
  const aside = Math.abs(start[0]) < 0.9 ? cross(start, [1, 0, 0]) : cross(start, [0, 1, 0]);
  const axis = normalized(cross(u, v), normalized(aside));
  const radius = Math.min(lengthOf(u), lengthOf(v)) * 0.38;
  return Array.from({ length: ARC_STEPS + 1 }, (_, step) =>
    add(b, rotated(start, axis, (angle * step) / ARC_STEPS), radius),
  );
}

/** What is drawn of a measurement: the lines between its atoms, and the arc of an angle. */
export function strokesOf({ kind, points }: Measurement): [Vector, Vector][] {
  const chain = kind === 'angle' ? [points, arcOf(points)] : [points];
  return chain.flatMap((line) => line.slice(1).map((point, i): [Vector, Vector] => [line[i], point]));
}
