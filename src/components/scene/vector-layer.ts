import { Vector3, type IUniform, type WebGLRenderer } from 'three';
import { parseCssColor, toLinear } from './css-color.ts';
import { DataTexture } from './data-texture.ts';
import { impostor, setQuadCount } from './impostor.ts';
import type { SceneLayer } from './scene-layer.ts';
import type { SceneVectors } from './scene-view.ts';
import { ARROW_FRAGMENT, ARROW_VERTEX } from './shaders/arrows.ts';

/** Layers by the picture they belong to: another frame's vectors go into the tables that are there. */
const kept = new WeakMap<object, VectorLayer[]>();

/** A layer for each set of arrows. */
export function vectorLayers(
  renderer: WebGLRenderer,
  uniforms: Record<string, IUniform>,
  sets: readonly SceneVectors[],
): readonly SceneLayer[] {
  const before = kept.get(uniforms) ?? [];
  const layers = sets.map((vectors, index) => {
    const layer = before[index] ?? new VectorLayer(renderer, uniforms);
    layer.show(vectors);
    return layer;
  });
  kept.set(uniforms, layers);
  return layers;
}

/** Arrows of one set: one draw, one upload for each new set of vectors. */
class VectorLayer implements SceneLayer {
  private readonly vectors: DataTexture;
  private readonly chosen: DataTexture;
  private readonly uniforms: Record<string, IUniform>;
  private readonly drawings: Record<'high' | 'low', ReturnType<typeof impostor>>;
  private shown: SceneVectors | undefined;
  private single: Float32Array = new Float32Array(0);
  private isStale = true;

  constructor(renderer: WebGLRenderer, shared: Record<string, IUniform>) {
    this.vectors = new DataTexture(renderer, 'rgb32f');
    this.chosen = new DataTexture(renderer, 'r32ui');
    this.uniforms = {
      ...shared,
      vectors: { value: this.vectors.texture },
      chosen: { value: this.chosen.texture },
      isChosen: { value: 0 },
      perUnit: { value: 1 },
      color: { value: new Vector3() },
    };
    const make = (defines: Record<string, string>): ReturnType<typeof impostor> =>
      impostor({ vertex: ARROW_VERTEX, fragment: ARROW_FRAGMENT, uniforms: this.uniforms, defines });
    this.drawings = { high: make({}), low: make({ SIMPLE: '1' }) };
  }

  show(shown: SceneVectors): void {
    this.shown = shown;
    this.isStale = true;
    const { uniforms } = this;
    uniforms.perUnit.value = Number.isFinite(shown.scale) ? shown.scale : 0;
    uniforms.isChosen.value = shown.atoms === undefined ? 0 : 1;
    const [red, green, blue] = parseCssColor(shown.color);
    (uniforms.color.value as Vector3).set(toLinear(red), toLinear(green), toLinear(blue));
  }

  drawing(quality: 'high' | 'low'): ReturnType<typeof impostor> {
    if (this.isStale) this.upload();
    return this.drawings[quality];
  }

  forget(): void {
    this.isStale = true;
    this.vectors.forget();
    this.chosen.forget();
  }

  dispose(): void {
    this.vectors.dispose();
    this.chosen.dispose();
    for (const { geometry, material } of Object.values(this.drawings)) {
      geometry.dispose();
      material.dispose();
    }
  }

  private upload(): void {
    this.isStale = false;
    const { shown } = this;
    if (shown === undefined) return;
    const atomCount = Math.floor(shown.vectors.length / 3);
    const atoms = shown.atoms?.every((atom) => atom < atomCount)
      ? shown.atoms
      : shown.atoms?.filter((atom) => atom < atomCount);
    const count = atoms?.length ?? atomCount;
    if (atomCount > 0) this.vectors.upload(this.toSingle(shown.vectors), atomCount);
    this.chosen.upload(count > 0 && atoms !== undefined ? atoms : NONE, Math.max(1, atoms?.length ?? 0));
    setQuadCount(this.drawings.high, count);
    setQuadCount(this.drawings.low, count);
  }

  private toSingle(vectors: Float32Array | Float64Array): Float32Array {
    if (vectors instanceof Float32Array) return vectors;
    if (this.single.length < vectors.length) this.single = new Float32Array(Math.ceil(1.5 * vectors.length));
    this.single.set(vectors);
    return this.single;
  }
}

const NONE = new Uint32Array(1);
