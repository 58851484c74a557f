import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openScenePage, type ScenePage } from './chromium.ts';

let scene: ScenePage;
beforeAll(async () => {
  scene = await openScenePage(320, 240);
  // What counts here is what happens before a drawing; the drawing itself takes a processor long.
  await scene.page.evaluate(() => {
    WebGL2RenderingContext.prototype.drawArrays = () => undefined;
  });
});
afterEach(() => {
  expect(scene.errors).toEqual([]);
});
afterAll(async () => scene.browser.close());

const FRAMES = 60;

interface Shown {
  /** Of buffers made by `new`, a frame. */
  bufferBytes: number;
  uploadBytes: number;
}

/** Plays frames whose atoms tremble, after as many to get warm. */
async function play(atoms: number, render: 'spheres' | 'ball and stick'): Promise<Shown & { heapBytes: number }> {
  const cdp = await scene.page.context().newCDPSession(scene.page);
  const made = await scene.page.evaluate(
    ({ atoms, render, frames }) => {
      const side = Math.ceil(Math.cbrt(atoms / 2));
      // Pairs 1 angstrom long, 3 apart: bonds that tremble but stay.
      const positionsOf = (seed: number): Float32Array =>
        Float32Array.from({ length: 3 * atoms }, (_, i) => {
          const [atom, axis] = [Math.floor(i / 3), i % 3];
          const pair = atom >> 1;
          const place = [pair % side, Math.floor(pair / side) % side, Math.floor(pair / side / side)][axis];
          return 3 * place + (axis === 0 ? atom % 2 : 0) + 0.05 * Math.sin(seed * 3 + pair * (axis + 1));
        });
      const numbers = new Uint8Array(atoms).fill(6);
      // Bonds of many atoms are looked for aside, now and then; that is not part of showing a frame.
      const bonds = atoms > 2_000 ? Int32Array.from({ length: atoms }, (_, i) => i) : undefined;
      const shown = [1, 2, 3, 4].map((seed) => ({ atomCount: atoms, positions: positionsOf(seed), numbers, bonds }));
      const view = bench.make({ quality: 'low' });
      view.resize(48, 36, 1);
      view.setStyles([{ render }]);
      const run = (count: number): void => {
        for (let i = 0; i < count; i += 1) {
          view.setFrame(shown[i % 4]);
          view.drawNow();
        }
      };
      run(frames);
      const counted = { bytes: 0 };
      const plain = new Map<string, unknown>();
      const globals = globalThis as unknown as Record<string, unknown>;
      for (const name of [
        'ArrayBuffer',
        'Float32Array',
        'Float64Array',
        'Uint8Array',
        'Uint16Array',
        'Uint32Array',
        'Int8Array',
        'Int16Array',
        'Int32Array',
      ]) {
        const Kind = globals[name] as new (...given: unknown[]) => { byteLength: number };
        plain.set(name, Kind);
        globals[name] = new Proxy(Kind, {
          construct(Plain, given) {
            const buffer = new Plain(...(given as unknown[]));
            // A view of a buffer that is there makes none.
            if (!(given[0] instanceof ArrayBuffer)) counted.bytes += buffer.byteLength;
            return buffer;
          },
        });
      }
      const stop = bench.count(['texSubImage2D']);
      run(frames);
      const { byteLength } = stop()['texSubImage2D'];
      for (const [name, Kind] of plain) globals[name] = Kind;
      Object.assign(globalThis, { playOn: () => run(frames), endPlaying: () => view.dispose() });
      return { bufferBytes: counted.bytes / frames, uploadBytes: byteLength / frames };
    },
    { atoms, render, frames: FRAMES },
  );
  await cdp.send('HeapProfiler.startSampling', {
    samplingInterval: 1024,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  await scene.page.evaluate(() => (globalThis as unknown as { playOn: () => void }).playOn());
  const { profile } = await cdp.send('HeapProfiler.stopSampling');
  await scene.page.evaluate(() => (globalThis as unknown as { endPlaying: () => void }).endPlaying());
  let heap = 0;
  const visit = (node: typeof profile.head): void => {
    heap += node.selfSize;
    node.children.forEach(visit);
  };
  visit(profile.head);
  await cdp.detach();
  return { ...made, heapBytes: heap / FRAMES };
}

describe('what showing a frame leaves behind', () => {
  it.each(['spheres', 'ball and stick'] as const)(
    '[C390] playing %s makes no buffer beyond 2 kB a frame, and less than a byte an atom of other things',
    async (render) => {
      const few = await play(1_500, render);
      const many = await play(90_000, render);
      expect(few.bufferBytes).toBeLessThan(2_000);
      expect(many.bufferBytes).toBeLessThan(2_000);
      // One object an atom would be 12 bytes or more. What is not compiled yet leaves a few kB, however many atoms.
      expect(many.heapBytes).toBeLessThan(90_000);
    },
  );

  it('[C391] bonds found again as they were are not uploaded again: ball and stick plays on 12 bytes an atom', async () => {
    const { uploadBytes } = await play(1_500, 'ball and stick');
    expect(uploadBytes).toBe(12 * 1_500);
  });
});
