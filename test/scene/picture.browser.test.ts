import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openScenePage, type ScenePage } from './chromium.ts';
import { hueAt, lookAt, pictureOf, type Picture } from './independent-camera.ts';
import type { PlainFrame } from './page-entry.ts';

const WIDTH = 400;
const HEIGHT = 300;

let scene: ScenePage;
beforeAll(async () => {
  scene = await openScenePage(WIDTH, HEIGHT);
});
beforeEach(() => {
  scene.errors.length = 0;
});
afterAll(async () => scene.browser.close());

/** Red, green, blue, opacity at a place in CSS pixels. */
function pixel({ width, height, data }: Picture, x: number, y: number): number[] {
  const at = 4 * (Math.floor((y / HEIGHT) * height) * width + Math.floor((x / WIDTH) * width));
  return [...data.subarray(at, at + 4)];
}

const molecule: PlainFrame = { positions: [0, 0, 0, 4, 0, 0, 0, 4, 0], numbers: [8, 7, 16] };
const pose = { position: [1, 1, 30], target: [1, 1, 0], up: [0, 1, 0], fov: 30 } as const;
const middle = (point: number[]): [number, number] => {
  const [x, y] = lookAt(
    { position: [...pose.position], target: [...pose.target], up: [...pose.up], fov: 30 },
    WIDTH,
    HEIGHT,
    point,
  );
  return [x, y];
};

describe.each(['high', 'low'] as const)('a picture of %s quality', (quality) => {
  it('[C35] draws a bond through a face of the cell as two stubs and nothing across the cell', async () => {
    const across: PlainFrame = {
      positions: [-4.6, 0, 0, 4.6, 0, 0],
      numbers: [6, 6],
      cell: [10.6, 0, 0, 0, 10.6, 0, 0, 0, 10.6],
      pbc: [1, 1, 1],
    };
    const shot = await scene.page.evaluate(
      ({ across, quality }) => {
        const view = bench.make({ quality, theme: { background: '#ffffff' } });
        view.setCellVisible(false);
        view.setFrame(bench.frame(across));
        view.setCamera({ position: [0, 0, 30], target: [0, 0, 0], up: [0, 1, 0], fov: 30 });
        return bench.pixels(view);
      },
      { across, quality },
    );
    const picture = pictureOf(shot);
    const scale = HEIGHT / (2 * 30 * Math.tan(Math.PI / 12));
    const at = (x: number): number => pixel(picture, WIDTH / 2 + x * scale, HEIGHT / 2)[0];
    for (let x = -3.9; x < 3.9; x += 0.2) expect(at(x), `x ${x}`).toBe(255);
    for (const side of [-1, 1]) {
      expect(at(side * 4.6), 'the atom').toBeLessThan(230);
      expect(at(side * 5.2), 'its stub').toBeLessThan(230);
      expect(at(side * 5.5), 'beyond the middle').toBe(255);
    }
  });

  it('[C36] rings a selection in its colour and a hovered atom in a neutral one, and draws nothing of a hidden atom', async () => {
    const shots = await scene.page.evaluate(
      ({ molecule, quality, pose }) => {
        const view = bench.make({ quality, theme: { background: '#101418' } });
        view.setFrame(bench.frame(molecule));
        view.setCamera({ position: [...pose.position], target: [...pose.target], up: [...pose.up], fov: pose.fov });
        view.setHighlights([{ atoms: Uint32Array.of(1), color: '#00ff00' }]);
        view.setHover(2);
        const marked = bench.pixels(view);
        view.setHighlights([]);
        view.setHover(undefined);
        view.setStyles([{ render: 'ball and stick' }, { atoms: Uint32Array.of(0), hide: true }]);
        return { marked, hidden: bench.pixels(view) };
      },
      { molecule, quality, pose },
    );
    const marked = pictureOf(shots.marked);
    const perAngstrom = HEIGHT / (2 * 30 * Math.tan(Math.PI / 12));
    const [x, y] = middle([4, 0, 0]);
    const ring = pixel(marked, x + 0.27 * 1.55 * perAngstrom + 1.5, y);
    expect(ring[1]).toBeGreaterThan(200);
    expect(ring[0] + ring[2]).toBeLessThan(120);
    const [hx, hy] = middle([0, 4, 0]);
    const hover = pixel(marked, hx + 0.27 * 1.8 * perAngstrom + 1, hy);
    expect(Math.min(...hover.slice(0, 3))).toBeGreaterThan(110);
    const [ox, oy] = middle([0, 0, 0]);
    expect(hueAt(marked, ox / WIDTH, oy / HEIGHT)[1]).toBeGreaterThan(0.5);
    expect(pixel(pictureOf(shots.hidden), ox, oy).slice(0, 3)).toEqual([16, 20, 24]);
    expect(pixel(pictureOf(shots.hidden), x + 0.27 * 1.55 * perAngstrom + 1.5, y).slice(0, 3)).toEqual([16, 20, 24]);
  });

  it('[C37] is transparent where nothing is when the background is, also in a file of any size', async () => {
    const shots = await scene.page.evaluate(
      async ({ molecule, quality, pose }) => {
        const view = bench.make({ quality, theme: { background: 'transparent' } });
        view.setFrame(bench.frame(molecule));
        view.setCamera({ position: [...pose.position], target: [...pose.target], up: [...pose.up], fov: pose.fov });
        const screen = bench.pixels(view);
        const read = async (blob: Blob): Promise<{ width: number; height: number; pixels: number[][] }> => {
          const image = await createImageBitmap(blob);
          const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
          context?.drawImage(image, 0, 0);
          const at = (x: number, y: number): number[] => [...(context?.getImageData(x, y, 1, 1).data ?? [])];
          const center = view.project(0) ?? { x: 0, y: 0 };
          const scale = image.height / innerHeight;
          const middle = image.width / 2 + (center.x - innerWidth / 2) * scale;
          return {
            width: image.width,
            height: image.height,
            pixels: [at(2, 2), at(Math.round(middle), Math.round(center.y * scale))],
          };
        };
        return {
          screen,
          file: await read(await view.toBlob({ width: 900, height: 500 })),
          white: await read(await view.toBlob({ width: 300, background: '#ffffff' })),
          refused: await view.toBlob({ width: 1e6, height: 1e6 }).then(
            () => 'no refusal',
            (error: { code: string }) => error.code,
          ),
        };
      },
      { molecule, quality, pose },
    );
    const screen = pictureOf(shots.screen);
    expect(pixel(screen, 3, 3)).toEqual([0, 0, 0, 0]);
    expect(pixel(screen, ...middle([0, 0, 0]))[3]).toBe(255);
    expect([shots.file.width, shots.file.height]).toEqual([900, 500]);
    expect(shots.file.pixels[0]).toEqual([0, 0, 0, 0]);
    expect(shots.file.pixels[1][3]).toBe(255);
    expect(shots.file.pixels[1][0]).toBeGreaterThan(150);
    expect([shots.white.width, shots.white.height]).toEqual([300, 225]);
    expect(shots.white.pixels[0]).toEqual([255, 255, 255, 255]);
    expect(shots.refused).toBe('value/invalid');
  });

  it('[C38] is the same after the graphics context was lost and came back, and on a canvas used before', async () => {
    const shots = await scene.page.evaluate(
      async ({ molecule, quality }) => {
        const start = (isSameCanvas: boolean): ReturnType<typeof bench.make> => {
          const view = bench.make({ quality, isSameCanvas, theme: { background: '#ffffff' } });
          view.setFrame(bench.frame({ ...molecule, cell: [5, 0, 0, 0, 5, 0, 0, 0, 5], pbc: [1, 1, 1] }));
          view.setHighlights([{ atoms: Uint32Array.of(1), color: '#00ff00' }]);
          view.setCamera({ position: [2, 3, 25], target: [2, 2, 2], up: [0, 1, 0], fov: 30 });
          return view;
        };
        const view = start(false);
        const before = bench.pixels(view);
        const canvas = bench.canvas();
        const lost = canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context');
        const happened = (name: string): Promise<unknown> =>
          new Promise((resolve) => canvas.addEventListener(name, resolve, { once: true }));
        const gone = happened('webglcontextlost');
        lost?.loseContext();
        await gone;
        await new Promise((resolve) => setTimeout(resolve));
        view.setHover(0);
        view.drawNow();
        view.setHover(undefined);
        const back = happened('webglcontextrestored');
        lost?.restoreContext();
        await back;
        const after = bench.pixels(view);
        view.dispose();
        const again = bench.pixels(start(true));
        return { before, after, again };
      },
      { molecule, quality },
    );
    const before = pictureOf(shots.before).data;
    expect(new Set(before).size).toBeGreaterThan(20);
    for (const other of [shots.after, shots.again]) {
      const { data } = pictureOf(other);
      expect(data).toHaveLength(before.length);
      let differing = 0;
      for (let i = 0; i < before.length; i += 1) differing += Number(Math.abs(before[i] - data[i]) > 6);
      expect(differing / before.length).toBeLessThan(0.002);
    }
  });
});
