import { add, length, subtract, times, type Structure, type Vec } from '../structure.ts';

/** Carbon monoxide on the close-packed face of platinum: four layers, a third of the top atoms covered, upright. */
export function covered(): Structure {
  const a = 3.924;
  const d = a / Math.sqrt(2);
  const [n, layers] = [6, 4];
  const p: Vec = [d, 0, 0];
  const q: Vec = [d / 2, (d * Math.sqrt(3)) / 2, 0];
  const shift = times(add(p, q), 1 / 3);
  const gap = a / Math.sqrt(3);
  const symbols: string[] = [];
  const positions: Vec[] = [];
  const put = (symbol: string, at: Vec): void => {
    symbols.push(symbol);
    positions.push(at);
  };
  for (let layer = 0; layer < layers; layer += 1)
    for (let i = 0; i < n; i += 1)
      for (let j = 0; j < n; j += 1) {
        // Each layer over the hollows of the one below: a b c a.
        const at = add(add(times(p, i), times(q, j)), times(shift, layer % 3));
        const top = add(at, [0, 0, 2 + layer * gap]);
        put('Pt', top);
        if (layer < layers - 1 || (i - j + n) % 3 !== 0) continue;
        put('C', add(top, [0, 0, 1.85]));
        put('O', add(top, [0, 0, 1.85 + 1.15]));
      }
  return { symbols, positions, cell: [times(p, n), times(q, n), [0, 0, 24]], pbc: [true, true, false] };
}

/** An icosahedron of gold: so many shells around one atom, as Mackay stacked them, 2.78 angstrom between shells. */
export function icosahedron(shells: number): Structure {
  const golden = (1 + Math.sqrt(5)) / 2;
  const corners: Vec[] = [];
  for (const u of [1, -1]) for (const v of [golden, -golden]) corners.push([0, u, v], [u, v, 0], [v, 0, u]);
  const radius = length(corners[0]);
  const isEdge = (a: Vec, b: Vec): boolean => Math.abs(length(subtract(a, b)) - 2) < 1e-9;
  const positions: Vec[] = [[0, 0, 0]];
  const shell: number[] = [0];
  for (let n = 1; n <= shells; n += 1) {
    const found = new Map<string, Vec>();
    corners.forEach((a, i) =>
      corners.forEach((b, j) =>
        corners.forEach((c, k) => {
          if (!(i < j && j < k && isEdge(a, b) && isEdge(b, c) && isEdge(a, c))) return;
          for (let u = 0; u <= n; u += 1)
            for (let v = 0; v <= n - u; v += 1) {
              const sum = add(add(times(a, u), times(b, v)), times(c, n - u - v));
              const at = times(sum, 2.78 / radius);
              found.set(at.map((part) => Math.round(part * 1e4)).join(), at);
            }
        }),
      ),
    );
    for (const at of found.values()) {
      positions.push(at);
      shell.push(n);
    }
  }
  const coordination = positions.map(
    (at) => positions.filter((other) => other !== at && length(subtract(at, other)) < 3.3).length,
  );
  return { symbols: positions.map(() => 'Au'), positions, values: { coordination, shell } };
}
