/** A rectangle in CSS pixels from the top left of the legend. */
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

type Part =
  | { kind: 'fill'; box: Box; radius: number; colors: readonly string[] }
  | { kind: 'path'; box: Box; path: Path2D; fill: string; stroke: string; lineWidth: number }
  | { kind: 'line'; box: Box; text: string; font: string; color: string };

/** A legend as the page draws it, taken down to be painted again. */
export interface LegendDrawing {
  width: number;
  height: number;
  /** Distances from the sides of the picture, CSS pixels. */
  left: number;
  right: number;
  bottom: number;
  /** Height of its letters, CSS pixels. */
  size: number;
  parts: readonly Part[];
}

const COLOR = /(?:rgba?|color|oklab|oklch|lab|lch)\([^)]*\)/g;

/** The lines that a text is broken into, with the place of each. */
function linesOf(text: Text, place: (box: DOMRect) => Box): { text: string; box: Box }[] {
  const range = document.createRange();
  const lines: { text: string; box: Box }[] = [];
  let from = 0;
  for (const letter of text.data) {
    range.setStart(text, from);
    range.setEnd(text, (from += letter.length));
    const box = place(range.getBoundingClientRect());
    // Blanks that the page does not show.
    if (box.width === 0) continue;
    const line = lines.at(-1);
    if (line === undefined || Math.abs(line.box.y - box.y) > box.height / 2) lines.push({ text: letter, box });
    else line.text += letter;
  }
  return lines;
}

function partsOf(legend: HTMLElement, place: (box: DOMRect) => Box): Part[] {
  const parts: Part[] = [];
  for (const element of [legend, ...legend.querySelectorAll<HTMLElement | SVGPathElement>('*')]) {
    const style = getComputedStyle(element);
    const box = place(element.getBoundingClientRect());
    if (element instanceof SVGPathElement) {
      const svg = place((element.ownerSVGElement ?? element).getBoundingClientRect());
      const { fill, stroke } = style;
      const path = new Path2D(element.getAttribute('d') ?? '');
      parts.push({ kind: 'path', box: svg, path, fill, stroke, lineWidth: Number.parseFloat(style.strokeWidth) });
      continue;
    }
    const ramp = style.backgroundImage.match(COLOR) ?? [];
    const radius = style.borderTopLeftRadius;
    const size = Number.parseFloat(radius) || 0;
    parts.push({
      kind: 'fill',
      box,
      radius: Math.min(radius.endsWith('%') ? (size / 100) * box.width : size, box.height / 2),
      colors: ramp.length > 0 ? ramp : [style.backgroundColor],
    });
    const font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    for (const node of element.childNodes)
      if (node instanceof Text)
        for (const line of linesOf(node, place)) parts.push({ kind: 'line', ...line, font, color: style.color });
  }
  return parts;
}

/** The legend over a picture; undefined when there is none, or the page hides it. */
export function legendOver(overlay: HTMLElement): LegendDrawing | undefined {
  const legend = overlay.parentNode?.querySelector<HTMLElement>('.legend');
  if (legend == null || getComputedStyle(legend).visibility === 'hidden') return undefined;
  const box = legend.getBoundingClientRect();
  if (box.width === 0) return undefined;
  const around = overlay.getBoundingClientRect();
  const place = ({ left, top, width, height }: DOMRect): Box => ({
    x: left - box.left,
    y: top - box.top,
    width,
    height,
  });
  return {
    width: box.width,
    height: box.height,
    left: box.left - around.left,
    right: around.right - box.right,
    bottom: around.bottom - box.bottom,
    size: Number.parseFloat(getComputedStyle(legend).fontSize),
    parts: partsOf(legend, place),
  };
}

function rampOf(context: CanvasRenderingContext2D, { x, width }: Box, colors: readonly string[]): CanvasGradient {
  const ramp = context.createLinearGradient(x, 0, x + width, 0);
  for (const [index, color] of colors.entries()) ramp.addColorStop(index / (colors.length - 1), color);
  return ramp;
}

function paintPart(context: CanvasRenderingContext2D, part: Part): void {
  const { x, y, width, height } = part.box;
  if (part.kind === 'line') {
    context.font = part.font;
    context.fillStyle = part.color;
    // The box of a line goes as far up and down as its font does.
    context.fillText(part.text, x, y + context.measureText(part.text).fontBoundingBoxAscent);
  } else if (part.kind === 'path') {
    context.save();
    context.translate(x, y);
    if (part.fill !== 'none') {
      context.fillStyle = part.fill;
      context.fill(part.path);
    }
    if (part.stroke !== 'none') {
      context.strokeStyle = part.stroke;
      context.lineWidth = part.lineWidth;
      context.stroke(part.path);
    }
    context.restore();
  } else {
    context.fillStyle = part.colors.length === 1 ? part.colors[0] : rampOf(context, part.box, part.colors);
    context.beginPath();
    context.roundRect(x, y, width, height, part.radius);
    context.fill();
  }
}

/** How much larger than on the page the legend is in a picture `ratio` times as high: less where it would not fit. */
export function legendRatio(legend: LegendDrawing, ratio: number, width: number): number {
  return Math.min(ratio, width / (legend.width + 2 * Math.min(legend.left, legend.right)));
}

/** Paints a legend at the side where the page has it, into a picture `width` by `height` pixels. */
export function paintLegend(
  context: CanvasRenderingContext2D,
  legend: LegendDrawing,
  { width, height, ratio }: { width: number; height: number; ratio: number },
): void {
  const x = legend.left <= legend.right ? legend.left * ratio : width - (legend.right + legend.width) * ratio;
  const y = height - (legend.bottom + legend.height) * ratio;
  context.setTransform(ratio, 0, 0, ratio, x, y);
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  context.strokeStyle = 'rgb(128 128 128 / 35%)';
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(0, 0, legend.width, legend.height, legend.parts[0].kind === 'fill' ? legend.parts[0].radius : 0);
  context.stroke();
  context.clip();
  for (const part of legend.parts) paintPart(context, part);
}
