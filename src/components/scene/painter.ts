import { Camera, Color, Matrix3, Matrix4, Scene, Vector2, Vector3, WebGLRenderTarget, type IUniform } from 'three';
import { CovalenceError } from '../../protocol/errors.ts';
import type { AtomTable } from './atom-table.ts';
import { Compositor, type CompositeOptions } from './compositor.ts';
import { DataTexture } from './data-texture.ts';
import type { Graphics } from './graphics.ts';
import { impostor, setQuadCount } from './impostor.ts';
import type { CameraUniforms } from './orbit-camera.ts';
import type { LayerSource, MakeLayers, SceneLayer } from './scene-layer.ts';
import { BOND_FRAGMENT, BOND_VERTEX } from './shaders/bonds.ts';
import { HALO_FRAGMENT, HALO_VERTEX } from './shaders/halo.ts';
import { LINE_FRAGMENT, LINE_VERTEX } from './shaders/lines.ts';
import { SPHERE_FRAGMENT, SPHERE_VERTEX } from './shaders/spheres.ts';
import type { Rgba } from './css-color.ts';
import type { RawPicture } from './snapshot.ts';
import { PALETTE_WIDTH } from './style-sheet.ts';
import type { Surface } from './surface.ts';

/** Bonds as the GPU reads them: four numbers each, atom, atom, packed image shift, lane (see bond-lanes.ts). */
export interface BondTable {
  records: Uint32Array;
  count: number;
  /** How many records are drawn as sticks: behind the bonds there are further sticks of double and triple ones. */
  drawn: number;
  /** No bond is drawn longer than this, angstrom. */
  longest: number;
  /** Rows of the cell for shifts, and along which axes the nearest image is looked for. */
  cell: ArrayLike<number> | undefined;
  inverse: ArrayLike<number> | undefined;
  wraps: readonly [boolean, boolean, boolean];
  /** Along which axes the cell repeats. */
  periodic: readonly [boolean, boolean, boolean];
}

/** Strokes as the GPU reads them: twelve numbers each, see shaders/lines.ts. */
export interface LineTable {
  records: Float32Array;
  count: number;
}

/** Everything of one drawing that is not in a table. */
export interface PaintOptions {
  camera: CameraUniforms;
  /** Background in the display's space. */
  background: Rgba;
  hoverColor: readonly [number, number, number];
  /** Distances between which things fade to the background, and how far they do. */
  fog: readonly [number, number, number];
  /** Device pixels. */
  width: number;
  height: number;
  pixelRatio: number;
  quality: 'high' | 'low';
  /** Radius of everything drawn, angstrom. */
  radius: number;
  /** Strengths of ambient light and contours, 0 to 1. */
  ambient: number;
  outline: number;
  /** 0 answers a change; 1 and on refine the still picture (see {@link Compositor}). */
  sample: number;
}

const UNSEEN = { positions: -1, states: -1, sheet: -1, tints: -1 };
const NO_TINT = new Uint8Array(4);
/** A refined picture replaces the first one from this sample on. */
const SHOWN_FROM = 4;

/** The GPU's side of a picture: tables, shaders and the order of drawing. */
export class Painter {
  readonly graphics: Graphics;
  private readonly surface: Surface;
  private positions: DataTexture;
  /** Where atoms were in the frame before; made when they first glide. */
  private before: DataTexture | undefined;
  private isOnItsWay = false;
  private isVeiled = false;
  private readonly states: DataTexture;
  private readonly palette: DataTexture;
  private readonly bonds: DataTexture;
  private readonly segments: DataTexture;
  private readonly marked: DataTexture;
  private readonly tints: DataTexture;
  private readonly uniforms: Record<string, IUniform>;
  private readonly scene: Scene = new Scene();
  private readonly camera: Camera = new Camera();
  private compositor: Compositor | undefined;
  private readonly drawings: Record<'high' | 'low', Drawings>;
  private seen = { ...UNSEEN };
  private layers: readonly SceneLayer[] = [];
  private readonly source: { -readonly [key in keyof LayerSource]: LayerSource[key] } = {
    atoms: undefined,
    bonds: undefined,
    bondsVersion: 0,
  };
  private counts = { atoms: 0, bonds: 0, lines: 0, marked: 0, isBondless: false };

  constructor(surface: Surface) {
    this.surface = surface;
    this.graphics = surface.graphics;
    const { renderer } = this.graphics;
    this.positions = new DataTexture(renderer, 'rgb32f');
    this.states = new DataTexture(renderer, 'rgba8ui');
    this.palette = new DataTexture(renderer, 'rgba32f', PALETTE_WIDTH);
    this.bonds = new DataTexture(renderer, 'rgba32ui');
    this.segments = new DataTexture(renderer, 'rgba32f');
    this.marked = new DataTexture(renderer, 'r32ui');
    this.tints = new DataTexture(renderer, 'rgba8ui');
    this.uniforms = {
      positions: { value: this.positions.texture },
      positionsBefore: { value: this.positions.texture },
      glide: { value: 1 },
      states: { value: this.states.texture },
      palette: { value: this.palette.texture },
      bonds: { value: this.bonds.texture },
      segments: { value: this.segments.texture },
      marked: { value: this.marked.texture },
      tints: { value: this.tints.texture },
      isTinted: { value: 0 },
      veil: { value: 0 },
      view: { value: new Matrix4() },
      projection: { value: new Matrix4() },
      isPerspective: { value: 1 },
      near: { value: 0.1 },
      pixelTangent: { value: 1 },
      viewport: { value: new Vector2() },
      fog: { value: new Vector3() },
      fogColor: { value: new Vector3() },
      hoverColor: { value: new Vector3(1, 1, 1) },
      ringPixels: { value: 2.5 },
      cell: { value: new Matrix3() },
      cellInverse: { value: new Matrix3() },
      wraps: { value: new Vector3() },
      periodic: { value: new Vector3() },
      longest: { value: 1e9 },
      // 0 while a surface stands in place of the atoms that make room for it.
      hull: { value: 1 },
    };
    this.scene.matrixWorldAutoUpdate = false;
    this.camera.matrixWorldAutoUpdate = false;
    this.drawings = { high: this.makeDrawings({}), low: this.makeDrawings({ SIMPLE: '1' }) };
  }

  /**
   * Uploads what changed in the atoms since the last call. `share` below 1 draws them that part of the way from the
   * frame uploaded before, where it had as many.
   */
  updateAtoms(atoms: AtomTable, share = 1): void {
    const { count } = atoms;
    this.source.atoms = atoms;
    if (this.seen.positions !== atoms.positionsVersion) {
      this.isOnItsWay = share < 1 && this.keepBefore(count);
      if (count > 0) this.positions.upload(atoms.positions, count);
      this.seen.positions = atoms.positionsVersion;
    }
    this.uniforms.glide.value = this.isOnItsWay ? share : 1;
    if (this.seen.states !== atoms.statesVersion) {
      if (count > 0) this.states.upload(atoms.states, count);
      if (atoms.markedCount > 0) this.marked.upload(atoms.marked, atoms.markedCount);
      this.seen.states = atoms.statesVersion;
    }
    if (this.seen.sheet !== atoms.sheet.version) {
      this.palette.upload(atoms.sheet.entries, PALETTE_WIDTH * atoms.sheet.rowCount);
      this.seen.sheet = atoms.sheet.version;
    }
    if (this.seen.tints !== atoms.tintsVersion) {
      // Without tints a texel: a shader that names a table wants one of its kind.
      if (atoms.tints === undefined) this.tints.upload(NO_TINT, 1);
      else if (count > 0) this.tints.upload(atoms.tints, count);
      this.uniforms.isTinted.value = atoms.tints === undefined ? 0 : 1;
      this.seen.tints = atoms.tintsVersion;
    }
    this.counts.atoms = count;
    this.counts.marked = atoms.markedCount;
    this.isVeiled = atoms.sheet.isSeeThrough;
    this.counts.isBondless = !atoms.sheet.hasSticks;
  }

  /** What is uploaded next leaves the positions before it in place; false where there are none. */
  private keepBefore(count: number): boolean {
    if (this.seen.positions === -1 || this.counts.atoms !== count) return false;
    const { positions } = this;
    this.positions = this.before ?? new DataTexture(this.graphics.renderer, 'rgb32f');
    this.before = positions;
    this.uniforms.positions.value = this.positions.texture;
    this.uniforms.positionsBefore.value = positions.texture;
    return true;
  }

  updateBonds(table: BondTable): void {
    this.source.bonds = table;
    this.source.bondsVersion += 1;
    this.counts.bonds = table.drawn;
    if (table.drawn > 0) this.bonds.upload(table.records, table.drawn);
  }

  /** Sets what may change with every frame while the list of bonds stays. */
  updateCell({ cell, inverse, wraps, periodic, longest }: Omit<BondTable, 'records' | 'count' | 'drawn'>): void {
    const { uniforms } = this;
    uniforms.longest.value = longest;
    (uniforms.wraps.value as Vector3).set(Number(wraps[0]), Number(wraps[1]), Number(wraps[2]));
    (uniforms.periodic.value as Vector3).set(Number(periodic[0]), Number(periodic[1]), Number(periodic[2]));
    // Rows of ours are columns of the shader's matrix, which multiplies from the left.
    if (cell) (uniforms.cell.value as Matrix3).fromArray(Array.from(cell));
    else (uniforms.cell.value as Matrix3).identity();
    if (inverse) (uniforms.cellInverse.value as Matrix3).fromArray(Array.from(inverse));
    else (uniforms.cellInverse.value as Matrix3).identity();
  }

  updateLines(table: LineTable): void {
    this.counts.lines = table.count;
    if (table.count > 0) this.segments.upload(table.records, 3 * table.count);
  }

  /** Whether something of what was drawn last shows through. */
  get isSeeThrough(): boolean {
    return this.isVeiled || this.layers.some(({ isSeeThrough }) => isSeeThrough);
  }

  /** Draws these besides atoms, bonds and lines; what is left out is freed. */
  setLayers(make: MakeLayers): void {
    const layers = make(this.graphics.renderer, this.uniforms);
    for (const layer of this.layers) if (!layers.includes(layer)) layer.dispose();
    this.layers = layers;
  }

  /** Draws into the canvas. */
  paint(options: PaintOptions): void {
    const { renderer } = this.graphics;
    const { width, height, background, quality, sample } = options;
    this.surface.begin(width, height);
    this.prepare(options);
    if (quality === 'high' || sample > 0) {
      this.compositor ??= new Compositor(renderer, this.uniforms);
      this.compositor.draw(this.scene, this.camera, null, compositeOptions(options, SHOWN_FROM));
      if (sample > 0 && sample < SHOWN_FROM) return;
    } else {
      renderer.setRenderTarget(null);
      renderer.setClearColor(new Color(background[0], background[1], background[2]), background[3]);
      renderer.clear(true, true, false);
      renderer.render(this.scene, this.camera);
    }
    this.surface.present();
  }

  /** Draws aside, `samples` times from slightly beside, and reads the mean back. Throws `value/invalid` past the device's size. */
  picture(optionsOf: (sample: number) => PaintOptions, samples: number): RawPicture {
    const { renderer, gl } = this.graphics;
    const { width, height } = optionsOf(1);
    const most = Math.min(
      gl.getParameter(gl.MAX_RENDERBUFFER_SIZE) as number,
      gl.getParameter(gl.MAX_TEXTURE_SIZE) as number,
    );
    if (!(width >= 1 && height >= 1 && width <= most && height <= most))
      throw new CovalenceError(
        'value/invalid',
        `A picture of ${width} x ${height} pixels was asked for; this graphics device draws 1 to ${most} along each side.`,
      );
    const compositor = new Compositor(renderer, this.uniforms);
    const target = new WebGLRenderTarget(width, height, { depthBuffer: false });
    try {
      for (let sample = 1; sample <= samples; sample += 1) {
        const options = optionsOf(sample);
        this.prepare(options);
        compositor.draw(this.scene, this.camera, target, compositeOptions(options, samples));
      }
      const data = new Uint8Array(4 * width * height);
      renderer.readRenderTargetPixels(target, 0, 0, width, height, data);
      return { data, width, height };
    } finally {
      renderer.setRenderTarget(null);
      target.dispose();
      compositor.dispose();
    }
  }

  /** After a lost context came back: every table is to be uploaded again. */
  forget(): void {
    this.seen = { ...UNSEEN };
    this.isOnItsWay = false;
    for (const table of [...this.tables(), ...this.layers]) table.forget();
  }

  dispose(): void {
    for (const table of [...this.tables(), ...this.layers]) table.dispose();
    for (const drawings of Object.values(this.drawings))
      for (const mesh of drawings) {
        mesh.geometry.dispose();
        mesh.material.dispose();
      }
    this.compositor?.dispose();
    this.surface.release();
  }

  private prepare({
    camera,
    background,
    fog,
    hoverColor,
    width,
    height,
    pixelRatio,
    quality,
    sample,
  }: PaintOptions): void {
    const { uniforms, counts } = this;
    (uniforms.view.value as Matrix4).fromArray(camera.view);
    (uniforms.projection.value as Matrix4).fromArray(camera.projection);
    uniforms.isPerspective.value = camera.isPerspective ? 1 : 0;
    uniforms.near.value = camera.isPerspective ? camera.near : -1e9;
    uniforms.pixelTangent.value = 2 / (camera.projection[5] * height);
    uniforms.veil.value = sample;
    uniforms.ringPixels.value = 2.5 * pixelRatio;
    (uniforms.viewport.value as Vector2).set(width, height);
    (uniforms.fog.value as Vector3).set(...(fog as [number, number, number]));
    (uniforms.fogColor.value as Vector3).set(background[0], background[1], background[2]);
    (uniforms.hoverColor.value as Vector3).set(...(hoverColor as [number, number, number]));
    this.scene.clear();
    const [spheres, bonds, halo, lines] = this.drawings[quality];
    setQuadCount(spheres, counts.atoms);
    setQuadCount(bonds, counts.isBondless ? 0 : 2 * counts.bonds);
    setQuadCount(halo, counts.marked);
    setQuadCount(lines, counts.lines);
    this.scene.add(...this.drawings[quality]);
    for (const layer of this.layers) this.scene.add(layer.drawing(quality, this.source));
  }

  private makeDrawings(defines: Record<string, string>): Drawings {
    const { uniforms } = this;
    return [
      impostor({ vertex: SPHERE_VERTEX, fragment: SPHERE_FRAGMENT, uniforms, defines }),
      impostor({ vertex: BOND_VERTEX, fragment: BOND_FRAGMENT, uniforms, defines }),
      impostor({ vertex: HALO_VERTEX, fragment: HALO_FRAGMENT, uniforms, defines, isOverlay: true }),
      impostor({ vertex: LINE_VERTEX, fragment: LINE_FRAGMENT, uniforms, defines, isOverlay: true }),
    ];
  }

  private tables(): DataTexture[] {
    const before = this.before === undefined ? [] : [this.before];
    return [...before, this.positions, this.states, this.palette, this.bonds, this.segments, this.marked, this.tints];
  }
}

function compositeOptions(options: PaintOptions, shownFrom: number): CompositeOptions {
  const { near, far } = options.camera;
  return { ...options, near, far, shownFrom, isPlain: options.quality === 'low' };
}

type Drawing = ReturnType<typeof impostor>;
type Drawings = readonly [Drawing, Drawing, Drawing, Drawing];
