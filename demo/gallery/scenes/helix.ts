import { add, cross, length, subtract, times, unit, type Vec } from '../structure.ts';

const RADIANS = Math.PI / 180;
const PHI = -57.8;
const PSI = -47;

/** The next atom of a chain: bonded to `c`, with the angle at `c` and the dihedral around b-c, degrees. */
function next(a: Vec, b: Vec, c: Vec, bond: number, angle: number, dihedral: number): Vec {
  const along = unit(subtract(c, b));
  const normal = unit(cross(subtract(b, a), along));
  const across = cross(normal, along);
  const [t, f] = [angle * RADIANS, dihedral * RADIANS];
  const out = add(times(across, Math.sin(t) * Math.cos(f)), times(normal, Math.sin(t) * Math.sin(f)));
  return add(c, add(times(along, -bond * Math.cos(t)), times(out, bond)));
}

interface Atom {
  name: string;
  element: string;
  residue: number;
  at: Vec;
}

/** Alanines in an alpha helix from ideal bond lengths and angles, with the hydrogens that hold it together. */
export function helixAtoms(residues: number): Atom[] {
  const atoms: Atom[] = [];
  let n: Vec = [0, 0, 0];
  let ca: Vec = [1.458, 0, 0];
  let c = next([0, 1, 0], n, ca, 1.525, 111, PSI);
  let before: Vec | undefined;
  for (let residue = 1; residue <= residues; residue += 1) {
    const put = (name: string, element: string, at: Vec): number => atoms.push({ name, element, residue, at });
    put('N', 'N', n);
    put('CA', 'C', ca);
    put('C', 'C', c);
    put('O', 'O', next(n, ca, c, 1.231, 120.1, PSI + 180));
    const [toN, toC] = [subtract(ca, n), subtract(c, ca)];
    const side = add(add(times(cross(toN, toC), -0.58273), times(toN, 0.56803)), times(toC, -0.54067));
    put('CB', 'C', add(ca, times(unit(side), 1.521)));
    if (before !== undefined) {
      const outward = add(unit(subtract(n, before)), unit(subtract(n, ca)));
      put('H', 'H', add(n, times(unit(outward), 1.01)));
    }
    if (residue === residues) put('OXT', 'O', next(n, ca, c, 1.25, 118, PSI));
    const nextN = next(n, ca, c, 1.329, 116.2, PSI);
    const nextCa = next(ca, c, nextN, 1.458, 121.7, 180);
    const nextC = next(c, nextN, nextCa, 1.525, 111, PHI);
    before = c;
    [n, ca, c] = [nextN, nextCa, nextC];
  }
  return atoms;
}

/** As a file of the Protein Data Bank, with the axis of the helix upright. */
export function helix(residues: number): string {
  const atoms = helixAtoms(residues);
  const centre = times(
    atoms.reduce<Vec>((sum, { at }) => add(sum, at), [0, 0, 0]),
    1 / atoms.length,
  );
  // The middles of every turn of 18 atoms lie on the axis, near enough to look straight.
  const backbone = atoms.filter(({ name }) => name === 'CA').map(({ at }) => at);
  const middle = (from: number): Vec =>
    times(
      backbone.slice(from, from + 18).reduce<Vec>((sum, at) => add(sum, at), [0, 0, 0]),
      1 / 18,
    );
  const axis = unit(subtract(middle(residues - 18), middle(0)));
  const right = unit(cross(axis, Math.abs(axis[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0]));
  const front = cross(right, axis);
  const upright = (at: Vec): Vec => {
    const from = subtract(at, centre);
    const onto = (to: Vec): number => from[0] * to[0] + from[1] * to[1] + from[2] * to[2];
    return [onto(right), onto(axis), onto(front)];
  };
  const lines = atoms.map(({ name, element, residue, at }, index) => {
    const [x, y, z] = upright(at).map((part) => (Math.abs(part) < 5e-4 ? 0 : part).toFixed(3).padStart(8));
    const serial = String(index + 1).padStart(5);
    const number = String(residue).padStart(4);
    return `ATOM  ${serial}  ${name.padEnd(3)} ALA A${number}    ${x}${y}${z}  1.00  0.00          ${element.padStart(2)}`;
  });
  return [...lines, 'TER', 'END', ''].join('\n');
}

/** Rise of the axis from one residue to the next, angstrom: 1.5 in a good alpha helix. */
export function risePerResidue(residues: number): number {
  const backbone = helixAtoms(residues)
    .filter(({ name }) => name === 'CA')
    .map(({ at }) => at);
  const middle = (from: number): Vec =>
    times(
      backbone.slice(from, from + 18).reduce<Vec>((sum, at) => add(sum, at), [0, 0, 0]),
      1 / 18,
    );
  return length(subtract(middle(residues - 18), middle(0))) / (residues - 18);
}
