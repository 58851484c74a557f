import type { Room } from '../room/room.ts';

/** What the elements of one page agree on about a room without telling anybody else. */
export interface RoomView {
  /** Key of the selection that a list points at; outlined in every viewer. */
  readonly pointedSelection: string | undefined;
  pointAt(selectionKey: string | undefined): void;
  /** Asks the viewers to bring a selection (its key) or some atoms into the picture. */
  show(what: string | readonly number[]): void;
  /** Atoms glide from frame to frame while few frames a second are played. What is chosen is kept by the browser. */
  readonly isSmooth: boolean;
  setSmooth(isSmooth: boolean): void;
  onPoint(listener: () => void): () => void;
  onShow(listener: (what: string | readonly number[]) => void): () => void;
}

const STORAGE_KEY = 'covalence.smooth';

function wasSmooth(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) === 'on';
  } catch {
    return false;
  }
}

const known = new WeakMap<Room, RoomView>();

/** The page's own view of `room`. */
export function roomView(room: Room): RoomView {
  const found = known.get(room);
  if (found !== undefined) return found;
  const pointListeners = new Set<() => void>();
  const showListeners = new Set<(what: string | readonly number[]) => void>();
  let pointed: string | undefined;
  let isSmooth = wasSmooth();
  const view: RoomView = {
    get pointedSelection() {
      return pointed;
    },
    pointAt(selectionKey) {
      if (selectionKey === pointed) return;
      pointed = selectionKey;
      for (const listener of pointListeners) listener();
    },
    show(what) {
      for (const listener of showListeners) listener(what);
    },
    get isSmooth() {
      return isSmooth;
    },
    setSmooth(wanted) {
      isSmooth = wanted;
      try {
        localStorage.setItem(STORAGE_KEY, wanted ? 'on' : 'off');
      } catch {
        // kept until the page ends
      }
    },
    onPoint(listener) {
      pointListeners.add(listener);
      return () => pointListeners.delete(listener);
    },
    onShow(listener) {
      showListeners.add(listener);
      return () => showListeners.delete(listener);
    },
  };
  known.set(room, view);
  return view;
}
