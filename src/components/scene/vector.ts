/** Three numbers: a point or direction, angstrom. */
export type Vector = [number, number, number];

/** `a + b * factor`. */
export function add(a: Readonly<Vector>, b: Readonly<Vector>, factor = 1): Vector {
  return [a[0] + b[0] * factor, a[1] + b[1] * factor, a[2] + b[2] * factor];
}

export function subtract(a: Readonly<Vector>, b: Readonly<Vector>): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function scaled(a: Readonly<Vector>, factor: number): Vector {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

export function dot(a: Readonly<Vector>, b: Readonly<Vector>): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Readonly<Vector>, b: Readonly<Vector>): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function lengthOf(a: Readonly<Vector>): number {
  return Math.hypot(a[0], a[1], a[2]);
}

/** The direction of `a`, or `fallback` where it has none. */
export function normalized(a: Readonly<Vector>, fallback: Readonly<Vector> = [0, 0, 1]): Vector {
  const length = lengthOf(a);
  return length > 1e-12 ? scaled(a, 1 / length) : [...fallback];
}

/** `a` turned about the unit vector `axis` by `angle` radians. */
export function rotated(a: Readonly<Vector>, axis: Readonly<Vector>, angle: number): Vector {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const side = cross(axis, a);
  const along = dot(axis, a) * (1 - c);
  return [
    a[0] * c + side[0] * s + axis[0] * along,
    a[1] * c + side[1] * s + axis[1] * along,
    a[2] * c + side[2] * s + axis[2] * along,
  ];
}
