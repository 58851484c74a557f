import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openScenePage, type ScenePage } from './chromium.ts';
import { pictureOf } from './independent-camera.ts';

let scene: ScenePage;
beforeAll(async () => {
  scene = await openScenePage(320, 240);
});
afterEach(() => {
  expect(scene.errors).toEqual([]);
});
afterAll(async () => scene.browser.close());

const DRAWS = ['drawArrays', 'drawElements', 'drawArraysInstanced', 'drawElementsInstanced'];

describe('the way of a frame', () => {
  it.each(['spheres', 'ball and stick'] as const)(
    '[C39] a new frame of %s is one upload of 12 bytes an atom, allocates nothing on the GPU and takes at most 6 draws',
    async (render) => {
      const counts = await scene.page.evaluate(
        ({ render, draws }) => {
          const n = 12_000;
          const edge = 50;
          const at = (seed: number): Float32Array =>
            Float32Array.from({ length: 3 * n }, (_, i) => (((i + seed) * 7919) % 36_007) / (36_007 / edge));
          const numbers = Uint8Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 8 : 1));
          const cell = Float64Array.of(edge, 0, 0, 0, edge, 0, 0, 0, edge);
          const show = (seed: number): void =>
            view.setFrame({ atomCount: n, positions: at(seed), numbers, cell, pbc: Uint8Array.of(1, 1, 1) });
          const view = bench.make({ quality: 'high', theme: { background: '#000000' } });
          // Few pixels: what counts here are calls, and they wait for one another.
          view.resize(48, 36, 1);
          view.setStyles([{ render }]);
          view.setHighlights([{ atoms: Uint32Array.of(1, 2, 3), color: '#ff0000' }]);
          view.setMeasurements([
            [
              [0, 0, 0],
              [1, 1, 1],
            ],
          ]);
          show(1);
          view.drawNow();
          show(2);
          view.drawNow();
          const stop = bench.count([
            ...draws,
            'texSubImage2D',
            'texStorage2D',
            'createTexture',
            'bufferData',
            'readPixels',
          ]);
          for (let seed = 3; seed < 8; seed += 1) {
            show(seed);
            view.drawNow();
          }
          const counted = stop();
          view.dispose();
          return counted;
        },
        { render, draws: DRAWS },
      );
      const draws = DRAWS.reduce((sum, name) => sum + counts[name].calls, 0);
      expect(draws).toBeGreaterThan(5 * 3);
      expect(draws / 5).toBeLessThanOrEqual(6);
      // The strokes of cell and measurements are 13 of 48 bytes; nothing else grows with the frame.
      expect(counts.texSubImage2D.byteLength / 5).toBeLessThanOrEqual(12_000 * 12 + 2_000);
      for (const name of ['texStorage2D', 'createTexture', 'bufferData', 'readPixels'])
        expect(counts[name].calls, name).toBe(0);
    },
  );

  it('[C40] uploads four bytes an atom for a selection, and draws nothing at rest', async () => {
    const counts = await scene.page.evaluate(
      async ({ draws }) => {
        const n = 5_000;
        const view = bench.make({ quality: 'low', isLive: true });
        view.setFrame({
          atomCount: n,
          positions: Float32Array.from({ length: 3 * n }, (_, i) => ((i * 7919) % 15_013) / 100),
          numbers: new Uint8Array(n).fill(18),
        });
        view.drawNow();
        const stopFirst = bench.count(['texSubImage2D']);
        view.setHighlights([{ atoms: Uint32Array.of(5, 6), color: '#00ff00' }]);
        view.drawNow();
        const selection = stopFirst();
        const counted = async (ms: number): Promise<ReturnType<ReturnType<typeof bench.count>>> => {
          const stop = bench.count(draws);
          await new Promise((resolve) => setTimeout(resolve, ms));
          return stop();
        };
        // A picture at rest is refined, which takes a busy machine its time; then nothing is drawn any more.
        let rest = await counted(600);
        for (let turn = 0; turn < 60 && draws.some((name) => rest[name].calls > 0); turn += 1)
          rest = await counted(600);
        rest = await counted(800);
        const stopLast = bench.count(draws);
        view.setHover(3);
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        const hover = stopLast();
        view.dispose();
        return { selection, rest, hover };
      },
      { draws: DRAWS },
    );
    // Two tables of a few hundred bytes besides: the palette and the list of marked atoms.
    expect(counts.selection.texSubImage2D.byteLength).toBeLessThan(4 * 5_000 + 10_000);
    expect(DRAWS.reduce((sum, name) => sum + counts.rest[name].calls, 0)).toBe(0);
    expect(DRAWS.reduce((sum, name) => sum + counts.hover[name].calls, 0)).toBeGreaterThan(0);
  });

  it('[C41] finds the bonds of more than 10,000 atoms aside, and draws them when found', async () => {
    const pictures = await scene.page.evaluate(async () => {
      // Ten thousand and two carbon atoms in pairs far apart; the camera looks at one pair.
      const pairs = 5_001;
      const positions = new Float32Array(6 * pairs);
      for (let i = 0; i < pairs; i += 1) positions.set([20 * i, 0, 0, 20 * i + 1.5, 0, 0], 6 * i);
      const view = bench.make({ quality: 'low', theme: { background: '#ffffff' } });
      const frame = { atomCount: 2 * pairs, positions, numbers: new Uint8Array(2 * pairs).fill(6) };
      view.setFrame(frame);
      view.setCamera({ position: [0.75, 0, 12], target: [0.75, 0, 0], up: [0, 1, 0], fov: 30 });
      const before = bench.pixels(view);
      bench.tick();
      const start = performance.now();
      while (bench.tick() === 0 && performance.now() - start < 60_000)
        await new Promise((resolve) => setTimeout(resolve, 20));
      return { before, after: bench.pixels(view) };
    });
    const red = ({ data, width, height }: ReturnType<typeof pictureOf>): number =>
      data[4 * (Math.floor(height / 2) * width + Math.floor(width / 2))];
    expect(red(pictureOf(pictures.before))).toBe(255);
    expect(red(pictureOf(pictures.after))).toBeLessThan(200);
  });

  it('[C42] draws given bonds instead of perceived ones, and leaves out those that name no atoms', async () => {
    const shots = await scene.page.evaluate(() => {
      const view = bench.make({ quality: 'low', theme: { background: '#ffffff' } });
      const plain = { positions: [-3, 0, 0, 3, 0, 0, 3, 1.4, 0], numbers: [6, 6, 6] };
      view.setFrame(bench.frame(plain));
      view.setCamera({ position: [0, 0, 20], target: [0, 0, 0], up: [0, 1, 0], fov: 30 });
      const perceived = bench.pixels(view);
      view.setFrame(bench.frame({ ...plain, bonds: [0, 1, 0, 99, -1, 2, 1, 1] }));
      const given = bench.pixels(view);
      return { perceived, given };
    });
    const red = (shot: { width: number; height: number; base64: string }, x: number, y: number): number => {
      const { data, width } = pictureOf(shot);
      return data[4 * (y * width + x)];
    };
    const scale = 240 / (2 * 20 * Math.tan(Math.PI / 12));
    const [sideX, sideY] = [Math.round(160 + 3 * scale), Math.round(120 - 0.7 * scale)];
    expect([red(shots.perceived, 160, 120), red(shots.given, 160, 120) < 200]).toEqual([255, true]);
    expect([red(shots.perceived, sideX, sideY) < 200, red(shots.given, sideX, sideY)]).toEqual([true, 255]);
  });

  it('[C49] draws a given bond to the nearest image of its atom, not across the cell', async () => {
    const shots = await scene.page.evaluate(() => {
      const view = bench.make({ quality: 'low', theme: { background: '#ffffff' } });
      const plain = { positions: [-5, 0, 0, 5, 0, 0], numbers: [6, 6], bonds: [0, 1] };
      view.setCellVisible(false);
      view.setFrame(bench.frame(plain));
      view.setCamera({ position: [0, 0, 26], target: [0, 0, 0], up: [0, 1, 0], fov: 30 });
      const open = bench.pixels(view);
      view.setFrame(bench.frame({ ...plain, cell: [11.4, 0, 0, 0, 11.4, 0, 0, 0, 11.4], pbc: [1, 1, 1] }));
      return { open, periodic: bench.pixels(view) };
    });
    const red = (shot: { width: number; height: number; base64: string }, x: number): number => {
      const { data, width, height } = pictureOf(shot);
      const scale = height / (2 * 26 * Math.tan(Math.PI / 12));
      return data[4 * (Math.floor(height / 2) * width + Math.round(width / 2 + x * scale))];
    };
    expect([red(shots.open, 0) < 200, red(shots.open, 5.6)]).toEqual([true, 255]);
    expect([red(shots.periodic, 0), red(shots.periodic, 5.6) < 200, red(shots.periodic, -5.6) < 200]).toEqual([
      255,
      true,
      true,
    ]);
  });
});

describe('bad input', () => {
  it('[C43] survives no atoms, positions that are not numbers, selections out of range and unknown colours', async () => {
    const result = await scene.page.evaluate(() => {
      const view = bench.make({ quality: 'high' });
      const gl = bench.canvas().getContext('webgl2');
      const frames = [
        { positions: [], numbers: [] },
        { positions: [Number.NaN, 0, 0, Infinity, 1, 1, 0, 0, 0], numbers: [6, 8, 250] },
        { positions: [0, 0, 0], numbers: [1], cell: [0, 0, 0, 0, 0, 0, 0, 0, 0], pbc: [1, 1, 1] },
        { positions: [0, 0, 0], numbers: [1], cell: [Number.NaN, 0, 0, 0, 1, 0, 0, 0, 1], pbc: [1, 1, 1] },
      ];
      const codes: (number | undefined)[] = [];
      for (const plain of frames) {
        view.setFrame(bench.frame(plain));
        view.setHighlights([{ atoms: Uint32Array.of(0, 2, 4_000_000_000), color: 'no colour at all' }]);
        view.setHover(77);
        view.setMeasurements([
          [
            [0, 0, 0],
            [1, 1, 1],
          ],
        ]);
        view.setStyles([
          { atoms: Uint32Array.of(9), hide: true },
          { render: 'spheres', scale: Number.NaN, color: '?' },
        ]);
        view.fit();
        view.fit(Uint32Array.of(12));
        view.drawNow();
        view.pick(10, 10);
        codes.push(gl?.getError());
      }
      view.setFrame(undefined);
      view.resize(0, 0, Number.NaN);
      view.drawNow();
      const { camera } = view;
      view.dispose();
      view.dispose();
      return { codes, isFinite: [...camera.position, ...camera.target].every(Number.isFinite) };
    });
    expect(result).toEqual({ codes: [0, 0, 0, 0], isFinite: true });
  });

  it('[C44] says render/unavailable where there is no WebGL2', async () => {
    const code = await scene.page.evaluate(() => {
      const original = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = () => null;
      try {
        bench.make();
        return 'made';
      } catch (error) {
        return (error as { code?: string }).code;
      } finally {
        HTMLCanvasElement.prototype.getContext = original;
      }
    });
    expect(code).toBe('render/unavailable');
  });

  it('[C45] draws in low quality by itself where a processor computes the pictures', async () => {
    expect(await scene.page.evaluate(() => bench.make().quality)).toBe('low');
  });
});
