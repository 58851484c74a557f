import type { Frame } from '../../protocol/frames.ts';
import type { Room } from '../../room/room.ts';
import type { AtomFacts, atomFacts } from './atom-facts.ts';

/** Others are told about pointer and frame at most this often. */
const SHARE_MS = 120;

/** The atom under the pointer, what is known about it, and telling others where we look. */
export class Hover {
  readonly #onChange: () => void;
  #room: Room | undefined;
  #frame: Frame | undefined;
  #details: Frame | undefined;
  #reading: AbortController | undefined;
  #atom: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #factsOf: typeof atomFacts | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get atom(): number | undefined {
    return this.#atom;
  }

  /** What is known about the atom so far; more after the whole frame was read. */
  get facts(): AtomFacts | undefined {
    if (this.#atom === undefined || this.#frame === undefined) return undefined;
    return this.#factsOf?.(this.#details ?? this.#frame, this.#atom);
  }

  connect(room: Room): () => void {
    this.#room = room;
    this.#loadFacts();
    const undo = room.playback.onChange(() => {
      if (!room.playback.isPlaying && this.#atom !== undefined) this.#readDetails();
    });
    return () => {
      undo();
      this.set(undefined);
      this.setFrame(undefined);
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#room = undefined;
    };
  }

  setFrame(frame: Frame | undefined): void {
    this.#frame = frame;
    this.#details = undefined;
    this.#reading?.abort();
    this.#reading = undefined;
    if (this.#atom !== undefined && frame !== undefined) this.#readDetails();
    this.#shareSoon();
  }

  set(atom: number | undefined): void {
    if (atom === this.#atom) return;
    this.#atom = atom;
    this.#loadFacts();
    if (atom !== undefined && this.#details === undefined) this.#readDetails();
    this.#shareSoon();
    this.#onChange();
  }

  /** Before anybody points at an atom, but after the page stands. A failure is made good by the next room or atom. */
  #loadFacts(): void {
    if (this.#factsOf !== undefined) return;
    import('./atom-facts.ts').then(
      (module) => {
        this.#factsOf = module.atomFacts;
        if (this.#atom !== undefined) this.#onChange();
      },
      () => undefined,
    );
  }

  #shareSoon(): void {
    if (this.#room !== undefined) this.#timer ??= setTimeout(this.#share, SHARE_MS);
  }

  readonly #share = (): void => {
    this.#timer = undefined;
    const frame = this.#frame;
    const atom = this.#atom;
    this.#room?.presence.update({
      frame: frame === undefined ? null : { id: frame.id, index: frame.index },
      hover: frame === undefined || atom === undefined ? null : { frame_id: frame.id, atom },
    });
  };

  /** Reads what the picture does not need; not while playing, when nobody could read it. */
  #readDetails(): void {
    const room = this.#room;
    const frame = this.#frame;
    if (room === undefined || frame === undefined || room.playback.isPlaying || this.#reading !== undefined) return;
    const reading = (this.#reading = new AbortController());
    room.frames.read(frame.index, { signal: reading.signal }).then(
      (details) => {
        if (reading.signal.aborted || details.id !== frame.id || details.version !== frame.version) return;
        this.#details = details;
        this.#onChange();
      },
      () => undefined, // what the picture shows stays all that is known
    );
  }
}
