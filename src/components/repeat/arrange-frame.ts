import { invert, makeCell, minimumImage, wrapPositions, type Cell } from '../../chem/cell.ts';
import { addImages, type MoleculeGraph } from '../../chem/molecules.ts';
import type { SceneFrame } from '../scene/scene-view.ts';

/** How the atoms of a cell that repeats are laid out for the eye. */
export interface Arrangement {
  /** Every atom is drawn inside the cell, or every molecule in one piece with its middle there. */
  wrap: boolean | MoleculeBonds;
  /** Atoms whose middle is drawn in the middle of the cell: all of them, or these; undefined leaves them. */
  center: 'all' | Uint32Array | undefined;
}

/** What makes molecules of atoms. */
export interface MoleculeBonds {
  readonly graph: MoleculeGraph;
  /** Axes along which a bond leads to the nearest image; all that repeat when absent. */
  readonly isNear?: readonly [boolean, boolean, boolean] | undefined;
}

/** Draws a frame as an arrangement says: the same atoms at other images. Frames that repeat nowhere are left alone. */
export function arrangeFrame(frame: SceneFrame, { wrap, center }: Arrangement): SceneFrame {
  const cell = makeCell(frame.cell, frame.pbc);
  if (cell === undefined || (wrap === false && center === undefined)) return frame;
  const positions = Float64Array.from(frame.positions);
  const corner = frame.cellOrigin?.every(Number.isFinite) === true ? frame.cellOrigin : [0, 0, 0];
  const shift = [-corner[0], -corner[1], -corner[2]];
  const middle = center === undefined ? undefined : middleOf(frame, center);
  if (middle !== undefined)
    for (let axis = 0; axis < 3; axis += 1) {
      const half = (cell.vectors[axis] + cell.vectors[3 + axis] + cell.vectors[6 + axis]) / 2;
      shift[axis] = half - middle[axis];
    }
  for (let i = 0; i < positions.length; i += 1) positions[i] += shift[i % 3];
  if (wrap === true) wrapPositions(cell, positions);
  else if (wrap !== false) {
    const { images, endless } = wrap.graph.join(positions, cell, wrap.isNear);
    // What has no end is left alone, unless everything was moved: half of it would stand outside.
    if (center !== undefined) wrapEndless(positions, endless, cell);
    addImages(positions, images, cell);
  }
  for (let i = 0; i < positions.length; i += 1) positions[i] += corner[i % 3];
  return { ...frame, positions: Float32Array.from(positions) };
}

function wrapEndless(positions: Float64Array, endless: Uint8Array, cell: Cell): void {
  for (let atom = 0; atom < endless.length; atom += 1)
    if (endless[atom] === 1) wrapPositions(cell, positions.subarray(3 * atom, 3 * atom + 3));
}

/** Middle of atoms that may lie on two sides of a face: each at its image nearest to the first. */
function middleOf(frame: SceneFrame, atoms: 'all' | Uint32Array): [number, number, number] | undefined {
  const { positions: p, atomCount } = frame;
  const cell = makeCell(frame.cell, frame.pbc);
  const sum = [0, 0, 0];
  let count = 0;
  let first = -1;
  const total = atoms === 'all' ? atomCount : atoms.length;
  for (let i = 0; i < total; i += 1) {
    const atom = atoms === 'all' ? i : atoms[i];
    if (atom >= atomCount || !Number.isFinite(p[3 * atom] + p[3 * atom + 1] + p[3 * atom + 2])) continue;
    if (first < 0) first = atom;
    const delta = Float64Array.from([0, 1, 2], (axis) => p[3 * atom + axis] - p[3 * first + axis]);
    // All atoms fill the cell: no image of them is nearer than another.
    if (cell !== undefined && atoms !== 'all') minimumImage(cell, delta);
    for (let axis = 0; axis < 3; axis += 1) sum[axis] += p[3 * first + axis] + delta[axis];
    count += 1;
  }
  return count === 0 ? undefined : [sum[0] / count, sum[1] / count, sum[2] / count];
}

/** How often the cell is drawn along each of its vectors. */
export type Copies = readonly [number, number, number];

/** More atoms than this are not drawn. */
export const MOST_DRAWN = 2_000_000;

/** The copies that can be drawn of a frame: only along vectors that repeat, and not more atoms than can be drawn. */
export function possibleCopies(frame: SceneFrame | undefined, wanted: Copies): Copies {
  const { cell, pbc, atomCount = 0 } = frame ?? {};
  if (cell === undefined || pbc === undefined || invert(cell) === undefined) return [1, 1, 1];
  const copies = wanted.map((count, axis) => (pbc[axis] ? Math.max(1, Math.trunc(count)) : 1)) as [
    number,
    number,
    number,
  ];
  return atomCount * countOf(copies) > MOST_DRAWN ? [1, 1, 1] : copies;
}

/** Number of cells drawn. */
export function countOf([a, b, c]: Copies): number {
  return a * b * c;
}

/** A frame drawn several times: atom `i` of copy `c` is atom `c * atomCount + i`; copy 0 is the frame itself. */
export function repeatFrame(frame: SceneFrame, copies: Copies): SceneFrame {
  const count = countOf(copies);
  const { positions, numbers, atomCount, cell } = frame;
  if (count === 1 || cell === undefined) return frame;
  const places = new Float32Array(3 * atomCount * count);
  const kinds = new Uint8Array(atomCount * count);
  let copy = 0;
  for (let i = 0; i < copies[0]; i += 1)
    for (let j = 0; j < copies[1]; j += 1)
      for (let k = 0; k < copies[2]; k += 1, copy += 1) {
        const shift = [0, 1, 2].map((axis) => i * cell[axis] + j * cell[3 + axis] + k * cell[6 + axis]);
        const start = 3 * atomCount * copy;
        for (let at = 0; at < 3 * atomCount; at += 1) places[start + at] = positions[at] + shift[at % 3];
        kinds.set(numbers, atomCount * copy);
      }
  return {
    ...frame,
    atomCount: atomCount * count,
    positions: places,
    numbers: kinds,
    cell: Float64Array.from(cell, (value, at) => value * copies[Math.trunc(at / 3) as 0 | 1 | 2]),
    bonds: frame.bonds && repeatBonds(frame, frame.bonds, copies),
    // Each bond is followed by its copies.
    bondOrders:
      frame.bondOrders &&
      Int32Array.from(
        { length: frame.bondOrders.length * count },
        (_, i) => frame.bondOrders?.[Math.trunc(i / count)] ?? 1,
      ),
    links: frame.links && repeatBonds(frame, frame.links, copies),
  };
}

/** Bonds in every copy, each to the copy in which the nearest image of its other atom is. */
function repeatBonds(frame: SceneFrame, bonds: Int32Array, copies: Copies): Int32Array {
  const { positions: p, atomCount } = frame;
  const cell = makeCell(frame.cell, frame.pbc);
  const result = new Int32Array(bonds.length * countOf(copies));
  const index = (i: number, axis: 0 | 1 | 2): number => ((i % copies[axis]) + copies[axis]) % copies[axis];
  let at = 0;
  for (let pair = 0; pair + 1 < bonds.length; pair += 2) {
    const [a, b] = [bonds[pair], bonds[pair + 1]];
    const straight = [0, 1, 2].map((axis) => p[3 * b + axis] - p[3 * a + axis]);
    const near = cell === undefined ? straight : minimumImage(cell, Float64Array.from(straight));
    const moved = [0, 1, 2].map((axis) => near[axis] - straight[axis]);
    const m = cell?.inverse ?? [];
    const steps = [0, 1, 2].map((axis) => {
      const step = Math.round(moved[0] * m[axis] + moved[1] * m[3 + axis] + moved[2] * m[6 + axis]);
      return Number.isFinite(step) ? step : 0;
    });
    for (let i = 0; i < copies[0]; i += 1)
      for (let j = 0; j < copies[1]; j += 1)
        for (let k = 0; k < copies[2]; k += 1) {
          const here = (i * copies[1] + j) * copies[2] + k;
          const there =
            (index(i + steps[0], 0) * copies[1] + index(j + steps[1], 1)) * copies[2] + index(k + steps[2], 2);
          result[at++] = here * atomCount + a;
          result[at++] = there * atomCount + b;
        }
  }
  return result;
}
