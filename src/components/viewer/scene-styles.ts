import type { VisualiserRecord } from '../../protocol/records/visualiser.ts';
import type { Room } from '../../room/room.ts';
import type { SceneStyle } from '../scene/scene-view.ts';
import type { OwnLook } from '../own-looks.ts';
import { roomExpressions } from '../room-expressions.ts';
import { selectionAtoms, selectionOf } from '../selection-atoms.ts';

type Render = SceneStyle['render'];

/** Names under which a way of drawing is known. */
const RENDERS: ReadonlyMap<string, Render> = new Map(
  Object.entries<Render>({
    'ball and stick': 'ball and stick',
    'ball & stick': 'ball and stick',
    'ball-and-stick': 'ball and stick',
    liquorice: 'liquorice',
    licorice: 'liquorice',
    sticks: 'liquorice',
    spheres: 'spheres',
    sphere: 'spheres',
    balls: 'spheres',
    ball: 'spheres',
    vdw: 'spheres',
    'space filling': 'spheres',
  }),
);

/** Colour names that mean the colour of the element. */
const ELEMENT_COLORS: ReadonlySet<string> = new Set(['element', 'cpk', 'particle element']);

/** A visualiser and the atoms it covers: all when absent. */
export interface VisualiserLayer {
  record: VisualiserRecord;
  atoms: Uint32Array | undefined;
}

type Named = string | number | { readonly type?: unknown } | undefined;

function nameOf(value: Named): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && typeof value.type === 'string' ? value.type : undefined;
}

/** The way of drawing that a record asks for; undefined when it says nothing or nothing we know. */
export function renderOf(record: VisualiserRecord): Render | undefined {
  const name = nameOf(record.render ?? record.visualiser);
  return name === undefined ? undefined : RENDERS.get(name.trim().toLowerCase());
}

/** A record's colour as CSS, `element`, or undefined when it says nothing. */
export function colorOf(record: VisualiserRecord): string | undefined {
  const { color } = record;
  if (Array.isArray(color)) {
    const [red, green, blue] = color.map((part) => Math.round(Math.min(1, Math.max(0, part)) * 255));
    return color.length < 3 ? undefined : `rgb(${red} ${green} ${blue})`;
  }
  const name = nameOf(color as Named);
  if (name === undefined) return undefined;
  const hex = /^(?:#|0x)?([0-9a-f]{6})$/i.exec(name.trim());
  if (hex !== null) return `#${hex[1]}`;
  return ELEMENT_COLORS.has(name.trim().toLowerCase()) ? 'element' : name;
}

/** The name of the values a record colours by; undefined when it names a plain colour or none. */
export function dataColorOf(record: VisualiserRecord): string | undefined {
  const { color } = record;
  const isPlain = Array.isArray(color) || typeof color === 'number';
  const name = isPlain ? undefined : colorOf(record);
  if (name === undefined || name === 'element') return undefined;
  return typeof CSS === 'undefined' || CSS.supports('color', name) ? undefined : name.replace(/^\$/, '');
}

/** True when a record asks for more than everyday atoms: the code for that comes then. */
export function asksForData(record: VisualiserRecord): boolean {
  const { vectors, labels, trails, render = record.visualiser } = record;
  if (vectors !== undefined || labels !== undefined || trails !== undefined) return true;
  return dataColorOf(record) !== undefined || (render !== undefined && renderOf(record) === undefined);
}

function scaleOf(record: VisualiserRecord): number | undefined {
  return typeof record.scale === 'number' && record.scale > 0 ? record.scale : undefined;
}

/** Below all records: every atom, by element. */
export const BASE_STYLE: SceneStyle = { color: 'element' };

/** A record's style for its atoms; a field it leaves out is that of `lower`. */
export function styleOf(record: VisualiserRecord, lower: SceneStyle): SceneStyle {
  const style: SceneStyle = {
    render: renderOf(record) ?? lower.render,
    color: (dataColorOf(record) === undefined ? colorOf(record) : undefined) ?? lower.color,
    scale: scaleOf(record) ?? lower.scale,
    hide: record.hide === true,
  };
  const opacity = record.opacity ?? lower.opacity;
  if (opacity !== undefined) style.opacity = opacity;
  return style;
}

/**
 * The visualiser records of a room as the scene takes them, lowest first: by layer, then priority, then key. A field a
 * record leaves out is that of the lowest one. A record whose selection is gone draws nothing.
 */
export function sceneStyles(layers: readonly VisualiserLayer[]): SceneStyle[] {
  const styles: SceneStyle[] = [BASE_STYLE];
  for (const { record, atoms } of layers) {
    const style = styleOf(record, styles[0]);
    if (atoms !== undefined) styles.push({ ...style, atoms });
    else if (styles.length === 1) styles[0] = style;
    else styles.push(style);
  }
  return styles;
}

/** The visualisers of a room that draw something, lowest first; below them those a page has of its own. */
export function visualiserLayers(room: Room, atomCount: number, own: readonly OwnLook[] = []): VisualiserLayer[] {
  const records = Object.entries(room.visualisers.snapshot()).sort(
    ([keyA, a], [keyB, b]) =>
      (a.layer ?? 0) - (b.layer ?? 0) || (a.priority ?? 0) - (b.priority ?? 0) || (keyA < keyB ? -1 : 1),
  );
  const layers: VisualiserLayer[] = [];
  for (const { record, select, onError } of own) {
    if (select === undefined) add(record);
    else {
      const answer = roomExpressions(room).answer(select, true);
      if (answer?.error !== undefined) onError(answer.error);
      if (answer !== undefined && answer.atoms.length > 0) layers.push({ record, atoms: answer.atoms });
    }
  }
  for (const [, record] of records) add(record);
  return layers;

  function add(record: VisualiserRecord): void {
    const { selection } = record;
    if (selection === undefined || selection === null) layers.push({ record, atoms: undefined });
    else {
      const atoms = selectionAtoms(room, selectionOf(room, selection), atomCount);
      if (atoms.length > 0) layers.push({ record, atoms });
    }
  }
}
