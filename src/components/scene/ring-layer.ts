import type { IUniform, WebGLRenderer } from 'three';
import { DataTexture } from './data-texture.ts';
import { impostor } from './impostor.ts';
import { findRings } from './rings.ts';
import type { LayerSource, SceneLayer } from './scene-layer.ts';
import { RING_VERTEX } from './shaders/rings.ts';
import { SWEEP_FRAGMENT } from './shaders/sweep.ts';

const kept = new WeakMap<object, { layer: SceneLayer; mask: Uint8Array }>();

/** Rings of three to six atoms as filled faces, where `mask` is not 0 for all of them. */
export function ringLayer(renderer: WebGLRenderer, uniforms: Record<string, IUniform>, mask: Uint8Array): SceneLayer {
  const before = kept.get(uniforms);
  if (before !== undefined) {
    before.mask = mask;
    return before.layer;
  }
  const rings = new DataTexture(renderer, 'rgba32ui');
  const own = { ...uniforms, rings: { value: rings.texture } };
  const make = (defines: Record<string, string>): ReturnType<typeof impostor> =>
    impostor({ vertex: RING_VERTEX, fragment: SWEEP_FRAGMENT, uniforms: own, defines });
  const drawings = { high: make({}), low: make({ SIMPLE: '1' }) };
  let seen: { mask?: Uint8Array; version?: number } = {};
  let count = 0;
  const find = ({ bonds, bondsVersion }: LayerSource): void => {
    if (seen.mask === entry.mask && seen.version === bondsVersion) return;
    seen = { mask: entry.mask, version: bondsVersion };
    const found = findRings(bonds?.records ?? new Uint32Array(0), bonds?.count ?? 0, entry.mask);
    count = found.length / 8;
    if (count > 0) rings.upload(found, 2 * count);
  };
  const layer: SceneLayer = {
    drawing(quality, source) {
      find(source);
      const mesh = drawings[quality];
      mesh.geometry.setDrawRange(0, 18 * count);
      mesh.visible = count > 0;
      return mesh;
    },
    forget() {
      seen = {};
      rings.forget();
    },
    dispose() {
      kept.delete(uniforms);
      rings.dispose();
      for (const { geometry, material } of Object.values(drawings)) {
        geometry.dispose();
        material.dispose();
      }
    },
  };
  const entry = { layer, mask };
  kept.set(uniforms, entry);
  return layer;
}
