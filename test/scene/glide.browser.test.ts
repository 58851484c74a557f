import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openScenePage, type ScenePage } from './chromium.ts';

let scene: ScenePage;
beforeAll(async () => {
  scene = await openScenePage(200, 200);
});
afterEach(() => {
  expect(scene.errors).toEqual([]);
});
afterAll(async () => scene.browser.close());

/**
 * One bright atom that goes from `from` to `to` in a cell of 20 angstrom (or none) seen from the front, 20 angstrom
 * wide: where its middle is after so much of the way, in angstrom along x, and what is picked then.
 */
async function drive(how: {
  from: number;
  to: number;
  parts: number[];
  isPeriodic?: boolean;
  atoms?: [number, number];
  isMeasured?: boolean;
}) {
  return scene.page.evaluate(
    ({ from, to, parts, isPeriodic = true, atoms = [1, 1], isMeasured = false }) => {
      let time = 0;
      let wanted: (() => void)[] = [];
      const view = bench.make({
        quality: 'low',
        theme: { background: '#000000' },
        now: () => time,
        schedule: (draw) => wanted.push(draw),
      });
      view.setCellVisible(false);
      view.setStyles([{ render: 'spheres', color: '#ffffff' }]);
      const frame = (x: number, count: number) => ({
        atomCount: count,
        positions: Float32Array.from({ length: 3 * count }, (_, i) => (i % 3 === 0 ? x : i < 3 ? 10 : 200)),
        numbers: new Uint8Array(count).fill(18),
        ...(isPeriodic ? { cell: Float64Array.of(20, 0, 0, 0, 20, 0, 0, 0, 20), pbc: Uint8Array.of(1, 1, 1) } : {}),
      });
      view.setFrame(frame(from, atoms[0]));
      view.setCamera({ position: [10, 10, 100], target: [10, 10, 0], up: [0, 1, 0], height: 20 });
      view.drawNow();
      if (isMeasured)
        view.setMeasurements([
          [
            [0, 0, 0],
            [1, 1, 1],
          ],
        ]);
      view.setFrame(frame(to, atoms[1]), 100);
      const places: number[] = [];
      const picks: boolean[] = [];
      const asks: boolean[] = [];
      for (const part of parts) {
        time = part * 100;
        const due = wanted;
        wanted = [];
        for (const draw of due) draw();
        asks.push(wanted.length > 0);
        const canvas = bench.canvas();
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
        copy?.drawImage(canvas, 0, 0);
        const { data, width } = copy?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [], width: 1 };
        let sum = 0;
        let weight = 0;
        for (let i = 0; i < data.length; i += 4) {
          // Lit or not: the light comes from one side.
          const lit = data[i] > 20 ? 1 : 0;
          weight += lit;
          sum += lit * ((i / 4) % width);
        }
        places.push(((sum / weight + 0.5) / width) * 20);
        const { x = 0, y = 0 } = view.project(0) ?? {};
        picks.push(view.pick(x, y)?.atom === 0 && Math.abs((x / 200) * 20 - to) < 0.01);
      }
      view.dispose();
      return { places, picks, asks };
    },
    { ...how },
  );
}

describe('atoms between two frames', () => {
  it('[P61] are drawn on their way, evenly, and then as the frame has them; picked is the frame', async () => {
    const { places, picks, asks } = await drive({ from: 8, to: 12, parts: [0, 0.25, 0.5, 0.75, 1, 3] });
    for (const [i, wanted] of [8, 9, 10, 11, 12, 12].entries()) expect(places[i]).toBeCloseTo(wanted, 1);
    expect(picks.every(Boolean)).toBe(true);
    // While they are under way the next picture is asked for, and not when they are there.
    expect(asks.slice(0, 4)).toEqual([true, true, true, true]);
  });

  it('[P61] go through the face of a repeating cell where that is shorter', async () => {
    const { places } = await drive({ from: 19, to: 3, parts: [0.75, 0.9, 1] });
    for (const [i, wanted] of [2, 2.6, 3].entries()) expect(places[i]).toBeCloseTo(wanted, 1);
  });

  it('[P61] jump where the way is long, where their number is another, and where something is measured', async () => {
    for (const how of [
      { from: 2, to: 18, isPeriodic: false },
      { from: 8, to: 12, atoms: [2, 1] as [number, number] },
      { from: 8, to: 12, isMeasured: true },
    ]) {
      const { places } = await drive({ ...how, parts: [0.1, 0.5] });
      for (const place of places) expect(place, JSON.stringify(how)).toBeCloseTo(how.to, 1);
    }
  });
});
