import { parseCssColor } from './css-color.ts';
import type { LineTable } from './painter.ts';
import type { SceneLine, SceneStrokes } from './scene-view.ts';
import type { Vector } from './vector.ts';

/** Corners of a cell as bits of the three axes; each edge joins corners that differ in one. */
const EDGES: readonly (readonly [number, number])[] = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((corner) =>
  [1, 2, 4].filter((bit) => (corner & bit) === 0).map((bit) => [corner, corner | bit] as const),
);

/** What strokes a picture has. Widths and dashes in CSS pixels. */
export interface LineOptions {
  corners: readonly Vector[];
  cellColor: string;
  measurements: readonly SceneLine[];
  measureColor: string;
  strokes: SceneStrokes | undefined;
  pixelRatio: number;
}

/** The edges of the cell and the measured lines, in one array that grows when needed and is used again. */
export class LineBuilder implements LineTable {
  records: Float32Array = new Float32Array(12 * 16);
  count = 0;

  build({ corners, cellColor, measurements, measureColor, strokes, pixelRatio }: LineOptions): void {
    this.count = 0;
    const edges = corners.length === 8 ? EDGES : [];
    const needed = 12 * (edges.length + measurements.length + (strokes?.count ?? 0));
    if (this.records.length < needed) this.records = new Float32Array(Math.ceil(1.5 * needed));
    for (const [a, b] of edges) this.add(corners[a], corners[b], 1.4 * pixelRatio, 0, cellColor);
    for (const [from, to] of measurements) this.add(from, to, 2 * pixelRatio, 4 * pixelRatio, measureColor);
    if (strokes === undefined) return;
    this.records.set(strokes.records.subarray(0, 12 * strokes.count), 12 * this.count);
    for (let i = this.count; i < this.count + strokes.count; i += 1) this.records[12 * i + 3] *= pixelRatio;
    this.count += strokes.count;
  }

  private add(a: Readonly<Vector>, b: Readonly<Vector>, width: number, dash: number, color: string): void {
    const [red, green, blue, opacity] = parseCssColor(color);
    this.records.set([...a, width, ...b, dash, red, green, blue, opacity], 12 * this.count);
    this.count += 1;
  }
}
