type Slot =
  | 'bins'
  | 'starts'
  | 'order'
  | 'pairs'
  | 'moved'
  | 'moves'
  | 'shifts'
  | 'sorted'
  | 'kinds'
  | 'doomed'
  | 'degree';

/**
 * Memory that one search for bonds leaves to the next, so that searching each frame of a trajectory leaves nothing to
 * be collected. It only grows. What a search gives back lies in it and holds until the next one.
 */
export class BondScratch {
  private readonly buffers = new Map<Slot, ArrayBuffer>();

  /** Room for `length` numbers with anything in it. */
  words(slot: Slot, length: number): Uint32Array {
    return new Uint32Array(this.room(slot, 4 * length), 0, length);
  }

  shorts(slot: Slot, length: number): Int16Array {
    return new Int16Array(this.room(slot, 2 * length), 0, length);
  }

  bytes(slot: Slot, length: number): Uint8Array {
    return new Uint8Array(this.room(slot, length), 0, length);
  }

  floats(slot: Slot, length: number): Float32Array {
    return new Float32Array(this.room(slot, 4 * length), 0, length);
  }

  private room(slot: Slot, byteLength: number): ArrayBuffer {
    const kept = this.buffers.get(slot);
    if (kept !== undefined && kept.byteLength >= byteLength) return kept;
    const made = new ArrayBuffer(kept === undefined ? byteLength : Math.ceil(byteLength * 1.5));
    this.buffers.set(slot, made);
    return made;
  }
}
