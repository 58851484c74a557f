import type { SceneView } from '../scene/scene-view.ts';
import { paintedPng } from '../scene/snapshot.ts';
import { legendOver, legendRatio, paintLegend } from './picture-legend.ts';

/** Words whose letters would be smaller than this many pixels are left out: nobody could read them. */
const SMALLEST_TYPE = 6;

/** Words over a picture, in CSS pixels from its middle, as the page draws them. */
interface Word {
  text: string;
  x: number;
  y: number;
  width: number;
  height: number;
  font: string;
  size: number;
  color: string;
  background: string;
  radius: number;
}

function wordsOver(overlay: HTMLElement): Word[] {
  const size = overlay.getBoundingClientRect();
  const words: Word[] = [];
  for (const element of overlay.querySelectorAll<HTMLElement>('.measurement, .label')) {
    const style = getComputedStyle(element);
    const text = element.textContent.trim().replace(/\s+/g, ' ');
    if (style.visibility === 'hidden' || text === '') continue;
    const box = element.getBoundingClientRect();
    words.push({
      text,
      x: (box.left + box.right) / 2 - (size.left + size.right) / 2,
      y: (box.top + box.bottom) / 2 - (size.top + size.bottom) / 2,
      width: box.width,
      height: box.height,
      font: `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`,
      size: Number.parseFloat(style.fontSize),
      color: style.color,
      background: style.backgroundColor,
      radius: Math.min(box.height / 2, Number.parseFloat(style.borderTopLeftRadius) || 0),
    });
  }
  return words;
}

function paint(context: CanvasRenderingContext2D, word: Word): void {
  const { text, x, y, width, height, radius } = word;
  context.font = word.font;
  const isOnBox = !/^(transparent|rgba\(.*, 0\))$/.test(word.background);
  if (isOnBox) {
    context.fillStyle = word.background;
    context.strokeStyle = 'rgb(128 128 128 / 35%)';
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(x - width / 2, y - height / 2, width, height, radius);
    context.fill();
    context.stroke();
  } else {
    // As the shadow of letters on the page, so that they are read on an atom of any colour.
    context.strokeStyle = '#fff';
    context.lineWidth = 3;
    context.lineJoin = 'round';
    context.strokeText(text, x, y);
  }
  context.fillStyle = word.color;
  context.fillText(text, x, y);
}

/** The element the words lie in. */
interface WordOwner {
  readonly shadowRoot: ShadowRoot | null;
  readonly updateComplete: Promise<boolean>;
}

/**
 * The picture of a scene as PNG with the words that lie over it: labels of atoms, what was measured, and the legend.
 * They keep the places they have on the page; type too small to be read is left out, and all of it without `words`.
 */
export async function pictureWithWords(
  viewer: WordOwner,
  scene: SceneView,
  options: { width?: number; height?: number; background?: string; words?: boolean },
): Promise<Blob> {
  if (options.words === false) return scene.toBlob(options);
  // What was measured a moment ago belongs to it.
  await viewer.updateComplete;
  const overlay = viewer.shadowRoot?.querySelector<HTMLElement>('.overlay');
  const words = overlay == null ? [] : wordsOver(overlay);
  const legend = overlay == null ? undefined : legendOver(overlay);
  const clientHeight = overlay?.clientHeight ?? 0;
  const picture = await scene.toBlob(options);
  if (words.length === 0 && legend === undefined) return picture;
  const bitmap = await createImageBitmap(picture);
  try {
    const { width, height } = bitmap;
    // A picture of another shape shows more or less at its sides: what it shows goes by its height.
    const ratio = height / clientHeight;
    const legible = words.filter(({ size }) => size * ratio >= SMALLEST_TYPE);
    const legendScale = legend === undefined ? 0 : legendRatio(legend, ratio, width);
    const isExplained = legend !== undefined && legend.size * legendScale >= SMALLEST_TYPE;
    if (legible.length === 0 && !isExplained) return picture;
    return await paintedPng(width, height, (context) => {
      context.drawImage(bitmap, 0, 0);
      context.setTransform(ratio, 0, 0, ratio, width / 2, height / 2);
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      for (const word of legible) paint(context, word);
      if (isExplained) paintLegend(context, legend, { width, height, ratio: legendScale });
    });
  } finally {
    bitmap.close();
  }
}
