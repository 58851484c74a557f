/** Red, green, blue and opacity, 0 to 1, as CSS has them (sRGB). */
export type Rgba = [number, number, number, number];

const known = new Map<string, Rgba>();
let pixel: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | undefined;

/**
 * Reads a CSS colour. Hexadecimal notations are read anywhere; all others (names, functions) by the browser. What is
 * no colour gives `fallback`.
 */
export function parseCssColor(text: string, fallback: Rgba = [0.5, 0.5, 0.5, 1]): Rgba {
  const key = text.trim().toLowerCase();
  if (key === 'transparent') return [0, 0, 0, 0];
  const color = known.get(key) ?? fromHex(key) ?? fromBrowser(key);
  if (!color) return fallback;
  if (known.size > 1000) known.clear();
  known.set(key, color);
  return color;
}

/** How light a colour looks, 0 to 1. */
export function lightnessOf([r, g, b]: Rgba): number {
  return 0.3 * r + 0.59 * g + 0.11 * b;
}

/** The linear light of an sRGB component. */
export function toLinear(component: number): number {
  return component <= 0.04045 ? component / 12.92 : ((component + 0.055) / 1.055) ** 2.4;
}

function fromHex(text: string): Rgba | undefined {
  const digits = /^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const width = digits.length < 6 ? 1 : 2;
  const part = (index: number): number => {
    const piece = digits.slice(index * width, (index + 1) * width);
    return piece === '' ? 1 : Number.parseInt(width === 1 ? piece + piece : piece, 16) / 255;
  };
  return [part(0), part(1), part(2), part(3)];
}

function fromBrowser(text: string): Rgba | undefined {
  pixel ??= makePixel();
  if (!pixel) return undefined;
  // An unknown colour leaves fillStyle as it was; two different starts tell it from a colour that equals one of them.
  pixel.fillStyle = '#010203';
  pixel.fillStyle = text;
  const first = pixel.fillStyle;
  pixel.fillStyle = '#040506';
  pixel.fillStyle = text;
  if (pixel.fillStyle !== first) return undefined;
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = pixel.getImageData(0, 0, 1, 1).data;
  return [r / 255, g / 255, b / 255, a / 255];
}

function makePixel(): typeof pixel {
  if (typeof OffscreenCanvas !== 'undefined')
    return new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true }) ?? undefined;
  if (typeof document === 'undefined') return undefined;
  return document.createElement('canvas').getContext('2d', { willReadFrequently: true }) ?? undefined;
}
