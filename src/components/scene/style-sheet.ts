import { ELEMENTS } from '../../chem/elements.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import { parseCssColor, toLinear, type Rgba } from './css-color.ts';
import type { SceneRender, SceneShape, SceneStyle } from './scene-view.ts';

/** Columns of the palette: one per atomic number; the last holds opacity, flatness, waist and radius of bonds. */
export const PALETTE_WIDTH = 256;
/** Row 0 holds the colours of highlights, the others one distinct style each. */
const HIGHLIGHT_ROW = 0;
const BOND_COLUMN = 255;
/** The one before it: whether bonds are drawn with their orders. */
const ORDER_COLUMN = 254;
const MOST_ROWS = 255;

/** The everyday ways of drawing. */
const SHAPES: Readonly<Record<SceneRender, SceneShape>> = {
  spheres: { vdw: 1 },
  'ball and stick': { vdw: 0.27, stick: 0.12, hasOrders: true },
  liquorice: { plus: 0.24, stick: 0.24, hasOrders: true },
};
/** With more atoms than this and no style of their own, atoms are drawn as spheres, without bonds. */
export const BALLS_UP_TO = 20_000;

/**
 * What the styles mean for each element: per style a row of 256 entries of linear red, green, blue and radius
 * (angstrom). Equal styles share a row.
 */
export class StyleSheet {
  private readonly rows = new Map<string, number>();
  private data: Float32Array = new Float32Array(4 * PALETTE_WIDTH * 4);
  /** Grows with each change: whoever uploads compares. */
  version = 0;
  /** True when a style lets something show through. */
  isSeeThrough = false;
  /** True when a style draws bonds at all, and when it draws them as plain sticks. */
  hasBonds = false;
  hasSticks = false;

  get rowCount(): number {
    return this.rows.size + 1;
  }

  /** Entries of all rows; four numbers each. */
  get entries(): Float32Array {
    return this.data.subarray(0, 4 * PALETTE_WIDTH * this.rowCount);
  }

  clear(): void {
    this.isSeeThrough = this.hasBonds = this.hasSticks = false;
    this.rows.clear();
    this.version += 1;
  }

  /** The row of a style; throws `value/invalid` past 254 distinct ones. */
  rowOf(style: Omit<SceneStyle, 'atoms'> & { render: SceneRender }): number {
    const scale = Number.isFinite(style.scale) ? Math.max(0, style.scale ?? 1) : 1;
    const color = style.color === undefined || style.color === 'element' ? undefined : style.color;
    const opacity = Number.isFinite(style.opacity) ? Math.min(1, Math.max(0, style.opacity ?? 1)) : 1;
    const {
      vdw = 0,
      plus = 0,
      stick = 0,
      flat = 0,
      waist = 0,
      hasOrders = false,
    } = style.shape ?? SHAPES[style.render];
    const key = `${vdw}|${plus}|${stick}|${flat}|${waist}|${hasOrders}|${scale}|${opacity}|${color ?? ''}`;
    const known = this.rows.get(key);
    if (known !== undefined) return known;
    const row = this.rows.size + 1;
    if (row >= MOST_ROWS)
      throw new CovalenceError('value/invalid', `A picture can have ${MOST_ROWS - 1} distinct styles; merge some.`);
    this.reserve(row + 1);
    this.rows.set(key, row);
    if (opacity < 1) this.isSeeThrough = true;
    const fixed = color === undefined ? undefined : parseCssColor(color);
    for (let number = 0; number < ORDER_COLUMN; number += 1) {
      const element = ELEMENTS[number] ?? ELEMENTS[0];
      this.write(row, number, fixed ?? soften(element.color), scale * (vdw * element.vdwRadius + plus));
    }
    this.data[4 * (row * PALETTE_WIDTH + ORDER_COLUMN)] = Number(hasOrders);
    // Sticks between balls keep their width when the balls grow.
    this.data.set([opacity, flat, waist, vdw > 0 ? stick : stick * scale], 4 * (row * PALETTE_WIDTH + BOND_COLUMN));
    if (stick > 0) this.hasBonds = true;
    if (stick > 0 && waist === 0) this.hasSticks = true;
    this.version += 1;
    return row;
  }

  /** Gives a highlight's number (1 to 255) its colour. */
  setHighlight(index: number, color: string): void {
    this.write(HIGHLIGHT_ROW, index, parseCssColor(color), 0);
    this.version += 1;
  }

  radius(row: number, number: number): number {
    return this.data[4 * (row * PALETTE_WIDTH + number) + 3];
  }

  private write(row: number, column: number, [r, g, b]: Rgba, radius: number): void {
    this.data.set([toLinear(r), toLinear(g), toLinear(b), radius], 4 * (row * PALETTE_WIDTH + column));
  }

  private reserve(rows: number): void {
    if (this.data.length >= 4 * PALETTE_WIDTH * rows) return;
    const data = new Float32Array(8 * PALETTE_WIDTH * rows);
    data.set(this.data);
    this.data = data;
  }
}

/** An element's colour for the screen: the hue of the table, less glaring, so that light and shade have room. */
function soften(color: number): Rgba {
  const parts = [(color >> 16) & 255, (color >> 8) & 255, color & 255].map((part) => part / 255);
  const gray = 0.3 * parts[0] + 0.59 * parts[1] + 0.11 * parts[2];
  const [r, g, b] = parts.map((part) => 0.94 * (gray + (part - gray) * 0.86));
  return [r, g, b, 1];
}
