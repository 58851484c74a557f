import { createSceneView } from '../../src/components/scene/create-scene-view.ts';
import type { SceneFrame, SceneView, SceneViewOptions } from '../../src/components/scene/scene-view.ts';

/** A frame as it travels from the test: arrays of numbers. */
export interface PlainFrame {
  positions: number[];
  numbers: number[];
  cell?: number[];
  pbc?: number[];
  bonds?: number[];
}

/** What tests find on the page. */
export interface SceneBench {
  /** A fresh canvas of the page's size with a view on it; draws only when told to. */
  make(options?: SceneViewOptions & { isLive?: boolean; isSameCanvas?: boolean }): SceneView;
  canvas(): HTMLCanvasElement;
  frame(plain: PlainFrame): SceneFrame;
  /** Draws if needed and returns the canvas's pixels, top down, four bytes each. */
  pixels(view: SceneView): { width: number; height: number; base64: string };
  /** Runs what views scheduled; returns how much that was. */
  tick(): number;
  /** Counts calls of a method of the GL context until told to stop. */
  count(names: string[]): () => Record<string, { calls: number; byteLength: number }>;
}

let current: HTMLCanvasElement | undefined;
let before: SceneView | undefined;
let waiting: (() => void)[] = [];
let time = 0;

const bench: SceneBench = {
  make({ isLive = false, isSameCanvas = false, ...options } = {}) {
    // The only view of the page, as most are.
    before?.dispose();
    if (!isSameCanvas || !current) current = document.createElement('canvas');
    document.body.replaceChildren(current);
    waiting = [];
    const schedule = (draw: () => void): number => waiting.push(draw);
    const view = createSceneView(current, { ...(isLive ? {} : { schedule, now: () => (time += 1000) }), ...options });
    view.resize(innerWidth, innerHeight, options.devicePixelRatio ?? 1);
    before = view;
    return view;
  },
  canvas: () => document.querySelector('canvas') ?? document.createElement('canvas'),
  frame: ({ positions, numbers, cell, pbc, bonds }) => ({
    atomCount: numbers.length,
    positions: Float32Array.from(positions),
    numbers: Uint8Array.from(numbers),
    ...(cell && { cell: Float64Array.from(cell) }),
    ...(pbc && { pbc: Uint8Array.from(pbc) }),
    ...(bonds && { bonds: Int32Array.from(bonds) }),
  }),
  pixels(view) {
    view.drawNow();
    const { width, height } = bench.canvas();
    const copy = new OffscreenCanvas(width, height);
    const context = copy.getContext('2d');
    context?.drawImage(bench.canvas(), 0, 0);
    const bytes = context?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
    let text = '';
    for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return { width, height, base64: btoa(text) };
  },
  tick() {
    const due = waiting;
    waiting = [];
    for (const draw of due) draw();
    return due.length;
  },
  count(names) {
    const prototype = WebGL2RenderingContext.prototype as unknown as Record<string, (...given: unknown[]) => unknown>;
    const counts: Record<string, { calls: number; byteLength: number }> = {};
    const originals = names.map((name) => [name, prototype[name]] as const);
    for (const [name, original] of originals) {
      const entry = (counts[name] = { calls: 0, byteLength: 0 });
      prototype[name] = function counted(this: unknown, ...given: unknown[]): unknown {
        entry.calls += 1;
        // Width, height and an array with an offset: what texSubImage2D takes here, 12 bytes a texel of positions.
        if (name === 'texSubImage2D') {
          const data = given[8] as ArrayBufferView & { BYTES_PER_ELEMENT: number };
          const texels = Number(given[4]) * Number(given[5]);
          entry.byteLength += data instanceof Float32Array ? texels * 12 : texels * 4;
        }
        return original.apply(this, given);
      };
    }
    return () => {
      for (const [name, original] of originals) prototype[name] = original;
      return counts;
    };
  },
};

Object.assign(globalThis, { bench });
