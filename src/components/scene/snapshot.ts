import { CovalenceError } from '../../protocol/errors.ts';

/** Pixels as the GPU returns them: from the bottom up, colours multiplied by opacity. */
export interface RawPicture {
  data: Uint8Array;
  width: number;
  height: number;
}

/** The same picture from the top down with plain colours, as images have them. */
export function toImagePixels({ data, width, height }: RawPicture): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let row = 0; row < height; row += 1) {
    const from = 4 * width * (height - 1 - row);
    for (let k = 0; k < 4 * width; k += 4) {
      const opacity = data[from + k + 3];
      const factor = opacity === 0 ? 0 : 255 / opacity;
      const to = 4 * width * row + k;
      pixels[to] = data[from + k] * factor;
      pixels[to + 1] = data[from + k + 1] * factor;
      pixels[to + 2] = data[from + k + 2] * factor;
      pixels[to + 3] = opacity;
    }
  }
  return pixels;
}

/** What `paint` paints, as PNG. Rejects with `value/invalid` where the browser has no canvas of this size. */
export async function paintedPng(
  width: number,
  height: number,
  paint: (context: CanvasRenderingContext2D) => void,
): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  // Of the processor: an accelerated one waits for everything the picture drew before.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context !== null) paint(context);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (context === null || blob === null)
    throw new CovalenceError('value/invalid', `The browser cannot make a picture of ${width} x ${height} pixels.`);
  return blob;
}

/** Packs a picture as PNG. */
export function toPng(picture: RawPicture): Promise<Blob> {
  const { width, height } = picture;
  return paintedPng(width, height, (context) =>
    context.putImageData(new ImageData(toImagePixels(picture), width, height), 0, 0),
  );
}
