import type { BufferGeometry, IUniform, Mesh, RawShaderMaterial } from 'three';
import { impostor, setQuadCount } from './impostor.ts';
import type { LayerSource, SceneLayer } from './scene-layer.ts';
import { HYPERBALL_FRAGMENT, HYPERBALL_VERTEX } from './shaders/hyperballs.ts';

const kept = new WeakMap<object, HyperballLayer>();

/** The bonds of all styles that ask for a waist, as hyperboloids: ray-cast, one draw, no table of its own. */
export function hyperballLayer(uniforms: Record<string, IUniform>): SceneLayer {
  const layer = kept.get(uniforms) ?? new HyperballLayer(uniforms);
  kept.set(uniforms, layer);
  return layer;
}

class HyperballLayer implements SceneLayer {
  private readonly drawings: Record<'high' | 'low', Mesh<BufferGeometry, RawShaderMaterial>>;
  private readonly uniforms: Record<string, IUniform>;

  constructor(uniforms: Record<string, IUniform>) {
    this.uniforms = uniforms;
    const make = (defines: Record<string, string>): Mesh<BufferGeometry, RawShaderMaterial> =>
      impostor({ vertex: HYPERBALL_VERTEX, fragment: HYPERBALL_FRAGMENT, uniforms, defines });
    this.drawings = { high: make({}), low: make({ SIMPLE: '1' }) };
  }

  drawing(quality: 'high' | 'low', { bonds }: LayerSource): Mesh<BufferGeometry, RawShaderMaterial> {
    const mesh = this.drawings[quality];
    setQuadCount(mesh, 2 * (bonds?.count ?? 0));
    return mesh;
  }

  forget(): void {}

  dispose(): void {
    kept.delete(this.uniforms);
    for (const { geometry, material } of Object.values(this.drawings)) {
      geometry.dispose();
      material.dispose();
    }
  }
}
