import { asCovalenceError, type CovalenceError } from '../../protocol/errors.ts';
import type { Room } from '../../room/room.ts';

/**
 * Opens dropped or chosen files in this page alone: nothing leaves the browser, nobody else sees them. Of several files
 * a topology and its trajectory are read as one; else the first is opened.
 */
export async function openFilesHere(files: readonly File[], signal?: AbortSignal): Promise<Room> {
  return (await import('./open-privately.ts')).openFiles(files, signal);
}

/**
 * Opens the file at a URL, absolute or relative to the page, in this page alone; `topology` is the URL of the file that
 * says which atoms it has.
 */
export async function openUrlHere(url: string, signal?: AbortSignal, topology?: string): Promise<Room> {
  return (await import('./open-privately.ts')).openUrl(url, topology, signal);
}

/** What the owner of a private room is told. */
export interface PrivateRoomOptions {
  /** There is a room, or none any more. */
  onRoom: (room: Room | undefined) => void;
  /** Opening began, ended or failed. */
  onChange: (error: CovalenceError | undefined) => void;
}

/** The room of a file that an element opened by itself: the newest wins, and it is closed with the element. */
export class PrivateRoom {
  readonly #options: PrivateRoomOptions;
  #room: Room | undefined;
  #opening: AbortController | undefined;

  constructor(options: PrivateRoomOptions) {
    this.#options = options;
  }

  get room(): Room | undefined {
    return this.#room;
  }

  get isOpening(): boolean {
    return this.#opening !== undefined;
  }

  /** Opens another file in place of the present one, which stays until the other is there. */
  async open(open: (signal: AbortSignal) => Promise<Room>): Promise<void> {
    this.#opening?.abort();
    const opening = (this.#opening = new AbortController());
    this.#options.onChange(undefined);
    try {
      const room = await open(opening.signal);
      if (this.#opening !== opening) return await room.close();
      const before = this.#room;
      this.#room = room;
      this.#options.onRoom(room);
      this.#end(undefined);
      await before?.close();
    } catch (error) {
      if (this.#opening === opening) this.#end(asCovalenceError(error, 'file/damaged'));
    }
  }

  close(): void {
    this.#opening?.abort();
    this.#opening = undefined;
    const room = this.#room;
    if (room === undefined) return;
    this.#room = undefined;
    this.#options.onRoom(undefined);
    void room.close();
  }

  #end(error: CovalenceError | undefined): void {
    this.#opening = undefined;
    this.#options.onChange(error);
  }
}
