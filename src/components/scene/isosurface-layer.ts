import {
  BufferAttribute,
  BufferGeometry,
  GLSL3,
  Mesh,
  NoBlending,
  RawShaderMaterial,
  Vector4,
  type IUniform,
} from 'three';
import type { SurfaceMesh } from '../../chem/surface/surface-mesh.ts';
import { parseCssColor, toLinear } from './css-color.ts';
import type { LayerSource, SceneLayer } from './scene-layer.ts';
import { ISOSURFACE_VERTEX } from './shaders/isosurface.ts';
import { SWEEP_FRAGMENT } from './shaders/sweep.ts';
import type { SurfaceKeeper } from './surface-keeper.ts';

const kept = new WeakMap<object, Map<SurfaceKeeper, IsosurfaceLayer>>();

/** The surface that a keeper finds. With `isInstead` the atoms that make room for it are not drawn while it is there. */
export function isosurfaceLayer(
  uniforms: Record<string, IUniform>,
  keeper: SurfaceKeeper,
  isInstead: boolean,
): SceneLayer {
  const layers = kept.get(uniforms) ?? new Map<SurfaceKeeper, IsosurfaceLayer>();
  kept.set(uniforms, layers);
  const layer = layers.get(keeper) ?? new IsosurfaceLayer(uniforms, keeper, isInstead);
  layers.set(keeper, layer);
  return layer;
}

type Drawing = Mesh<BufferGeometry, RawShaderMaterial>;

class IsosurfaceLayer implements SceneLayer {
  private readonly uniforms: Record<string, IUniform>;
  private readonly keeper: SurfaceKeeper;
  private readonly isInstead: boolean;
  private readonly own = { value: new Vector4() };
  private readonly opacity = { value: 1 };
  private readonly drawings: Record<'high' | 'low', Drawing>;
  private geometry: BufferGeometry = new BufferGeometry();
  private shown: SurfaceMesh | undefined;

  constructor(uniforms: Record<string, IUniform>, keeper: SurfaceKeeper, isInstead: boolean) {
    this.uniforms = uniforms;
    this.keeper = keeper;
    this.isInstead = isInstead;
    const make = (defines: Record<string, string>): Drawing => {
      const material = new RawShaderMaterial({
        glslVersion: GLSL3,
        vertexShader: ISOSURFACE_VERTEX,
        fragmentShader: SWEEP_FRAGMENT,
        uniforms: { ...uniforms, own: this.own, opacity: this.opacity },
        defines,
        blending: NoBlending,
        side: 2,
      });
      const mesh = new Mesh(this.geometry, material);
      mesh.frustumCulled = false;
      mesh.matrixAutoUpdate = false;
      mesh.matrixWorldAutoUpdate = false;
      return mesh;
    };
    this.drawings = { high: make({}), low: make({ SIMPLE: '1' }) };
  }

  get isSeeThrough(): boolean {
    return (this.keeper.look.opacity ?? 1) < 1;
  }

  drawing(quality: 'high' | 'low', { atoms }: LayerSource): Drawing {
    const { keeper, drawings } = this;
    if (atoms !== undefined) keeper.follow(atoms);
    if (keeper.mesh !== this.shown) this.show(keeper.mesh);
    const { color, opacity } = keeper.look;
    const [r, g, b] = color === undefined ? [0, 0, 0] : parseCssColor(color);
    this.own.value.set(toLinear(r), toLinear(g), toLinear(b), color === undefined ? 0 : 1);
    this.opacity.value = opacity ?? -1;
    if (this.isInstead) this.uniforms.hull.value = this.shown === undefined ? 1 : 0;
    drawings[quality].visible = this.shown !== undefined;
    return drawings[quality];
  }

  forget(): void {
    // What was uploaded went with the context.
    this.show(this.shown);
  }

  dispose(): void {
    kept.get(this.uniforms)?.delete(this.keeper);
    if (this.isInstead) this.uniforms.hull.value = 1;
    this.geometry.dispose();
    for (const { material } of Object.values(this.drawings)) material.dispose();
  }

  private show(mesh: SurfaceMesh | undefined): void {
    this.shown = mesh;
    this.geometry.dispose();
    this.geometry = new BufferGeometry();
    if (mesh !== undefined) {
      this.geometry.setAttribute('corner', new BufferAttribute(mesh.positions, 3));
      this.geometry.setAttribute('outward', new BufferAttribute(mesh.normals, 3));
      this.geometry.setAttribute('atom', new BufferAttribute(mesh.atoms, 2));
      this.geometry.setAttribute('share', new BufferAttribute(mesh.shares, 1));
      this.geometry.setIndex(new BufferAttribute(mesh.triangles, 1));
    }
    for (const drawing of Object.values(this.drawings)) drawing.geometry = this.geometry;
  }
}
