import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CameraPose } from '../../src/protocol/presence.ts';
import { pairsTheSlowWay, randomStream } from '../chem/brute-force.ts';
import { openScenePage, type ScenePage } from './chromium.ts';
import { coveredBy, hsv, hueAt, lookAt, pictureOf, type Picture } from './independent-camera.ts';
import type { PlainFrame } from './page-entry.ts';

const WIDTH = 480;
const HEIGHT = 360;

/** Colours and van der Waals radii as published, not as the product has them. */
const ELEMENTS: Record<number, { rgb: [number, number, number]; radius: number }> = {
  1: { rgb: [255, 255, 255], radius: 1.1 },
  6: { rgb: [144, 144, 144], radius: 1.7 },
  7: { rgb: [48, 80, 248], radius: 1.55 },
  8: { rgb: [255, 13, 13], radius: 1.52 },
  16: { rgb: [255, 255, 48], radius: 1.8 },
  17: { rgb: [31, 240, 31], radius: 1.75 },
};

function mixture(seed: number, count: number, edge: number): PlainFrame {
  const random = randomStream(seed);
  const kinds = Object.keys(ELEMENTS).map(Number);
  return {
    positions: Array.from({ length: 3 * count }, () => random() * edge),
    numbers: Array.from({ length: count }, () => kinds[Math.floor(random() * kinds.length)]),
    cell: [edge, 0, 0, 0, edge, 0, 0, 0, edge],
    pbc: [0, 0, 0],
  };
}

/** Of the atoms nothing stands in front of, the share that has its element's colour where the camera's pose puts it. */
function shareInPlace(
  picture: Picture,
  pose: CameraPose,
  { positions, numbers }: PlainFrame,
): { seen: number; right: number } {
  const at = (atom: number): number[] => positions.slice(3 * atom, 3 * atom + 3);
  const ball = (atom: number): number => ELEMENTS[numbers[atom]].radius * 0.27;
  const bonds = pairsTheSlowWay(positions, numbers, undefined, [0, 0, 0], 0).map((name) => name.split(' ').map(Number));
  let seen = 0;
  let right = 0;
  for (let atom = 0; atom < numbers.length; atom += 1) {
    const [x, y] = lookAt(pose, WIDTH, HEIGHT, at(atom));
    if (x < 2 || y < 2 || x > WIDTH - 2 || y > HEIGHT - 2) continue;
    const isCovered =
      numbers.some(
        (_, other) => other !== atom && coveredBy(pose.position, at(atom), at(other), at(other), ball(other) + 0.08, 0),
      ) ||
      bonds.some(([a, b]) =>
        coveredBy(pose.position, at(atom), at(a), at(b), 0.2, a === atom || b === atom ? -ball(atom) : 0),
      );
    if (isCovered) continue;
    seen += 1;
    const [hue, saturation, value] = hueAt(picture, x / WIDTH, y / HEIGHT);
    const [r, g, b] = ELEMENTS[numbers[atom]].rgb;
    const [expectedHue, expectedSaturation, expectedValue] = hsv(r / 255, g / 255, b / 255);
    const turn = Math.abs(((hue - expectedHue + 540) % 360) - 180);
    if (expectedSaturation < 0.1) right += Number(saturation < 0.16 && Math.abs(value - expectedValue) < 0.36);
    else right += Number(turn < 14 && saturation > 0.35);
  }
  return { seen, right };
}

describe.each(['high', 'low'] as const)('atoms in a picture of %s quality', (quality) => {
  let scene: ScenePage;
  beforeAll(async () => {
    scene = await openScenePage(WIDTH, HEIGHT);
  });
  afterAll(async () => scene.browser.close());

  it('[C34] are where the pose puts them in the colours of their elements, from two sides and after an edit', async () => {
    const first = mixture(11, 260, 16);
    const edited = mixture(12, 260, 16);
    const shots = await scene.page.evaluate(
      ({ first, edited, quality }) => {
        const view = bench.make({ quality, theme: { background: '#20242c' } });
        view.setFrame(bench.frame(first));
        view.fit();
        const taken = [{ picture: bench.pixels(view), pose: view.camera }];
        view.orbit(150, -70);
        view.zoom(0.7, 100, 120);
        taken.push({ picture: bench.pixels(view), pose: view.camera });
        view.setFrame(bench.frame(edited));
        taken.push({ picture: bench.pixels(view), pose: view.camera });
        view.dispose();
        return taken;
      },
      { first, edited, quality },
    );
    for (const [index, { picture, pose }] of shots.entries()) {
      const { seen, right } = shareInPlace(pictureOf(picture), pose, index < 2 ? first : edited);
      expect(seen, `picture ${index}`).toBeGreaterThan(40);
      expect(right / seen, `picture ${index}: ${right} of ${seen}`).toBeGreaterThanOrEqual(0.95);
    }
    // A check that cannot fail is none: the edited frame's picture does not show the first one's atoms.
    const wrong = shareInPlace(pictureOf(shots[2].picture), shots[2].pose, first);
    expect(wrong.right / wrong.seen).toBeLessThan(0.6);
    expect(scene.errors).toEqual([]);
  });
});
