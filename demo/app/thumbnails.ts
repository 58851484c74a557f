import type { CoViewer } from 'covalence/components';
import { serverBase } from './server-address.ts';

const WIDTH = 320;
const HEIGHT = 200;

function keyOf(room: string): string {
  return `covalence.thumbnail.${serverBase()}/${room}`;
}

/** Keeps a small transparent picture of a room that was looked at, for the list of rooms in this browser. */
export async function saveThumbnail(room: string, viewer: CoViewer): Promise<void> {
  try {
    const blob = await viewer.toBlob({ width: WIDTH, height: HEIGHT, background: 'transparent', words: false });
    const bitmap = await createImageBitmap(blob);
    const canvas = document.createElement('canvas');
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    canvas.getContext('2d', { willReadFrequently: true })?.drawImage(bitmap, 0, 0);
    localStorage.setItem(keyOf(room), canvas.toDataURL('image/webp', 0.8));
  } catch {
    // a picture less in the list
  }
}

/** The picture kept by {@link saveThumbnail}. */
export function loadThumbnail(room: string): string | undefined {
  try {
    return localStorage.getItem(keyOf(room)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** What a room looks like, another one looks like too: its copy, or itself under another name. */
export function shareThumbnail(room: string, other: string): void {
  const picture = loadThumbnail(room);
  try {
    if (picture !== undefined) localStorage.setItem(keyOf(other), picture);
  } catch {
    // a picture less in the list
  }
}

/** Forgets the picture of a room that is no more. */
export function forgetThumbnail(room: string): void {
  try {
    localStorage.removeItem(keyOf(room));
  } catch {
    // see loadThumbnail
  }
}
