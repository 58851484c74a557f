import {
  Camera,
  DepthTexture,
  HalfFloatType,
  LinearFilter,
  NearestFilter,
  RGBAFormat,
  Scene,
  UnsignedByteType,
  UnsignedIntType,
  Vector2,
  Vector4,
  WebGLRenderTarget,
  type IUniform,
  type WebGLRenderer,
} from 'three';
import { lightnessOf, type Rgba } from './css-color.ts';
import { impostor, setQuadCount } from './impostor.ts';
import { AMBIENT_FRAGMENT, FULL_VERTEX } from './shaders/ambient.ts';
import { COMPOSITE_FRAGMENT, MEAN_FRAGMENT } from './shaders/composite.ts';

/** What the compositor needs beside the uniforms the scene is drawn with. */
export interface CompositeOptions {
  width: number;
  height: number;
  background: Rgba;
  near: number;
  far: number;
  /** Radius of everything drawn, angstrom: hollows up to a part of it are darkened. */
  radius: number;
  ambient: number;
  outline: number;
  /** 0 for the drawing that answers a change; 1 and on for those that refine it while nothing moves. */
  sample: number;
  /** From which sample on the mean of all so far is shown. */
  shownFrom: number;
  /** Leaves out ambient light and contours. */
  isPlain: boolean;
}

/** Draws a scene aside, adds ambient light, outlines and soft edges, and brings it to the target. */
export class Compositor {
  private readonly renderer: WebGLRenderer;
  private readonly shared: Record<string, IUniform>;
  private readonly picture: WebGLRenderTarget;
  private readonly ambient: WebGLRenderTarget;
  private readonly sum: WebGLRenderTarget;
  private readonly passes: Record<'ambient' | 'composite' | 'accumulate' | 'mean', Scene>;
  private readonly camera: Camera = new Camera();

  constructor(renderer: WebGLRenderer, shared: Record<string, IUniform>) {
    this.renderer = renderer;
    this.camera.matrixWorldAutoUpdate = false;
    const plain = { format: RGBAFormat, type: UnsignedByteType, generateMipmaps: false, stencilBuffer: false } as const;
    this.picture = new WebGLRenderTarget(1, 1, {
      ...plain,
      minFilter: LinearFilter,
      magFilter: LinearFilter,
      depthTexture: new DepthTexture(1, 1, UnsignedIntType),
    });
    const nearest = { ...plain, minFilter: NearestFilter, magFilter: NearestFilter, depthBuffer: false } as const;
    this.ambient = new WebGLRenderTarget(1, 1, nearest);
    this.sum = new WebGLRenderTarget(1, 1, { ...nearest, type: HalfFloatType });
    this.shared = {
      ...shared,
      depth: { value: this.picture.depthTexture },
      picture: { value: this.picture.texture },
      ambient: { value: this.ambient.texture },
      sum: { value: this.sum.texture },
      reaches: { value: new Vector2() },
      range: { value: new Vector2() },
      turn: { value: 0 },
      background: { value: new Vector4() },
      tolerance: { value: 1 },
      outline: { value: 0.55 },
      strength: { value: 1 },
      contour: { value: 0 },
      isSmoothing: { value: 1 },
      share: { value: 1 },
    };
    this.passes = {
      ambient: this.pass(AMBIENT_FRAGMENT, false),
      composite: this.pass(COMPOSITE_FRAGMENT, false),
      accumulate: this.pass(COMPOSITE_FRAGMENT, true),
      mean: this.pass(MEAN_FRAGMENT, false),
    };
  }

  /** Draws `scene` into `target` (the canvas when null). */
  draw(scene: Scene, camera: Camera, target: WebGLRenderTarget | null, options: CompositeOptions): void {
    const { renderer, picture, ambient, sum, passes, shared } = this;
    const { width, height, sample } = options;
    if (picture.width !== width || picture.height !== height)
      for (const each of [picture, ambient, sum]) each.setSize(width, height);
    const [r, g, b, a] = options.background;
    (shared.background.value as Vector4).set(r * a, g * a, b * a, a);
    // On a light page pale atoms need a contour; on a dark one their rim is light enough.
    shared.outline.value = 0.55 * options.outline;
    shared.strength.value = options.ambient;
    shared.contour.value = 0.38 * options.outline * a * lightnessOf(options.background);
    (shared.range.value as Vector2).set(Math.max(0, options.near), options.far);
    const fine = Math.min(3, options.radius * 0.5);
    (shared.reaches.value as Vector2).set(fine, Math.max(fine * 2.5, Math.min(25, options.radius * 0.14)));
    shared.turn.value = (sample * 0.61803399) % 1;
    shared.tolerance.value = 0.6;
    shared.isSmoothing.value = sample === 0 ? 1 : 0;
    this.into(picture, true);
    renderer.render(scene, camera);
    this.into(ambient, options.isPlain);
    if (!options.isPlain) renderer.render(passes.ambient, this.camera);
    if (sample === 0) {
      this.into(target);
      renderer.render(passes.composite, this.camera);
      return;
    }
    this.into(sum, sample === 1);
    renderer.render(passes.accumulate, this.camera);
    if (sample < options.shownFrom) return;
    shared.share.value = 1 / sample;
    this.into(target);
    renderer.render(passes.mean, this.camera);
  }

  dispose(): void {
    for (const target of [this.picture, this.ambient, this.sum]) target.dispose();
    this.picture.depthTexture?.dispose();
    for (const scene of Object.values(this.passes))
      for (const mesh of scene.children as ReturnType<typeof impostor>[]) {
        mesh.geometry.dispose();
        mesh.material.dispose();
      }
  }

  private into(target: WebGLRenderTarget | null, isCleared = false): void {
    const { renderer } = this;
    renderer.setRenderTarget(target);
    if (!isCleared) return;
    renderer.setClearColor(0, 0);
    renderer.clear(true, true, false);
  }

  private pass(fragment: string, isAdding: boolean): Scene {
    const mesh = impostor({ vertex: FULL_VERTEX, fragment, uniforms: this.shared, isFlat: true, isAdding });
    setQuadCount(mesh, 1);
    const scene = new Scene();
    scene.matrixWorldAutoUpdate = false;
    scene.add(mesh);
    return scene;
  }
}
