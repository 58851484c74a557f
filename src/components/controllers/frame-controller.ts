import { asCovalenceError, isCovalenceError, type CovalenceError } from '../../protocol/errors.ts';
import type { Frame, TrajectoryInfo } from '../../protocol/frames.ts';
import type { Room } from '../../room/room.ts';

/** What a follower of the shown frame is told. */
export interface FrameControllerOptions {
  /** Keys to read, looked up at each reading; those a trajectory does not have are left out. All when absent. */
  keys?: readonly string[] | (() => readonly string[]);
  /** Further keys, read also where the first frame of the trajectory has none: later ones may. */
  further?: () => readonly string[];
  /** Called with each frame to be shown, newest request last; undefined when there is none any more. */
  onFrame: (frame: Frame | undefined) => void;
  /** Called when the frame shown was read again with other keys, of which it has no more than before. */
  onAsked?: () => void;
  /** Called when the frame asked for cannot be read, and with undefined when that is over. */
  onError?: (error: CovalenceError | undefined) => void;
  /** Called when reading begins and ends. */
  onBusy?: (isBusy: boolean) => void;
}

/** True when a picture of one is a picture of the other. */
function isSameFrame(one: Frame | undefined, other: Frame | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  if (one.id !== other.id || one.index !== other.index || one.version !== other.version) return false;
  return Object.keys(one.data).join() === Object.keys(other.data).join();
}

interface FrameRead {
  frame: Frame;
  asked: readonly string[] | undefined;
}

interface Running {
  order: number;
  abort: AbortController;
  /** Frames that changed since it began. */
  changed: Set<string>;
}

/**
 * Reads the frame the room's playback points to, and again when it changes. The newest request is always in flight
 * and the oldest is let finish, so scrubbing shows pictures on the way and never waits behind frames nobody wants.
 * While frames are played two reads at a time are let finish: what passes by faster than it can be read is left out, and
 * no request is begun to be given up a moment later.
 */
export class FrameController {
  readonly #options: FrameControllerOptions;
  #room: Room | undefined;
  #order = 0;
  #shownOrder = 0;
  #running: Running[] = [];
  /** Another frame is to be read as soon as one of those under way is here. */
  #isBehind = false;
  #extra: readonly string[] = [];
  #frame: Frame | undefined;
  #error: CovalenceError | undefined;
  #askedKeys: string | undefined;
  #asked: readonly string[] | undefined = [];

  constructor(options: FrameControllerOptions) {
    this.#options = options;
  }

  /** The frame handed out last. */
  get frame(): Frame | undefined {
    return this.#frame;
  }

  /** Keys that the frame handed out last was read with, whether it has them or not; undefined means all. */
  get asked(): readonly string[] | undefined {
    return this.#asked;
  }

  /** Why the frame asked for is not shown. */
  get error(): CovalenceError | undefined {
    return this.#error;
  }

  /** Reads the frame again when other keys are asked for than at the last reading. */
  again(): void {
    if (this.#room !== undefined && this.#wanted() !== this.#askedKeys) this.#read();
  }

  /** Follows a room until the returned function is called. */
  connect(room: Room): () => void {
    this.#room = room;
    let wanted = room.playback.frameIndex;
    const undo = [
      room.playback.onChange(() => {
        if (room.playback.frameIndex === wanted) return;
        wanted = room.playback.frameIndex;
        this.#read();
      }),
      room.frames.onChange(({ ids }) => {
        const isOurs = this.#frame === undefined || ids === undefined || ids.includes(this.#frame.id);
        for (const { changed } of this.#running) for (const id of ids ?? []) changed.add(id);
        if (isOurs || this.#error !== undefined) this.#read();
      }),
      room.onStatus(({ status }) => {
        if (status === 'online' && this.#error !== undefined) this.#read();
      }),
    ];
    this.#read();
    return () => {
      for (const each of undo) each();
      this.#abortAll();
      this.#room = undefined;
      this.#show(undefined);
      this.#fail(undefined);
    };
  }

  /** Reads these keys as well, from now on and with the frame shown now. */
  want(keys: readonly string[]): void {
    if (keys.join() === this.#extra.join()) return;
    const isMore = keys.some((key) => !this.#extra.includes(key));
    this.#extra = keys;
    if (isMore) this.#read();
  }

  #wantedKeys(): readonly string[] | undefined {
    const { keys } = this.#options;
    return typeof keys === 'function' ? [...new Set(keys())] : keys;
  }

  #wanted(): string {
    return [this.#wantedKeys()?.join(), this.#options.further?.().join()].join('|');
  }

  #keysOf(trajectory: TrajectoryInfo | undefined): readonly string[] | undefined {
    const keys = this.#wantedKeys();
    this.#askedKeys = this.#wanted();
    const further = this.#options.further?.() ?? [];
    if (keys === undefined) return undefined;
    if (trajectory === undefined) return [...new Set([...keys, ...further])];
    const known = new Set(trajectory.keys.map((key) => key.name));
    const present = [...keys, ...this.#extra].filter((key) => known.has(key));
    return present.length === 0 ? undefined : [...new Set([...present, ...further])];
  }

  #read(): void {
    const room = this.#room;
    if (room === undefined) return;
    this.#isBehind = this.#running.length > 1 && room.playback.isPlaying;
    if (this.#isBehind) return;
    while (this.#running.length > 1) this.#running.pop()?.abort.abort();
    const running: Running = { order: ++this.#order, abort: new AbortController(), changed: new Set() };
    this.#running.push(running);
    if (this.#running.length === 1) this.#options.onBusy?.(true);
    void this.#finish(room, running);
  }

  async #finish(room: Room, running: Running): Promise<void> {
    const index = room.playback.frameIndex;
    const { signal } = running.abort;
    try {
      const { frame, asked } = await this.#readFrame(room, index, signal);
      if (signal.aborted || running.order < this.#shownOrder) return;
      this.#shownOrder = running.order;
      this.#fail(undefined);
      this.#show(frame, asked);
      // It may be the version before the change.
      if (running.order === this.#order && running.changed.has(frame.id)) this.#read();
    } catch (error) {
      if (signal.aborted || running.order < this.#order) return;
      // Edits came faster than the answers to them; the next answer may catch up.
      if (isCovalenceError(error, 'server/behind') && running.changed.has(String(error.fields['frame']))) {
        this.#read();
        return;
      }
      const isEmpty = room.frames.count === 0 && isCovalenceError(error, 'frame/not-found');
      // An old picture under a new frame number would be a lie, unless only the line is down.
      if (!isCovalenceError(error, 'server/unreachable')) this.#show(undefined);
      this.#fail(isEmpty ? undefined : asCovalenceError(error, 'server/unreachable'));
    } finally {
      const before = this.#running.length;
      this.#running = this.#running.filter((other) => other !== running);
      if (before > 0 && this.#running.length === 0) this.#options.onBusy?.(false);
      if (this.#isBehind && before > this.#running.length) this.#read();
    }
  }

  async #readFrame(room: Room, index: number, signal: AbortSignal): Promise<FrameRead> {
    const data = this.#keysOf(room.frames.trajectory);
    try {
      return { frame: await room.frames.read(index, data === undefined ? { signal } : { data, signal }), asked: data };
    } catch (error) {
      if (!isCovalenceError(error, 'frame/key-unknown')) throw error;
      return { frame: await room.frames.read(index, { signal }), asked: undefined };
    }
  }

  #show(frame: Frame | undefined, asked?: readonly string[]): void {
    const before = this.#asked;
    this.#asked = asked;
    if (frame === this.#frame || isSameFrame(frame, this.#frame)) {
      if (before?.join() !== asked?.join()) this.#options.onAsked?.();
      return;
    }
    this.#frame = frame;
    this.#options.onFrame(frame);
  }

  #fail(error: CovalenceError | undefined): void {
    if (error === this.#error) return;
    this.#error = error;
    this.#options.onError?.(error);
  }

  #abortAll(): void {
    this.#isBehind = false;
    for (const { abort } of this.#running) abort.abort();
    if (this.#running.length > 0) this.#options.onBusy?.(false);
    this.#running = [];
  }
}
