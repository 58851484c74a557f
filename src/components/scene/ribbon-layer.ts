import type { IUniform, WebGLRenderer } from 'three';
import type { SceneLayer } from './scene-layer.ts';
import { SweepLayer, type Sweep } from './sweep-layer.ts';

const kept = new WeakMap<object, { layer: SceneLayer; sweep: Sweep }>();

/** Ribbons along chains; those of another frame go into the tables that are there. */
export function ribbonLayer(renderer: WebGLRenderer, uniforms: Record<string, IUniform>, sweep: Sweep): SceneLayer {
  const before = kept.get(uniforms);
  if (before !== undefined) {
    before.sweep = sweep;
    return before.layer;
  }
  const ribbons: SweepLayer = new SweepLayer(renderer, uniforms, 'ribbon', () => entry.sweep);
  const layer: SceneLayer = {
    drawing: (quality, source) => ribbons.drawing(quality, source),
    forget: () => ribbons.forget(),
    dispose() {
      kept.delete(uniforms);
      ribbons.dispose();
    },
  };
  const entry = { layer, sweep };
  kept.set(uniforms, entry);
  return layer;
}
