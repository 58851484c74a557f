import { CovalenceError } from '../../protocol/errors.ts';
import type { BlobStore } from './blob-store.ts';
import type { CommitRecord } from './commit-record.ts';
import { type BaseLog, foldLog } from './fold-log.ts';
import { FrameReader } from './frame-reader.ts';
import type { RoomState } from './room-state.ts';
import { type RoomView, roomView } from './room-view.ts';
import type { SourceFrames } from './source-frames.ts';

/** What {@link RoomViews} are made from. */
export interface RoomViewsParts {
  /** Now; read only for its records. */
  state: RoomState;
  bases: readonly BaseLog[];
  blobs: BlobStore;
  source: SourceFrames | undefined;
}

/** Views that are kept: the present one, and one that somebody walks through the past with. */
const KEPT_VIEWS = 2;

/**
 * The room as it was at any commit. Each view has a state of its own, folded from the log, so that commits made while
 * somebody reads it change nothing of what is read.
 */
export class RoomViews {
  readonly #parts: RoomViewsParts;
  readonly #kept = new Map<string, Promise<RoomView>>();

  constructor(parts: RoomViewsParts) {
    this.#parts = parts;
  }

  at(seq: number = this.#parts.state.seq): Promise<RoomView> {
    const { state, source } = this.#parts;
    if (!Number.isSafeInteger(seq) || seq < 1 || seq > state.seq) {
      const asked = `There is no commit ${seq}; the room has commits 1 to ${state.seq}.`;
      throw new CovalenceError('request/not-found', asked, { seq: state.seq });
    }
    // The frames of a file are not in the log: while it is read, or grows, their number is part of the moment.
    const name = `${seq} ${source?.count ?? 0}`;
    const known = this.#kept.get(name);
    const view = known ?? this.#fold(seq, source?.count ?? 0);
    this.#kept.delete(name);
    this.#kept.set(name, view);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_VIEWS) break;
      this.#kept.delete(oldest);
    }
    view.catch(() => this.#kept.delete(name));
    return view;
  }

  async #fold(seq: number, sourceCount: number): Promise<RoomView> {
    const { bases, blobs, source } = this.#parts;
    const state = await foldLog(this.#records(seq), bases);
    state.order.sourceCount = sourceCount;
    return roomView(state, new FrameReader({ state, blobs, source }), source);
  }

  async *#records(seq: number): AsyncGenerator<CommitRecord> {
    yield* this.#parts.state.records.slice(0, seq);
  }
}
