import { throwOurs } from '../../protocol/errors.ts';
import type { CameraPose } from '../../protocol/presence.ts';
import { AtomTable } from './atom-table.ts';
import { BondKeeper } from './bond-keeper.ts';
import { lightnessOf, parseCssColor, type Rgba } from './css-color.ts';
import { DrawLoop } from './draw-loop.ts';
import { FEWEST_SAMPLES, samplesOf } from './samples.ts';
import { takeTurn } from './draw-turns.ts';
import { cellCorners, extentOf, fitCamera, type Extent } from './extent.ts';
import { fogOf } from './fog.ts';
import { firstView } from './first-view.ts';
import { Glide } from './glide.ts';
import { jitterOf } from './jitter.ts';
import { LineBuilder } from './line-table.ts';
import { OrbitCamera } from './orbit-camera.ts';
import { Painter, type PaintOptions } from './painter.ts';
import { pickAtom, pickInRectangle, projectAtom } from './picking.ts';
import type { MakeLayers } from './scene-layer.ts';
import type {
  IsInside,
  SceneFrame,
  SceneHighlight,
  SceneLine,
  ScenePick,
  SceneStrokes,
  SceneStyle,
  SceneTheme,
  SceneView,
  SceneViewOptions,
} from './scene-view.ts';
import type { RawPicture } from './snapshot.ts';
import { openSurface, type Surface } from './surface.ts';
import type { Vector } from './vector.ts';

const DEFAULT_THEME: SceneTheme = {
  background: 'transparent',
  cell: '#8a8f98',
  highlight: '#ffb020',
  ambient: 1,
  outline: 1,
  fog: 1,
};
/** Larger frames than this keep the extent of an earlier one while they play. */
const EXTENT_EACH_FRAME_UP_TO = 20_000;

/**
 * A picture on a canvas, which gives way to another one of its kind when a second view appears in the page (see
 * {@link openSurface}). The first frame with atoms turns and fits the camera unless it was moved or set before. Throws `render/unavailable` where
 * there is no WebGL2.
 */
export function createSceneView(canvas: HTMLCanvasElement, options: SceneViewOptions = {}): SceneView {
  return new CanvasSceneView(canvas, options);
}

class CanvasSceneView implements SceneView {
  private readonly surface: Surface;
  private readonly painter: Painter;
  private readonly atoms = new AtomTable();
  private readonly bonds: BondKeeper;
  private readonly lines = new LineBuilder();
  private readonly orbitCamera = new OrbitCamera();
  private readonly cameraListeners = new Set<(pose: CameraPose) => void>();
  private readonly drawnListeners = new Set<() => void>();
  private readonly loop: DrawLoop;
  private theme: SceneTheme = { ...DEFAULT_THEME };
  private chosenQuality: 'high' | 'low';
  private frame: SceneFrame | undefined;
  private measurements: readonly SceneLine[] = [];
  private strokes: SceneStrokes | undefined;
  private corners: Vector[] = [];
  private isCellVisible = true;
  /** True once the camera was put somewhere: by the first frame or from outside. */
  private isPlaced = false;
  private extent: Extent = { center: [0, 0, 0], radius: 1, placeless: 0 };
  private width = 1;
  private height = 1;
  private pixelRatio = 1;
  private areLinesDirty = true;
  private lineRatio = 0;
  private areBondsDirty = true;
  private bondsSeen = -1;
  private readonly glide = new Glide();
  private readonly now: () => number;
  private isDisposed = false;

  constructor(canvas: HTMLCanvasElement, options: SceneViewOptions) {
    this.surface = openSurface(canvas, {
      onMoved: () => this.invalidate(),
      onLost: () => this.loop.lose(),
      onRestored: () => this.restore(),
    });
    this.painter = new Painter(this.surface);
    this.chosenQuality = options.quality ?? (this.painter.graphics.isSoftware ? 'low' : 'high');
    const now = (this.now = options.now ?? (() => performance.now()));
    this.loop = new DrawLoop({
      schedule: options.schedule ?? takeTurn,
      now,
      samples: () => this.samples,
      draw: (sample, share) => this.draw(sample, share),
      onTrouble: options.onTrouble,
    });
    this.bonds = new BondKeeper(() => {
      this.areBondsDirty = true;
      this.invalidate();
    }, now);
    if (options.theme) Object.assign(this.theme, options.theme);
    const { clientWidth, clientHeight, width, height } = this.canvas;
    this.resize(clientWidth || width, clientHeight || height, options.devicePixelRatio ?? 1);
  }

  setFrame(frame: SceneFrame | undefined, glideMs = 0): void {
    this.frame = frame;
    this.loop.retry();
    const isOtherAtoms = this.atoms.setFrame(frame);
    this.bonds.isWanted = this.atoms.sheet.hasBonds;
    this.bonds.setFrame(frame, isOtherAtoms);
    this.corners = this.isCellVisible ? cellCorners(frame) : [];
    this.areLinesDirty = true;
    this.areBondsDirty = true;
    if (isOtherAtoms || this.atoms.count <= EXTENT_EACH_FRAME_UP_TO) this.measure();
    if (frame && this.atoms.count > 0 && !this.isPlaced) {
      this.isPlaced = true;
      const { back, up } = firstView(frame);
      this.orbitCamera.turnTo(back, up);
      this.fit();
    }
    // Measured lines end at the atoms of the frame.
    this.glide.begin(this.now(), isOtherAtoms || this.measurements.length > 0 ? 0 : glideMs);
    this.invalidate();
  }

  get placeless(): number {
    return this.extent.placeless;
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

  setTints(tints: Uint8Array | undefined): void {
    this.atoms.setTints(tints);
    this.invalidate();
  }

  setLayers(make: MakeLayers): void {
    this.painter.setLayers(make);
    this.invalidate();
  }

  setHover(atom: number | undefined): void {
    if (this.atoms.setHover(atom)) this.invalidate();
  }

  setMeasurements(lines: readonly SceneLine[]): void {
    if (lines.length === 0 && this.measurements.length === 0) return;
    this.measurements = lines;
    this.areLinesDirty = true;
    this.invalidate();
  }

  setStrokes(strokes: SceneStrokes | undefined): void {
    if (strokes === undefined && this.strokes === undefined) return;
    this.strokes = strokes;
    this.areLinesDirty = true;
    this.invalidate();
  }

  setTheme(theme: Partial<SceneTheme>): void {
    Object.assign(this.theme, theme);
    this.areLinesDirty = true;
    this.invalidate();
  }

  get quality(): 'high' | 'low' {
    return this.chosenQuality;
  }

  setQuality(quality: 'high' | 'low'): void {
    if (quality === this.chosenQuality) return;
    this.chosenQuality = quality;
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
    this.isPlaced = true;
    this.orbitCamera.pose = pose;
    this.moved();
  }

  fit(atoms?: Uint32Array): void {
    this.measure();
    fitCamera(this.orbitCamera, this.atoms, atoms ? [] : this.corners, atoms);
    this.moved();
  }

  orbit(deltaXPixels: number, deltaYPixels: number): void {
    this.isPlaced = true;
    this.orbitCamera.orbit(deltaXPixels, deltaYPixels);
    this.moved();
  }

  pan(deltaXPixels: number, deltaYPixels: number): void {
    this.isPlaced = true;
    this.orbitCamera.pan(deltaXPixels, deltaYPixels);
    this.moved();
  }

  zoom(factor: number, xPixels?: number, yPixels?: number): void {
    this.isPlaced = true;
    this.orbitCamera.zoom(factor, xPixels, yPixels);
    this.moved();
  }

  pick(xPixels: number, yPixels: number): ScenePick | undefined {
    return pickAtom(this.atoms, this.orbitCamera, xPixels, yPixels);
  }

  pickRectangle(left: number, top: number, right: number, bottom: number, isInside?: IsInside): Uint32Array {
    return pickInRectangle(this.atoms, this.orbitCamera, [left, top, right, bottom], isInside);
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

  get canvas(): HTMLCanvasElement {
    return this.surface.canvas;
  }

  setInSight(isInSight: boolean): void {
    if (isInSight) this.loop.resume('unseen', false);
    else this.loop.pause('unseen');
  }

  drawNow(): void {
    this.loop.drawNow();
  }

  async toBlob(options: { width?: number; height?: number; background?: string } = {}): Promise<Blob> {
    const width = Math.round(options.width ?? this.width * this.pixelRatio);
    const height = Math.round(options.height ?? (width * this.height) / this.width);
    const background = parseCssColor(options.background ?? this.theme.background, [0, 0, 0, 0]);
    const ratio = height / this.height;
    let picture: RawPicture;
    this.orbitCamera.resize(width, height);
    this.areLinesDirty = true;
    try {
      this.update(ratio);
      picture = this.painter.picture(
        (sample) => this.paintOptions(sample, { width, height, ratio, background }),
        Math.max(this.samples, FEWEST_SAMPLES),
      );
    } finally {
      this.orbitCamera.resize(this.width, this.height);
      this.areLinesDirty = true;
      this.invalidate();
    }
    return await import('./snapshot.ts').then(({ toPng }) => toPng(picture), throwOurs);
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
    this.loop.pause();
    this.bonds.cancel();
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
    if (!this.isDisposed) this.loop.invalidate();
  }

  private get samples(): number {
    return samplesOf(this.chosenQuality, this.atoms.count, this.painter.isSeeThrough);
  }

  private draw(sample: number, share: number): void {
    const ratio = share * (this.chosenQuality === 'low' ? Math.min(1, this.pixelRatio) : this.pixelRatio);
    const width = Math.max(1, Math.round(this.width * ratio));
    const height = Math.max(1, Math.round(this.height * ratio));
    const way = this.glide.share(this.now());
    this.update(ratio, way);
    this.painter.paint(this.paintOptions(sample, { width, height, ratio, background: this.background }));
    if (sample === 0) for (const listener of this.drawnListeners) listener();
    if (way < 1) this.invalidate();
  }

  private get background(): Rgba {
    return parseCssColor(this.theme.background, [0, 0, 0, 0]);
  }

  /** Uploads what changed. `ratio` is that of drawn to CSS pixels; atoms are drawn that part of their `way` to the frame. */
  private update(ratio: number, way = 1): void {
    this.painter.updateAtoms(this.atoms, way);
    if (this.areBondsDirty) {
      const table = this.bonds.table;
      if (this.bondsSeen !== this.bonds.version) this.painter.updateBonds(table);
      this.bondsSeen = this.bonds.version;
      this.painter.updateCell(table);
      this.areBondsDirty = false;
    }
    if (this.areLinesDirty || ratio !== this.lineRatio) {
      this.lines.build({
        corners: this.corners,
        cellColor: this.theme.cell,
        measurements: this.measurements,
        measureColor: this.theme.highlight,
        strokes: this.strokes,
        pixelRatio: ratio,
      });
      this.painter.updateLines(this.lines);
      this.areLinesDirty = false;
      this.lineRatio = ratio;
    }
  }

  private paintOptions(
    sample: number,
    { width, height, ratio, background }: { width: number; height: number; ratio: number; background: Rgba },
  ): PaintOptions {
    const { center, radius } = this.extent;
    const depth = this.orbitCamera.project(center)?.depth ?? 0;
    return {
      camera: this.orbitCamera.uniforms(center, radius * 1.5, jitterOf(sample, width, height)),
      background,
      hoverColor: lightnessOf(background) * background[3] > 0.5 ? [0.02, 0.03, 0.05] : [1, 1, 1],
      fog: fogOf(depth, radius, background[3] * (this.chosenQuality === 'low' ? 0.7 : 1) * this.theme.fog),
      width,
      height,
      pixelRatio: ratio,
      quality: this.chosenQuality,
      radius,
      ambient: this.theme.ambient,
      outline: this.theme.outline,
      sample,
    };
  }

  /** The graphics device is back, empty. */
  private restore(): void {
    this.painter.forget();
    this.bondsSeen = -1;
    this.areBondsDirty = true;
    this.areLinesDirty = true;
    this.loop.regain();
  }
}
