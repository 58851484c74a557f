import type { Room } from '../room/room.ts';

/** What the elements of one page agree on about a room without telling anybody else. */
export interface RoomView {
  /** Key of the selection that a list points at; outlined in every viewer. */
  readonly pointedSelection: string | undefined;
  pointAt(selectionKey: string | undefined): void;
  /** Asks the viewers to bring a selection into the picture. */
  show(selectionKey: string): void;
  onPoint(listener: () => void): () => void;
  onShow(listener: (selectionKey: string) => void): () => void;
}

const known = new WeakMap<Room, RoomView>();

/** The page's own view of `room`. */
export function roomView(room: Room): RoomView {
  const found = known.get(room);
  if (found !== undefined) return found;
  const pointListeners = new Set<() => void>();
  const showListeners = new Set<(selectionKey: string) => void>();
  let pointed: string | undefined;
  const view: RoomView = {
    get pointedSelection() {
      return pointed;
    },
    pointAt(selectionKey) {
      if (selectionKey === pointed) return;
      pointed = selectionKey;
      for (const listener of pointListeners) listener();
    },
    show(selectionKey) {
      for (const listener of showListeners) listener(selectionKey);
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
