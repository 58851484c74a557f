import { isFrameArray, openLocalRoom } from 'covalence';
import type { CoViewer } from 'covalence/components';
import { httpProvider } from 'covalence/data';
import { accessToken, serverBase } from './server-address.ts';
import { loadThumbnail, saveThumbnail } from './thumbnails.ts';

/** Rooms that are looked into at one visit; the others wait until somebody opens them. */
const MOST_ROOMS = 24;
/** A picture of more atoms takes longer than a list may. */
const MOST_ATOMS = 200_000;
const PATIENCE_MS = 30_000;
/** Bonds and ribbons of larger structures come a moment after their atoms. */
const SETTLING_MS = 400;

const moment = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Takes pictures of rooms that this browser has not seen, one after another, by their first frame and as it is drawn where
 * nobody said how. What cannot be opened or drawn stays without.
 */
export class RoomPictures {
  readonly #tried = new Set<string>();
  readonly #onPicture: () => void;
  #viewer: CoViewer | undefined;
  #isBusy = false;

  /** `onPicture` is called after each. */
  constructor(onPicture: () => void) {
    this.#onPicture = onPicture;
  }

  /** Sees to it that these rooms have pictures. */
  async take(names: readonly string[]): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (const name of names.slice(0, MOST_ROOMS)) {
        if (document.visibilityState !== 'visible') break;
        if (this.#tried.has(name) || loadThumbnail(name) !== undefined) continue;
        this.#tried.add(name);
        // oxlint-disable-next-line no-await-in-loop -- one at a time: the page stays quick and the server unburdened
        if (await this.#take(name).catch(() => false)) this.#onPicture();
      }
    } finally {
      this.#isBusy = false;
      this.#viewer?.remove();
      this.#viewer = undefined;
    }
  }

  async #take(name: string): Promise<boolean> {
    const viewer = (this.#viewer ??= place());
    // Its frames alone, without its people: nobody in the room sees somebody come and go.
    const provider = httpProvider({ url: serverBase(), room: name, token: accessToken() });
    await using room = await openLocalRoom({ provider });
    if (room.frames.count === 0) return false;
    const { numbers } = (await room.frames.read(0, { data: ['numbers'] })).data;
    if (isFrameArray(numbers) && numbers.data.length > MOST_ATOMS) return false;
    const shown = new Promise<boolean>((resolve) => {
      viewer.addEventListener('co-frame-shown', () => resolve(true), { once: true });
    });
    viewer.room = room;
    try {
      if (!(await Promise.race([shown, moment(PATIENCE_MS).then(() => false)]))) return false;
      await moment(SETTLING_MS);
      await saveThumbnail(name, viewer);
      return loadThumbnail(name) !== undefined;
    } finally {
      viewer.room = undefined;
    }
  }
}

/** A viewer of a picture's size that nobody sees, hears or reaches. */
function place(): CoViewer {
  const viewer = document.createElement('co-viewer');
  viewer.className = 'unseen';
  viewer.inert = true;
  viewer.ariaHidden = 'true';
  document.body.append(viewer);
  return viewer;
}
