import { describe, expect, it } from 'vitest';
import type { CameraPose } from '../../src/protocol/presence.ts';
import { fitView } from '../../src/components/viewer/fit-view.ts';

const DESKTOP = 1.6;
const PHONE = 0.5;
/** Looks along -z from 20 angstrom away: 2 * 20 * tan(30°) = 23.1 high, 37 wide. */
const far: CameraPose = { position: [0, 0, 20], target: [0, 0, 0], up: [0, 1, 0], fov: 60, aspect: DESKTOP };

/** Where a point is in the picture: -1 to 1 on either axis is inside. */
function seen({ position, fov, height }: CameraPose, aspect: number, [x, y, z]: readonly number[]): [number, number] {
  const depth = position[2] - z;
  const half = fov === undefined ? (height ?? 1) / 2 : Math.tan((fov * Math.PI) / 360) * depth;
  return [(x - position[0]) / (half * aspect), (y - position[1]) / half];
}

const isInside = ([x, y]: readonly number[]): boolean => Math.abs(x) <= 1 && Math.abs(y) <= 1;

describe('a view of a wide picture in a narrow one', () => {
  it('[P59] all atoms that were seen are seen, from as near as that allows', () => {
    const atoms = [
      [-8, 0, 2],
      [8, 3, -4],
      [0, 9, 0],
    ];
    const fitted = fitView(far, PHONE, atoms.flat());
    expect(atoms.every((atom) => isInside(seen(far, DESKTOP, atom)))).toBe(true);
    expect(atoms.every((atom) => isInside(seen(far, PHONE, atom)))).toBe(false);
    expect(atoms.every((atom) => isInside(seen(fitted, PHONE, atom)))).toBe(true);
    // No farther than the outermost atom needs: its edge is at that of the picture.
    const outermost = Math.max(...atoms.map(([x, y, z]) => seen(fitted, PHONE, [Math.abs(x) + 1, y, z])[0]));
    expect(outermost).toBeCloseTo(1, 9);
    expect(fitted.target).toEqual(far.target);
  });

  it('[P59] what was outside there does not count, and no more than what was seen is shown', () => {
    expect(fitView(far, PHONE, [300, 0, 0]).position).toEqual(far.position);
    // Atoms everywhere, as inside a liquid: all of the wide picture fits, and not more.
    const liquid: number[] = [];
    for (let x = -200; x <= 200; x += 2) for (let z = -20; z < 19; z += 1) liquid.push(x, 0, z);
    const fitted = fitView(far, PHONE, liquid);
    expect(fitted.position[2]).toBeCloseTo(20 * (DESKTOP / PHONE), 9);
  });

  it('[P59] without perspective the height grows instead', () => {
    const flat: CameraPose = { position: [0, 0, 20], target: [0, 0, 0], up: [0, 1, 0], height: 20, aspect: DESKTOP };
    const fitted = fitView(flat, PHONE, [9, 2, 0]);
    expect(fitted.position).toEqual(flat.position);
    expect(fitted.height).toBeCloseTo(40, 9);
    expect(isInside(seen(fitted, PHONE, [9, 2, 0]))).toBe(true);
  });

  it('[P59] wider pictures and views of unknown width take it as it is; nonsense changes nothing', () => {
    expect(fitView(far, 2.4, [8, 0, 0])).toBe(far);
    const unknown: CameraPose = { position: far.position, target: far.target, up: far.up, fov: 60 };
    expect(fitView(unknown, PHONE, [8, 0, 0])).toBe(unknown);
    expect(fitView(far, Number.NaN, [8, 0, 0])).toBe(far);
    expect(fitView({ ...far, aspect: Number.NaN }, PHONE, [8, 0, 0]).position).toEqual(far.position);
    expect(fitView(far, PHONE, [Number.NaN, 0, 0]).position).toEqual(far.position);
  });
});
