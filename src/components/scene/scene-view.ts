import type { CovalenceError } from '../../protocol/errors.ts';
import type { CameraPose } from '../../protocol/presence.ts';
import type { MakeLayers } from './scene-layer.ts';

/** One frame as the scene needs it. Arrays are read, never written and never copied except to the GPU. */
export interface SceneFrame {
  atomCount: number;
  /** (N,3) angstrom, C order. */
  positions: Float32Array | Float64Array;
  /** Atomic numbers (N); 0 is unknown. */
  numbers: Uint8Array;
  /** Rows are the cell vectors, angstrom; absent when there is no cell. */
  cell?: Float64Array | undefined;
  /** Three truth values; absent means none. */
  pbc?: Uint8Array | undefined;
  /** Given connectivity (M,2); perceived when absent. */
  bonds?: Int32Array | undefined;
  /** Orders (M) of the given bonds; 4 is aromatic. Other numbers than 2, 3 and 4 are drawn as single bonds. */
  bondOrders?: Int32Array | undefined;
  /** Bonds (M,2) that the source gives besides those that are perceived. */
  links?: Int32Array | undefined;
  /** Where the corner of the cell is, angstrom; absent means the origin. */
  cellOrigin?: Float64Array | undefined;
  /** True when there are proteins or nucleic acids: their crystal's cell is not what people look at first. */
  isPolymer?: boolean | undefined;
}

/** Ways of drawing atoms. */
export type SceneRender = 'ball and stick' | 'spheres' | 'liquorice';

/** A way of drawing atoms in numbers; lengths in angstrom. */
export interface SceneShape {
  /** Radius of an atom as a part of its van der Waals radius. */
  readonly vdw?: number;
  /** Added to that for every element. A radius below 0 is not drawn, but found under a point. */
  readonly plus?: number;
  /** Radius of the sticks between atoms; none when absent. */
  readonly stick?: number;
  /** True when double, triple and aromatic bonds are drawn as several sticks. */
  readonly hasOrders?: boolean;
  /** 1 draws flat colours with a contour, 0 lit ones; -1 lit ones that make room for a surface while there is one. */
  readonly flat?: number;
  /** When not 0, a layer draws these bonds: above 0 thinned to this part of the thinner end. */
  readonly waist?: number;
}

/** Whatever is drawn for all atoms that a mask covers. Atoms that no style covers are drawn as an empty style says. */
export interface SceneStyle {
  /** Atoms it applies to; all when absent. */
  atoms?: Uint32Array | undefined;
  /** When absent what suits the number of atoms: `ball and stick`, above 20,000 atoms `spheres`. */
  render?: SceneRender | undefined;
  /** The same in numbers; wins over `render`. */
  shape?: SceneShape | undefined;
  /** Linear multiplier of the radius the render gives each atom. */
  scale?: number | undefined;
  /** CSS colour for all, or `element`. */
  color?: string | undefined;
  hide?: boolean | undefined;
  /** 0 to 1; what is behind shows through. Atoms of one opacity show their foremost surface only. */
  opacity?: number | undefined;
}

/** Arrows from atoms. */
export interface SceneVectors {
  /** (N,3) in any unit; an arrow that is not finite or too short to see is left out. */
  vectors: Float32Array | Float64Array;
  /** Atoms that have an arrow; all when absent. */
  atoms?: Uint32Array | undefined;
  /** Angstrom per unit of `vectors`. */
  scale: number;
  /** CSS colour. */
  color: string;
}

/** Strokes in the picture: twelve numbers each, start and width (CSS pixels), end and dash (0), red, green, blue (sRGB), opacity. */
export interface SceneStrokes {
  readonly records: Float32Array;
  readonly count: number;
}

/** A selection shown in the picture. */
export interface SceneHighlight {
  atoms: Uint32Array;
  /** CSS colour. */
  color: string;
}

/** Whether a place in the picture, CSS pixels, belongs to an area. */
export type IsInside = (xPixels: number, yPixels: number) => boolean;

/** A straight line between two points, angstrom. */
export type SceneLine = readonly [from: readonly [number, number, number], to: readonly [number, number, number]];

/** Colours and manners of the picture that do not depend on the data. */
export interface SceneTheme {
  /** CSS colour or `transparent`. */
  background: string;
  /** CSS colour of the unit cell's edges. */
  cell: string;
  highlight: string;
  /** Strengths from 0 to 1 of ambient light, contours and the fading of what is far. */
  ambient: number;
  outline: number;
  fog: number;
}

/** How to make a view. */
export interface SceneViewOptions {
  /** Found out from the graphics device when absent: `low` where a processor computes the pictures. */
  quality?: 'high' | 'low';
  theme?: Partial<SceneTheme>;
  /** Device pixels per CSS pixel until `resize` says otherwise. */
  devicePixelRatio?: number;
  /**
   * Calls back when the next picture is due; when absent the views of a page take turns in `requestAnimationFrame`.
   * Returns a number other than 0.
   */
  schedule?: (draw: () => void, isUrgent: () => boolean) => number;
  /** Milliseconds, by which a slow movement is recognised; `performance.now` when absent. */
  now?: () => number;
  /** Called when nothing can be drawn: the graphics were taken away, or hold no table of this size; and, with undefined, when all is well again. */
  onTrouble?: (error: CovalenceError | undefined) => void;
}

/** An atom under a point. */
export interface ScenePick {
  atom: number;
  /** Where the ray meets it, angstrom. */
  point: [number, number, number];
}

/**
 * A picture of one structure on one canvas. It draws on demand: each setter asks for at most one frame of the
 * display. Nothing of three.js leaves it.
 */
export interface SceneView {
  /**
   * Shows a frame: stores references, uploads positions once; the newest wins. The first one with atoms is looked at
   * from a telling side and fitted, unless the camera was moved or set before. Within `glideMs` (0 when left out) as
   * many atoms as before are drawn on their way there, through the faces of a repeating cell where that is shorter; what
   * is picked, measured and written to files is the frame.
   */
  setFrame(frame: SceneFrame | undefined, glideMs?: number): void;
  /** Atoms whose position is not a number, which are not drawn; of large structures those of an earlier frame while they play. */
  readonly placeless: number;
  /** Later styles win where they overlap. */
  setStyles(styles: readonly SceneStyle[]): void;
  setHighlights(highlights: readonly SceneHighlight[]): void;
  /**
   * Colours of atoms of their own, above those of styles: four bytes an atom, sRGB and 255, or 0 for none. Uploaded
   * again at each call, the array may be reused; undefined takes them away.
   */
  setTints(tints: Uint8Array | undefined): void;
  /** Draws these besides atoms, bonds and lines, in the order given; layers that were there and are no more are freed. */
  setLayers(make: MakeLayers): void;
  /** Strokes besides the cell's edges and measured lines; read at the next drawing, the array may then be reused. */
  setStrokes(strokes: SceneStrokes | undefined): void;
  setHover(atom: number | undefined): void;
  /** Measured lines, each from a point to a point, angstrom. */
  setMeasurements(lines: readonly SceneLine[]): void;
  setTheme(theme: Partial<SceneTheme>): void;
  /** `high` has ambient light, contours and soft edges; `low` is for devices where a processor computes the picture. */
  setQuality(quality: 'high' | 'low'): void;
  /** In force now: as set, or as found out from the graphics device. */
  readonly quality: 'high' | 'low';
  setCellVisible(isVisible: boolean): void;
  /** The camera now. */
  readonly camera: CameraPose;
  setCamera(pose: CameraPose): void;
  /** Moves the camera so that everything visible is in the picture; `atoms` restricts what. */
  fit(atoms?: Uint32Array): void;
  orbit(deltaXPixels: number, deltaYPixels: number): void;
  pan(deltaXPixels: number, deltaYPixels: number): void;
  /** `factor` below 1 comes closer; the point under the pixel stays where it is. */
  zoom(factor: number, xPixels?: number, yPixels?: number): void;
  /** CSS pixels from the top left of the canvas. */
  pick(xPixels: number, yPixels: number): ScenePick | undefined;
  /** Visible atoms whose centres lie in the rectangle (CSS pixels), and where `isInside` says so, ascending. */
  pickRectangle(left: number, top: number, right: number, bottom: number, isInside?: IsInside): Uint32Array;
  /** Where an atom's centre is in CSS pixels, and its depth (smaller is nearer); undefined when outside. */
  project(atom: number): { x: number; y: number; depth: number } | undefined;
  resize(widthPixels: number, heightPixels: number, devicePixelRatio: number): void;
  /** The canvas in the page. Another one takes its place when views begin or end to share a drawing context. */
  readonly canvas: HTMLCanvasElement;
  /** Nothing is drawn while the canvas is out of sight; what changed meanwhile is drawn when it comes into sight. */
  setInSight(isInSight: boolean): void;
  /** Draws now, if anything asked for it. */
  drawNow(): void;
  /**
   * PNG of the present picture at any size (pixels; the canvas's own when absent), drawn with many samples a pixel.
   * `background` may be `transparent`. Rejects with `value/invalid` where the graphics device cannot draw that size.
   */
  toBlob(options?: { width?: number; height?: number; background?: string }): Promise<Blob>;
  /** Returns its own undo. */
  onCamera(listener: (pose: CameraPose) => void): () => void;
  /** Called after each drawn frame. */
  onDrawn(listener: () => void): () => void;
  dispose(): void;
}
