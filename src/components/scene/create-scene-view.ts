import type { CameraPose } from '../../protocol/presence.ts';
import { AtomTable } from './atom-table.ts';
import { BondKeeper } from './bond-keeper.ts';
import { lightnessOf, parseCssColor } from './css-color.ts';
import { SAMPLES } from './compositor.ts';
import { cellCorners, extentOf, fitCamera, type Extent } from './extent.ts';
import { LineBuilder } from './line-table.ts';
import { OrbitCamera } from './orbit-camera.ts';
import { Painter, type PaintOptions } from './painter.ts';
import { pickAtom, pickInRectangle, projectAtom } from './picking.ts';
import type {
  SceneFrame,
  SceneHighlight,
  ScenePick,
  SceneStyle,
  SceneTheme,
  SceneView,
  SceneViewOptions,
} from './scene-view.ts';
import type { Vector } from './vector.ts';

const DEFAULT_THEME: SceneTheme = { background: 'transparent', cell: '#8a8f98', highlight: '#ffb020' };
/** Larger frames than this keep the extent of an earlier one while they play. */
const EXTENT_EACH_FRAME_UP_TO = 20_000;

/**
 * A picture on a canvas. The first frame is fitted unless a camera was set before. Throws `render/unavailable` where
 * there is no WebGL2.
 */
export function createSceneView(canvas: HTMLCanvasElement, options: SceneViewOptions = {}): SceneView {
  return new CanvasSceneView(canvas, options);
}

class CanvasSceneView implements SceneView {
  private readonly canvas: HTMLCanvasElement;
  private readonly painter: Painter;
  private readonly atoms = new AtomTable();
  private readonly bonds: BondKeeper;
  private readonly lines = new LineBuilder();
  private readonly orbitCamera = new OrbitCamera();
  private readonly cameraListeners = new Set<(pose: CameraPose) => void>();
  private readonly drawnListeners = new Set<() => void>();
  private readonly schedule: (draw: () => void) => number;
  private theme: SceneTheme = { ...DEFAULT_THEME };
  private quality: 'high' | 'low';
  private frame: SceneFrame | undefined;
  private measurements: readonly (readonly [number, number])[] = [];
  private corners: Vector[] = [];
  private isCellVisible = true;
  private isCameraSet = false;
  private extent: Extent = { center: [0, 0, 0], radius: 1 };
  private width = 1;
  private height = 1;
  private pixelRatio = 1;
  private request = 0;
  private isDirty = false;
  /** Drawings that refined the picture since it changed. */
  private sample = 0;
  private areLinesDirty = true;
  private areBondsDirty = true;
  private bondsSeen = -1;
  private isLost = false;
  private isDisposed = false;

  constructor(canvas: HTMLCanvasElement, options: SceneViewOptions) {
    this.canvas = canvas;
    this.painter = new Painter(canvas);
    this.quality = options.quality ?? (this.painter.graphics.isSoftware ? 'low' : 'high');
    this.schedule = options.schedule ?? ((draw) => requestAnimationFrame(draw));
    this.bonds = new BondKeeper(() => {
      this.areBondsDirty = true;
      this.invalidate();
    });
    if (options.theme) Object.assign(this.theme, options.theme);
    canvas.addEventListener('webglcontextlost', this.onLost);
    canvas.addEventListener('webglcontextrestored', this.onRestored);
    this.resize(
      canvas.clientWidth || canvas.width,
      canvas.clientHeight || canvas.height,
      options.devicePixelRatio ?? 1,
    );
  }

  setFrame(frame: SceneFrame | undefined): void {
    const isFirst = this.frame === undefined && frame !== undefined;
    this.frame = frame;
    const isOtherAtoms = this.atoms.setFrame(frame);
    this.bonds.isWanted = this.atoms.sheet.hasBonds;
    this.bonds.setFrame(frame, isOtherAtoms);
    this.corners = this.isCellVisible ? cellCorners(frame) : [];
    this.areLinesDirty = true;
    this.areBondsDirty = true;
    if (isOtherAtoms || this.atoms.count <= EXTENT_EACH_FRAME_UP_TO) this.measure();
    if (isFirst && !this.isCameraSet && this.atoms.count > 0) this.fit();
    this.invalidate();
  }

  setStyles(styles: readonly SceneStyle[]): void {
    this.atoms.setStyles(styles);
    this.bonds.isWanted = this.atoms.sheet.hasBonds;
    this.bonds.refresh();
    this.areBondsDirty = true;
    this.invalidate();
  }

  setHighlights(highlights: readonly SceneHighlight[]): void {
    this.atoms.setHighlights(highlights);
    this.invalidate();
  }

  setHover(atom: number | undefined): void {
    if (this.atoms.setHover(atom)) this.invalidate();
  }

  setMeasurements(pairs: readonly (readonly [number, number])[]): void {
    this.measurements = pairs;
    this.areLinesDirty = true;
    this.invalidate();
  }

  setTheme(theme: Partial<SceneTheme>): void {
    Object.assign(this.theme, theme);
    this.areLinesDirty = true;
    this.invalidate();
  }

  setQuality(quality: 'high' | 'low'): void {
    if (quality === this.quality) return;
    this.quality = quality;
    this.invalidate();
  }

  setCellVisible(isVisible: boolean): void {
    if (isVisible === this.isCellVisible) return;
    this.isCellVisible = isVisible;
    this.corners = isVisible ? cellCorners(this.frame) : [];
    this.areLinesDirty = true;
    this.invalidate();
  }

  get camera(): CameraPose {
    return this.orbitCamera.pose;
  }

  setCamera(pose: CameraPose): void {
    this.isCameraSet = true;
    this.orbitCamera.pose = pose;
    this.moved();
  }

  fit(atoms?: Uint32Array): void {
    this.measure();
    fitCamera(this.orbitCamera, this.atoms, atoms ? [] : this.corners, atoms);
    this.moved();
  }

  orbit(deltaXPixels: number, deltaYPixels: number): void {
    this.isCameraSet = true;
    this.orbitCamera.orbit(deltaXPixels, deltaYPixels);
    this.moved();
  }

  pan(deltaXPixels: number, deltaYPixels: number): void {
    this.isCameraSet = true;
    this.orbitCamera.pan(deltaXPixels, deltaYPixels);
    this.moved();
  }

  zoom(factor: number, xPixels?: number, yPixels?: number): void {
    this.isCameraSet = true;
    this.orbitCamera.zoom(factor, xPixels, yPixels);
    this.moved();
  }

  pick(xPixels: number, yPixels: number): ScenePick | undefined {
    return pickAtom(this.atoms, this.orbitCamera, xPixels, yPixels);
  }

  pickRectangle(left: number, top: number, right: number, bottom: number): Uint32Array {
    return pickInRectangle(this.atoms, this.orbitCamera, [left, top, right, bottom]);
  }

  project(atom: number): { x: number; y: number; depth: number } | undefined {
    const at = projectAtom(this.atoms, this.orbitCamera, atom);
    return at && at.x >= 0 && at.y >= 0 && at.x <= this.width && at.y <= this.height ? at : undefined;
  }

  resize(widthPixels: number, heightPixels: number, devicePixelRatio: number): void {
    this.width = Math.max(1, widthPixels);
    this.height = Math.max(1, heightPixels);
    this.pixelRatio = Math.max(0.25, Math.min(devicePixelRatio || 1, 4));
    this.orbitCamera.resize(this.width, this.height);
    this.areLinesDirty = true;
    this.invalidate();
  }

  drawNow(): void {
    if (!this.isDirty || this.isLost || this.isDisposed) return;
    this.isDirty = false;
    this.sample = 0;
    this.update();
    this.painter.paint(this.paintOptions(0));
    for (const listener of this.drawnListeners) listener();
    if (this.quality === 'high') this.ask();
  }

  /** One more drawing of a picture that has not changed, from slightly beside, for soft edges and smooth light. */
  private refine(): void {
    if (this.isLost || this.isDisposed || this.quality !== 'high' || this.sample >= SAMPLES) return;
    this.sample += 1;
    this.painter.paint(this.paintOptions(this.sample));
    if (this.sample < SAMPLES) this.ask();
  }

  async toBlob(options: { width?: number; height?: number; background?: string } = {}): Promise<Blob> {
    const kept = { width: this.width, height: this.height, pixelRatio: this.pixelRatio, theme: this.theme };
    this.resize(options.width ?? kept.width * kept.pixelRatio, options.height ?? kept.height * kept.pixelRatio, 1);
    if (options.background !== undefined) this.theme = { ...this.theme, background: options.background };
    this.update();
    this.painter.paint(this.paintOptions(0));
    const blob = new Promise<Blob | null>((resolve) => this.canvas.toBlob(resolve, 'image/png'));
    this.theme = kept.theme;
    this.resize(kept.width, kept.height, kept.pixelRatio);
    return (await blob) ?? new Blob();
  }

  onCamera(listener: (pose: CameraPose) => void): () => void {
    this.cameraListeners.add(listener);
    return () => this.cameraListeners.delete(listener);
  }

  onDrawn(listener: () => void): () => void {
    this.drawnListeners.add(listener);
    return () => this.drawnListeners.delete(listener);
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.bonds.cancel();
    this.canvas.removeEventListener('webglcontextlost', this.onLost);
    this.canvas.removeEventListener('webglcontextrestored', this.onRestored);
    this.cameraListeners.clear();
    this.drawnListeners.clear();
    this.painter.dispose();
  }

  private moved(): void {
    const { pose } = this.orbitCamera;
    for (const listener of this.cameraListeners) listener(pose);
    this.invalidate();
  }

  private measure(): void {
    this.extent = extentOf(this.atoms, this.corners);
  }

  private invalidate(): void {
    this.isDirty = true;
    this.ask();
  }

  private ask(): void {
    if (this.request !== 0 || this.isDisposed) return;
    this.request = this.schedule(() => {
      this.request = 0;
      if (this.isDirty) this.drawNow();
      else this.refine();
    });
  }

  private update(): void {
    this.painter.updateAtoms(this.atoms);
    if (this.areBondsDirty) {
      const table = this.bonds.table;
      if (this.bondsSeen !== this.bonds.version) this.painter.updateBonds(table);
      this.bondsSeen = this.bonds.version;
      this.painter.updateCell(table);
      this.areBondsDirty = false;
    }
    if (this.areLinesDirty) {
      this.lines.build({
        corners: this.corners,
        cellColor: this.theme.cell,
        measurements: this.measurements,
        measureColor: this.theme.highlight,
        atoms: this.atoms,
        pixelRatio: this.effectiveRatio,
      });
      this.painter.updateLines(this.lines);
      this.areLinesDirty = false;
    }
  }

  private get effectiveRatio(): number {
    return this.quality === 'low' ? Math.min(1, this.pixelRatio) : this.pixelRatio;
  }

  private paintOptions(sample: number): PaintOptions {
    const ratio = this.effectiveRatio;
    const width = Math.max(1, Math.round(this.width * ratio));
    const height = Math.max(1, Math.round(this.height * ratio));
    const { center, radius } = this.extent;
    const background = parseCssColor(this.theme.background, [0, 0, 0, 0]);
    const camera = this.orbitCamera.uniforms(center, radius * 1.5, jitterOf(sample, width, height));
    const pose = this.orbitCamera.project(center);
    const depth = pose?.depth ?? 0;
    return {
      camera,
      background,
      hoverColor: lightnessOf(background) * background[3] > 0.5 ? [0.02, 0.03, 0.05] : [1, 1, 1],
      fog: [depth - radius * 0.75, depth + radius * 0.95, fogOf(radius) * background[3]],
      width,
      height,
      pixelRatio: ratio,
      quality: this.quality,
      radius,
      sample,
    };
  }

  private readonly onLost = (event: Event): void => {
    event.preventDefault();
    this.isLost = true;
  };

  private readonly onRestored = (): void => {
    this.isLost = false;
    this.painter.forget();
    this.bondsSeen = -1;
    this.areBondsDirty = true;
    this.areLinesDirty = true;
    this.invalidate();
  };
}

/** How far the back of a structure fades: much for a box of liquid, little for a molecule, whose depth is plain. */
function fogOf(radius: number): number {
  return 0.25 + 0.47 * Math.min(1, Math.max(0, (radius - 8) / 25));
}

/** Where within its pixel a refining drawing looks, in parts of the clip width; sample 0 looks at the middle. */
function jitterOf(sample: number, width: number, height: number): [number, number] {
  if (sample === 0) return [0, 0];
  return [((radicalInverse(sample, 2) - 0.5) * 2) / width, ((radicalInverse(sample, 3) - 0.5) * 2) / height];
}

/** The digits of `index` mirrored at the point: evenly spread numbers between 0 and 1. */
function radicalInverse(index: number, base: number): number {
  let [value, weight] = [0, 1 / base];
  for (let rest = index; rest > 0; rest = Math.floor(rest / base)) {
    value += (rest % base) * weight;
    weight /= base;
  }
  return value;
}
