import type { IUniform, WebGLRenderer } from 'three';
import type { LayerSource, SceneLayer } from './scene-layer.ts';
import { SweepLayer, type Sweep } from './sweep-layer.ts';

const kept = new WeakMap<object, SceneLayer>();
const NONE: Sweep = { spans: new Uint32Array(0), spanCount: 0 };

/** The bonds of all styles that ask for noodles: tubes that run through their atoms without a corner. */
export function noodleLayer(renderer: WebGLRenderer, uniforms: Record<string, IUniform>): SceneLayer {
  const before = kept.get(uniforms);
  if (before !== undefined) return before;
  let seen = -1;
  let sweep = NONE;
  const tubes = new SweepLayer(renderer, uniforms, 'noodle', (source) => {
    if (source.bondsVersion !== seen) sweep = noodles(source);
    seen = source.bondsVersion;
    return sweep;
  });
  const layer: SceneLayer = {
    drawing: (quality, source) => tubes.drawing(quality, source),
    forget: () => tubes.forget(),
    dispose() {
      kept.delete(uniforms);
      tubes.dispose();
    },
  };
  kept.set(uniforms, layer);
  return layer;
}

/** Two stretches a bond, from either end to its middle; a curve goes on through an atom to one other neighbour. */
function noodles({ atoms, bonds }: LayerSource): Sweep {
  if (atoms === undefined || bonds === undefined || bonds.count === 0) return NONE;
  const { records, count } = bonds;
  const degree = new Uint8Array(atoms.count);
  for (let i = 0; i < count; i += 1) for (const end of [0, 1]) degree[records[4 * i + end]] += 1;
  // The two neighbours a curve through each atom joins: those with most bonds of their own.
  const through = new Int32Array(2 * atoms.count).fill(-1);
  const better = (one: number, other: number): boolean => other < 0 || degree[one] > degree[other];
  const offer = (atom: number, neighbour: number): void => {
    if (better(neighbour, through[2 * atom])) {
      through[2 * atom + 1] = through[2 * atom];
      through[2 * atom] = neighbour;
    } else if (better(neighbour, through[2 * atom + 1])) through[2 * atom + 1] = neighbour;
  };
  for (let i = 0; i < count; i += 1) {
    offer(records[4 * i], records[4 * i + 1]);
    offer(records[4 * i + 1], records[4 * i]);
  }
  const beyond = (atom: number, neighbour: number): number => {
    const [one, other] = [through[2 * atom], through[2 * atom + 1]];
    if (neighbour !== one && neighbour !== other) return atom;
    const next = neighbour === one ? other : one;
    return next < 0 ? atom : next;
  };
  const spans = new Uint32Array(8 * count);
  for (let i = 0; i < count; i += 1) {
    const [a, b] = [records[4 * i], records[4 * i + 1]];
    const [before, after] = [beyond(a, b), beyond(b, a)];
    spans.set([before, a, b, after, after, b, a, before], 8 * i);
  }
  return { spans, spanCount: 2 * count };
}
