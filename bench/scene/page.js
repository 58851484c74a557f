/* What every page has besides its contender: the same atoms, the same clock, the same questions. */
import { pdbOf, waterBox } from './water-box.js';

const { contender, graphics } = globalThis;
let allocated = { arrays: 0, bytes: 0 };

/** Counts the bytes of buffers made by `new`, which samples of the heap do not see. */
function watchBuffers() {
  const count = (bytes) => {
    allocated.arrays += 1;
    allocated.bytes += bytes;
  };
  const names = ['Float32Array', 'Float64Array', 'Uint8Array', 'Uint16Array', 'Uint32Array'];
  for (const name of [...names, 'Int8Array', 'Int16Array', 'Int32Array', 'Uint8ClampedArray']) {
    globalThis[name] = new Proxy(globalThis[name], {
      construct(Kind, args, target) {
        const made = Reflect.construct(Kind, args, target === globalThis[name] ? Kind : target);
        if (!(args[0] instanceof ArrayBuffer)) count(made.byteLength);
        return made;
      },
    });
  }
  globalThis.ArrayBuffer = new Proxy(ArrayBuffer, {
    construct(Kind, args) {
      count(Number(args[0]) || 0);
      return Reflect.construct(Kind, args);
    },
  });
}

let box;
const pdb = (count) => pdbOf(box, count);

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

globalThis.bench = {
  /** Makes atoms and picture; milliseconds from atoms in memory to the picture, scripts loaded before. */
  async open({ atoms, frames = 4, style = 'spheres', quality, isDrawn = true, isWatched = false }) {
    box = waterBox(atoms, frames);
    if (isWatched) watchBuffers();
    graphics.let(isDrawn);
    const start = performance.now();
    await contender.open({ box, style, quality, pdb });
    graphics.finish();
    return { ms: performance.now() - start, counts: graphics.counts() };
  },
  /** Times of single frame updates without drawing: median, with and without the upload. */
  async update({ times, isUploaded = true }) {
    graphics.let(false, isUploaded);
    const taken = [];
    const before = graphics.counts();
    for (let i = 1; i <= times; i += 1) {
      const start = performance.now();
      await contender.update(i);
      taken.push(performance.now() - start);
      // The command buffer empties between frames, as between pictures on a screen.
      graphics.finish();
    }
    const after = graphics.counts();
    const counts = Object.fromEntries(Object.keys(after).map((key) => [key, (after[key] - before[key]) / times]));
    return { ms: median(taken), counts };
  },
  /** Whole frames: change and drawing, waited for. */
  async frame({ times }) {
    graphics.let(true);
    const taken = [];
    for (let i = 1; i <= times; i += 1) {
      const start = performance.now();
      await contender.update(i);
      graphics.finish();
      taken.push(performance.now() - start);
    }
    return median(taken);
  },
  async pick({ times }) {
    graphics.let(false);
    const { readBacks } = graphics.counts();
    const taken = [];
    let hits = 0;
    for (let i = 0; i < times; i += 1) {
      const [x, y] = [200 + ((i * 37) % 400), 150 + ((i * 53) % 300)];
      const start = performance.now();
      const atom = await contender.pick(x, y);
      taken.push(performance.now() - start);
      hits += atom >= 0 ? 1 : 0;
    }
    return { ms: median(taken), hits, readBacks: (graphics.counts().readBacks - readBacks) / times };
  },
  bonds() {
    const taken = [];
    let count = 0;
    for (let i = 0; i < 5; i += 1) {
      const start = performance.now();
      const found = contender.bonds({ pdb });
      taken.push(found.ms ?? performance.now() - start);
      count = found.count ?? found;
    }
    return { ms: median(taken), count, truth: box.bonds };
  },
  buffers() {
    const was = allocated;
    allocated = { arrays: 0, bytes: 0 };
    return was;
  },
  memory: async () => (await performance.measureUserAgentSpecificMemory()).bytes,
};
globalThis.isReady = true;
