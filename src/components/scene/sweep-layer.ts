import {
  BufferAttribute,
  GLSL3,
  InstancedBufferGeometry,
  Mesh,
  NoBlending,
  RawShaderMaterial,
  type BufferGeometry,
  type IUniform,
  type WebGLRenderer,
} from 'three';
import { DataTexture } from './data-texture.ts';
import type { LayerSource, SceneLayer } from './scene-layer.ts';
import { SWEEP_FRAGMENT, SWEEP_VERTEX } from './shaders/sweep.ts';

/** Curves that a cross-section is swept along. */
export interface Sweep {
  /** Four controls a stretch: the one before, both ends, the one after; an end repeats itself. */
  readonly spans: Uint32Array;
  readonly spanCount: number;
  /**
   * Twelve numbers a control: place and atom; side and how square it is, 1 where it begins plus 1/2 where it ends;
   * half width and half thickness where it ends and where it begins. Without them controls are atoms.
   */
  readonly controls?: Float32Array;
  readonly controlCount?: number;
}

/** How finely curves are drawn: sides of the cross-section and steps of a stretch. */
interface Detail {
  readonly sides: number;
  readonly steps: number;
}

/** Up to this many stretches corners show and cost little; beyond, each covers few pixels. */
const FEW = 300;

/** By quality, for few stretches and for many. */
const DETAIL: Readonly<Record<'ribbon' | 'noodle', Record<'high' | 'low', { few: Detail; many: Detail }>>> = {
  ribbon: {
    high: { few: { sides: 20, steps: 14 }, many: { sides: 16, steps: 8 } },
    low: { few: { sides: 16, steps: 12 }, many: { sides: 8, steps: 5 } },
  },
  noodle: {
    high: { few: { sides: 14, steps: 4 }, many: { sides: 14, steps: 4 } },
    low: { few: { sides: 7, steps: 3 }, many: { sides: 7, steps: 3 } },
  },
};

type SweepMesh = Mesh<InstancedBufferGeometry, RawShaderMaterial>;

/** Ribbons or tubes: one draw, an instance a stretch. */
export class SweepLayer implements SceneLayer {
  private readonly spans: DataTexture;
  private readonly controls: DataTexture;
  private readonly make: (quality: 'high' | 'low', detail: Detail) => SweepMesh;
  private readonly meshes: Map<string, SweepMesh> = new Map();
  private readonly kind: 'ribbon' | 'noodle';
  private readonly find: (source: LayerSource) => Sweep;
  private shown: Sweep | undefined;

  /** `find` is asked at each drawing; what it returns is uploaded when it is another than before. */
  constructor(
    renderer: WebGLRenderer,
    shared: Record<string, IUniform>,
    kind: 'ribbon' | 'noodle',
    find: (source: LayerSource) => Sweep,
  ) {
    this.find = find;
    this.kind = kind;
    this.spans = new DataTexture(renderer, 'rgba32ui');
    this.controls = new DataTexture(renderer, 'rgba32f');
    const uniforms = { ...shared, spans: { value: this.spans.texture }, controls: { value: this.controls.texture } };
    this.make = (quality, { sides, steps }) => {
      const defines: Record<string, string> = { SIDES: String(sides), STEPS: String(steps) };
      if (kind === 'noodle') defines.NOODLE = '1';
      if (quality === 'low') defines.SIMPLE = '1';
      const material = new RawShaderMaterial({
        glslVersion: GLSL3,
        vertexShader: SWEEP_VERTEX,
        fragmentShader: SWEEP_FRAGMENT,
        uniforms,
        defines,
        blending: NoBlending,
        side: 2,
      });
      const mesh = new Mesh(gridGeometry(sides, steps, kind === 'ribbon'), material);
      mesh.frustumCulled = false;
      mesh.matrixAutoUpdate = false;
      mesh.matrixWorldAutoUpdate = false;
      return mesh;
    };
  }

  private mesh(quality: 'high' | 'low', spanCount: number): SweepMesh {
    const detail = DETAIL[this.kind][quality][spanCount > FEW ? 'many' : 'few'];
    const key = `${quality} ${detail.sides} ${detail.steps}`;
    const mesh = this.meshes.get(key) ?? this.make(quality, detail);
    this.meshes.set(key, mesh);
    return mesh;
  }

  drawing(quality: 'high' | 'low', source: LayerSource): Mesh<BufferGeometry, RawShaderMaterial> {
    const sweep = this.find(source);
    if (sweep !== this.shown) {
      this.shown = sweep;
      const { spans, spanCount, controls, controlCount = 0 } = sweep;
      if (spanCount > 0) this.spans.upload(spans, spanCount);
      // A shader that names a table wants one.
      if (spanCount > 0) this.controls.upload(controls ?? NOTHING, controls === undefined ? 1 : 3 * controlCount);
    }
    const mesh = this.mesh(quality, sweep.spanCount);
    mesh.geometry.instanceCount = sweep.spanCount;
    mesh.visible = sweep.spanCount > 0;
    return mesh;
  }

  forget(): void {
    this.shown = undefined;
    this.spans.forget();
    this.controls.forget();
  }

  dispose(): void {
    this.spans.dispose();
    this.controls.dispose();
    for (const { geometry, material } of this.meshes.values()) {
      geometry.dispose();
      material.dispose();
    }
  }
}

const NOTHING = new Float32Array(4);

/** Triangles between rings of `sides` points: `steps` of the curve and, if asked for, a step in size at both ends. */
function gridGeometry(sides: number, steps: number, hasLids: boolean): InstancedBufferGeometry {
  const index: number[] = [];
  const join = (ring: number): void => {
    for (let k = 0; k < sides; k += 1) {
      const [a, b] = [ring * sides + k, ring * sides + ((k + 1) % sides)];
      index.push(a, b, a + sides, b, b + sides, a + sides);
    }
  };
  const first = hasLids ? 2 : 0;
  for (let step = 0; step < steps; step += 1) join(first + step);
  if (hasLids) {
    join(0);
    join(first + steps + 1);
  }
  const geometry = new InstancedBufferGeometry();
  geometry.setIndex(new BufferAttribute(Uint16Array.from(index), 1));
  return geometry;
}
