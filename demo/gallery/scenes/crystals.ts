import { box, crystal, faceCentred, type Structure, type Vec } from '../structure.ts';

/** Sodium chloride, a = 5.640 angstrom. */
export function rockSalt(): Structure {
  const basis = [...faceCentred('Na', [0, 0, 0]), ...faceCentred('Cl', [0.5, 0, 0])];
  return crystal(box(5.64), basis, [3, 3, 3]);
}

/** Diamond, a = 3.567 angstrom. */
export function diamond(): Structure {
  const basis = [...faceCentred('C', [0, 0, 0]), ...faceCentred('C', [0.25, 0.25, 0.25])];
  return crystal(box(3.567), basis, [3, 3, 3]);
}

/** Strontium titanate, the cubic perovskite, a = 3.905 angstrom. */
export function perovskite(): Structure {
  const basis: [string, Vec][] = [
    ['Ti', [0, 0, 0]],
    ['Sr', [0.5, 0.5, 0.5]],
    ['O', [0.5, 0, 0]],
    ['O', [0, 0.5, 0]],
    ['O', [0, 0, 0.5]],
  ];
  return crystal(box(3.905), basis, [4, 4, 4]);
}

/** The silica framework of sodalite, idealised: Im-3m, a = 8.965 angstrom, oxygen at (x, x, 0) with x = 0.3536. */
export function sodalite(): Structure {
  const x = 0.3536;
  const silicon: Vec[] = [
    [0.25, 0.5, 0],
    [0.75, 0.5, 0],
    [0, 0.25, 0.5],
    [0, 0.75, 0.5],
    [0.5, 0, 0.25],
    [0.5, 0, 0.75],
  ];
  // The body-centred lattice doubles what the cubic group makes of (x, x, 0).
  const half: Vec[] = [];
  for (const u of [x, 1 - x]) for (const v of [x, 1 - x]) half.push([u, v, 0], [u, 0, v], [0, u, v]);
  const centred = (at: Vec): Vec => [(at[0] + 0.5) % 1, (at[1] + 0.5) % 1, (at[2] + 0.5) % 1];
  const basis: [string, Vec][] = [
    ...[...silicon, ...silicon.map(centred)].map((at): [string, Vec] => ['Si', at]),
    ...[...half, ...half.map(centred)].map((at): [string, Vec] => ['O', at]),
  ];
  return crystal(box(8.965), basis, [2, 2, 2]);
}

/** Carbon dioxide below -78 degrees: Pa-3, a = 5.624 angstrom, C=O 1.155 angstrom along the four diagonals. */
export function dryIce(): Structure {
  const a = 5.624;
  const u = 1.155 / a / Math.sqrt(3);
  const molecules: [Vec, Vec][] = [
    [
      [0, 0, 0],
      [u, u, u],
    ],
    [
      [0.5, 0.5, 0],
      [-u, u, u],
    ],
    [
      [0, 0.5, 0.5],
      [u, -u, u],
    ],
    [
      [0.5, 0, 0.5],
      [u, u, -u],
    ],
  ];
  const basis = molecules.flatMap(([at, d]): [string, Vec][] => [
    ['C', at],
    ['O', [at[0] + d[0], at[1] + d[1], at[2] + d[2]]],
    ['O', [at[0] - d[0], at[1] - d[1], at[2] - d[2]]],
  ]);
  return crystal(box(a), basis, [3, 3, 3]);
}
