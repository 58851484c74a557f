import type { CoViewer } from 'covalence/components';
import { describe, expect, it } from 'vitest';
import { idealHelix } from './ideal-helix.ts';
import { openPages, until } from './pages.ts';
import { colorsAt, isMagenta, isPaper, openPreset, papersAt, presetPages, show } from './preset-page.ts';

const pages = openPages();

const open = presetPages(pages);

describe.each(['high', 'low'] as const)('presets in %s quality', (quality) => {
  it('[C302] hyperballs narrow towards their middle to half the thinner end; sticks are sticks', async () => {
    const page = await open({ positions: [-0.75, 0, 0, 0.75, 0, 0], numbers: [6, 6] }, 8, quality);
    // At the middle, 0.2 and 0.34 above; above the atom; a third of the way, where it has widened.
    const places = [
      [0, 0],
      [0, 0.2],
      [0, 0.34],
      [-0.75, 0.46],
      [-0.45, 0.34],
    ];
    await show(page, { all: { render: 'hyperballs' } });
    expect((await colorsAt(page, places, 8)).map(isPaper)).toEqual([false, false, true, false, false]);
    await show(page, { all: { render: { type: 'hyperballs', tension: 0.8 } } });
    expect((await colorsAt(page, places, 8)).map(isPaper)).toEqual([false, true, true, false, false]);
    await show(page, { all: { render: 'ball and stick' } });
    expect((await colorsAt(page, places.slice(0, 3), 8)).map(isPaper)).toEqual([false, true, true]);
  });

  it('[C302] noodles bend through an atom, liquorice turns a corner there', async () => {
    const page = await open({ positions: [-1.3, -0.4, 0, 0, 0.4, 0, 1.3, -0.4, 0], numbers: [6, 6, 6] }, 8, quality);
    const outside = [
      [-0.83, 0.298],
      [0.83, 0.298],
    ];
    await show(page, { all: { render: 'noodles' } });
    expect((await colorsAt(page, outside, 8)).map(isPaper)).toEqual([false, false]);
    await show(page, { all: { render: { type: 'liquorice', scale: 0.625 } } });
    expect((await colorsAt(page, outside, 8)).map(isPaper)).toEqual([true, true]);
    expect((await colorsAt(page, [[-0.65, 0]], 8)).map(isPaper)).toEqual([false]);
  });

  it('[C302] cycles fill rings, goodsell is flat with a dark rim', async () => {
    const ring = [0, 1, 2, 3, 4, 5].map((i) => [
      1.4 * Math.cos((i * Math.PI) / 3),
      1.4 * Math.sin((i * Math.PI) / 3),
      0,
    ]);
    const page = await open({ positions: ring.flat(), numbers: [6, 6, 6, 6, 6, 6] }, 10, quality);
    await show(page, { all: { render: 'liquorice' } });
    expect(
      (
        await colorsAt(
          page,
          [
            [0, 0],
            [0.4, 0.2],
          ],
          10,
        )
      ).map(isPaper),
    ).toEqual([true, true]);
    await show(page, { all: { render: 'cycles', color: '#00aa00' } });
    for (const [r, g] of await colorsAt(
      page,
      [
        [0, 0],
        [0.4, 0.2],
      ],
      10,
    ))
      expect(g).toBeGreaterThan(r + 50);
    await show(page, { all: { render: 'goodsell', color: '#00ff00' } });
    const edge = Array.from({ length: 9 }, (_, i) => [1.4 + 1.62 + i / 80, 0]);
    const [one, other, ...rim] = await colorsAt(page, [[1.4, 0], [1.9, 0.5], ...edge], 10);
    expect(Math.abs(one[1] - other[1])).toBeLessThan(6);
    expect(one[1]).toBeGreaterThan(220);
    expect(Math.min(...rim.map(([, green]) => green))).toBeLessThan(150);
  });

  it('[C461][C464] a surface joins what spheres leave apart, in the colours of its atoms; opacity and other layers', async () => {
    // Radii of 1.7: spheres leave 0.1 between them, a surface has a neck there.
    const page = await open({ positions: [-1.75, 0, 0, 1.75, 0, 0], numbers: [6, 6] }, 14, quality);
    const [neck, left, right, beyond] = [
      [0, 0.4],
      [-1.9, 0.3],
      [1.9, 0.3],
      [0, 1.6],
    ];
    const second = { second: { particle_ids: [1] } };
    const green = { color: '#00ff00', selection: 'selection.second', priority: 1 };
    await show(page, { all: { render: 'spheres', color: '#ff00ff' } });
    await until(() => papersAt(page, [neck, left, beyond], 14)).toEqual([true, false, true]);
    await show(page, { all: { render: 'surface', color: '#ff00ff' }, second: green }, second);
    await until(() => papersAt(page, [neck, left, right, beyond], 14)).toEqual([false, false, false, true]);
    const joined = await colorsAt(page, [neck, left, right, beyond], 14);
    expect([isMagenta(joined[1]), isMagenta(joined[2])]).toEqual([true, false]);
    expect(joined[2][1]).toBeGreaterThan(joined[2][0] + 50);
    // An atom of its own look leaves the surface.
    await show(page, { all: { render: 'surface' }, second: { ...green, render: 'spheres' } }, second);
    await until(() => papersAt(page, [neck, left, right], 14)).toEqual([true, false, false]);
    await show(page, { all: { render: 'surface', color: '#ff00ff', opacity: 0.3 } });
    const [faint] = await colorsAt(page, [left], 14);
    expect(faint[1]).toBeGreaterThan(joined[1][1] + 80);
    // Beside balls that it encloses, which keep their colour and shine through.
    const beside = { render: 'surface', layer: 1, color: '#0000ff', opacity: 0.5 };
    await show(page, { all: { render: 'ball and stick', color: '#ff0000' }, beside });
    const [ball, hull, outside] = await colorsAt(page, [[-1.75, 0], [-1.75, 1.2], beyond], 14);
    expect(ball[0] - ball[1]).toBeGreaterThan(hull[0] - hull[1] + 15);
    expect(hull[2]).toBeGreaterThan(hull[1] + 40);
    expect(isPaper(outside)).toBe(true);
    await show(page, { all: { render: 'ball and stick' } });
    await until(() => papersAt(page, [neck, [-1.75, 1.2]], 14)).toEqual([true, true]);
  });

  it('[C465] a double bond is two sticks in the plane of its neighbours, near by; a triple one three, seen from anywhere', async () => {
    // Sticks along x; the neighbour below lies in the plane of the picture.
    const bent = {
      positions: [-0.7, 0, 0, 0.7, 0, 0, -1.2, -1.2, 0],
      numbers: [6, 6, 1],
      bonds: [0, 1, 0, 2],
      orders: [2, 1],
    };
    const [middle, above, below, top] = [
      [0, 0],
      [0, 0.144],
      [0, -0.144],
      [0, 0.19],
    ];
    const across = [middle, above, below];
    const page = await open(bent, 3, quality);
    await show(page, { all: { render: 'ball and stick' } });
    await until(() => papersAt(page, across, 3)).toEqual([true, false, false]);
    await show(page, { all: { render: 'liquorice' } });
    await until(() => papersAt(page, [middle, [0, 0.13], top], 3)).toEqual([true, false, false]);
    await show(page, { all: { render: 'cycles' } });
    await until(() => papersAt(page, across, 3)).toEqual([false, false, false]);
    const triple = { positions: [-0.6, 0, 0, 0.6, 0, 0], numbers: [7, 7], bonds: [0, 1], orders: [3] };
    const other = await open(triple, 3, quality);
    await show(other, { all: { render: 'ball and stick' } });
    const rungs = [middle, [0, 0.1], [0, 0.192], [0, -0.1], [0, -0.192]];
    await until(() => papersAt(other, rungs, 3)).toEqual([false, true, false, true, false]);
    // From afar it is one stick.
    await other.locator('co-viewer').evaluate((element) => {
      (element as CoViewer).camera = { position: [0, 0, 20], target: [0, 0, 0], up: [0, 1, 0], fov: 30 };
    });
    await until(() => papersAt(other, [middle, [0, 0.08], [0, 0.19]], 20)).toEqual([false, false, true]);
  });

  it('[C304] a cartoon is ribbons along the chain; ions stay, water and side atoms go', async () => {
    const helix = idealHelix();
    const page = await open(helix, 40, quality);
    const at = (atom: number): number[] => helix.positions.slice(3 * atom, 3 * atom + 3);
    await show(page, { all: { render: 'cartoon' } });
    const inner = helix.carriers.slice(2, -3);
    expect((await colorsAt(page, inner.map(at), 40)).filter(isMagenta).length).toBeGreaterThan(inner.length - 2);
    const [helium, water] = await colorsAt(page, [at(helix.helium), at(helix.water)], 40);
    expect([isPaper(helium), isPaper(water)]).toEqual([false, true]);
    expect(await page.locator('co-viewer .legend').innerText()).toMatch(/helix/);
    const seventh = { seventh: { particle_ids: [24, 25, 26, 27], color: '#00ff00' } };
    const spheres = { render: 'spheres', color: '#00ff00', selection: 'selection.seventh', priority: 2 };
    await show(page, { all: { render: 'cartoon', color: '#ff00ff' }, one: spheres }, seventh);
    const [covered] = await colorsAt(page, [at(25)], 40);
    expect(covered[1]).toBeGreaterThan(covered[0] + 50);
    // A grid over the picture: how much of it the ribbon covers.
    const grid = Array.from({ length: 900 }, (_, i) => [((i % 60) - 30) / 2.5, (Math.floor(i / 60) - 7) / 2.5]);
    const ribbon = async (layer: number): Promise<number> => {
      const small = { render: 'ball and stick', scale: 0.2, selection: 'selection.seventh', priority: 2, layer };
      await show(page, { all: { render: 'cartoon', color: '#ff00ff' }, one: small });
      return (await colorsAt(page, grid, 40)).filter(isMagenta).length;
    };
    const [beside, instead] = [await ribbon(1), await ribbon(0)];
    expect(beside, 'one of another layer leaves the ribbon').toBeGreaterThan(instead * 1.04);
  });
});

describe('ribbons', () => {
  it('[C305] are found under the pointer, and tinted by a selection', async () => {
    const helix = idealHelix();
    const page = await open(helix, 40, 'low');
    await show(page, { all: { render: 'cartoon', color: '#dd00dd' } });
    const place = await page.locator('co-viewer').evaluate((element) => {
      const at = (element as CoViewer).project(25)!;
      return [at.x, at.y];
    });
    const found = await page.locator('co-viewer').evaluate((element, [x, y]) => {
      const scene = (element as unknown as { scene: { pick(x: number, y: number): { atom: number } | undefined } })
        .scene;
      return scene.pick(x, y)?.atom;
    }, place);
    expect(helix.carriers).toContain(found);
    await show(
      page,
      { all: { render: 'cartoon', color: '#dd00dd' } },
      {
        some: { particle_ids: helix.carriers, color: '#00ff00', current_of: 'x' },
      },
    );
    const at = (atom: number): number[] => helix.positions.slice(3 * atom, 3 * atom + 3);
    const tinted = await colorsAt(page, helix.carriers.slice(3, -3).map(at), 40);
    expect(tinted.filter(([r, g]) => g > r).length).toBe(tinted.length);
  });

  it('[C303] what is not known, or has no chain, is drawn as usual with a sentence and an error event', async () => {
    const page = await open({ positions: [-0.75, 0, 0, 0.75, 0, 0], numbers: [6, 6] }, 8, 'low');
    const codes = (): Promise<string[]> => page.evaluate(() => (globalThis as unknown as { codes: string[] }).codes);
    await show(page, { all: { render: 'moonlight' } });
    expect(await page.locator('co-viewer .legend').innerText()).toMatch(/“moonlight” is no way of drawing/);
    expect(
      (
        await colorsAt(
          page,
          [
            [-0.75, 0],
            [0, 0],
          ],
          8,
        )
      ).map(isPaper),
    ).toEqual([false, false]);
    await show(page, { all: { render: 'cartoon' } });
    expect(await page.locator('co-viewer .legend').innerText()).toMatch(/names no residues/);
    expect(
      (
        await colorsAt(
          page,
          [
            [-0.75, 0],
            [0, 0],
          ],
          8,
        )
      ).map(isPaper),
    ).toEqual([false, false]);
    expect(await codes()).toEqual(['render/unknown', 'render/unknown']);
    await show(page, {});
    expect(await page.locator('co-viewer .legend').count()).toBe(0);
  });
});

describe('surfaces', () => {
  it('[C462][C463] go around the atoms of the frame shown; of atoms too far apart there is none, and that is said', async () => {
    const near = { positions: [-1.75, 0, 0, 1.75, 0, 0], numbers: [6, 6] };
    const moved = { positions: [0, -1.75, 0, 0, 1.75, 0], numbers: [6, 6] };
    const far = { positions: [0, 0, 0, 3000, 3000, 3000], numbers: [6, 6] };
    const page = await open([near, moved, far], 14, 'low');
    const places = [
      [-1.9, 0],
      [0.4, 0],
      [0, 1.9],
    ];
    const seek = (frame: number): Promise<void> =>
      page.locator('co-viewer').evaluate(async (element, index) => {
        const viewer = element as CoViewer;
        viewer.activeRoom!.playback.seek(index);
        while (viewer.frame?.index !== index) await new Promise((resolve) => setTimeout(resolve, 20));
        await new Promise((resolve) => setTimeout(resolve, 60));
      }, frame);
    await show(page, { all: { render: 'surface' } });
    await until(() => papersAt(page, places, 14)).toEqual([false, false, true]);
    await seek(1);
    await until(() => papersAt(page, places, 14)).toEqual([true, false, false]);
    await seek(2);
    expect(
      (
        await colorsAt(
          page,
          [
            [0.4, 0],
            [1.6, 0],
            [0, 1.9],
          ],
          14,
        )
      ).map(isPaper),
    ).toEqual([false, false, true]);
    await until(() => page.locator('co-viewer .legend').innerText()).toMatch(/too far apart.*spheres/);
    const codes = await page.evaluate(() => (globalThis as unknown as { codes: string[] }).codes);
    expect(codes).toEqual(['render/unknown']);
    await seek(0);
    await until(() => page.locator('co-viewer .legend').count()).toBe(0);
    await until(() => papersAt(page, places, 14)).toEqual([false, false, true]);
  });
});

describe('what presets cost', () => {
  it('[C312] each preset is at most six draws, and a new frame under it uploads positions and 48 bytes a residue and allocates nothing', async () => {
    const helix = idealHelix(40);
    const moved = { ...helix, positions: helix.positions.map((x, i) => x + Math.sin(i) / 20) };
    // What is allocated once must not be here already.
    const page = await openPreset(pages, [helix, moved, helix, moved], 60, 'low');
    const counted = await page.evaluate(async () => {
      const viewer = document.querySelector('co-viewer') as CoViewer;
      const room = viewer.activeRoom!;
      viewer.cell = 'show';
      room.selections.set('selection.s', { particle_ids: [1, 2, 3], color: '#00ff00' });
      const calls = { draws: 0, allocations: 0, bytes: 0 };
      const prototype = WebGL2RenderingContext.prototype as unknown as Record<string, (...given: never[]) => unknown>;
      const wrap = (name: string, note: (given: unknown[]) => void): void => {
        const original = prototype[name];
        prototype[name] = function counted(...given) {
          note(given);
          return original.apply(this, given);
        };
      };
      for (const name of ['drawArrays', 'drawElements', 'drawArraysInstanced', 'drawElementsInstanced'])
        wrap(name, () => (calls.draws += 1));
      for (const name of ['texStorage2D', 'createTexture', 'bufferData', 'linkProgram'])
        wrap(name, () => (calls.allocations += 1));
      const width: Record<string, number> = { [0x1907]: 12, [0x1908]: 16, [0x8d99]: 4, [0x8d94]: 4 };
      wrap('texSubImage2D', (given) => {
        calls.bytes += Number(given[4]) * Number(given[5]) * (width[Number(given[6])] ?? 16);
      });
      const scene = (viewer as unknown as { scene: { onDrawn(listener: () => void): () => void } }).scene;
      const forget = (): unknown => Object.assign(calls, { draws: 0, allocations: 0, bytes: 0 });
      const seek = async (frame: number): Promise<void> => {
        room.playback.seek(frame);
        while (viewer.frame?.index !== frame) await new Promise((resolve) => setTimeout(resolve, 25));
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      };
      const results: Record<string, typeof calls> = {};
      for (const render of [
        'ball and stick',
        'liquorice',
        'spheres',
        'hyperballs',
        'noodles',
        'cycles',
        'goodsell',
        'cartoon',
        'ribbon',
        'spline',
        'geometric spline',
        'surface',
      ]) {
        room.visualisers.set('visualiser.all', { render, color: '#888888' });
        await fixture.drawn();
        await seek(1);
        await seek(0);
        forget();
        results[render] = await new Promise((resolve) => {
          const undo = scene.onDrawn(() => {
            // Not of the frame before, at rest and refined; and a surface is found a little later.
            const isIt = viewer.frame?.index === 1 && (render !== 'surface' || calls.allocations > 0);
            if (!isIt) return void forget();
            undo();
            resolve({ ...calls });
          });
          room.playback.seek(1);
        });
      }
      return results;
    });
    const residueBytes = 48 * 40 + 16 * 40;
    for (const [render, { draws, allocations, bytes }] of Object.entries(counted)) {
      expect(draws, render).toBeGreaterThan(1);
      expect(draws, render).toBeLessThanOrEqual(6);
      // A surface is as large as it is; its five tables are made with it.
      expect(allocations, render).toBe(render === 'surface' ? 5 : 0);
      const isRibbon = /cartoon|ribbon|spline/.test(render);
      // Strokes of the cell, tints and states are counted with what they may need at most.
      expect(bytes, render).toBeLessThanOrEqual(
        162 * (12 + 4 + 4) + 12 * 48 + 8 * 256 * 16 + (isRibbon ? residueBytes : 0),
      );
    }
    expect(Object.keys(counted)).toHaveLength(12);
  });
});
