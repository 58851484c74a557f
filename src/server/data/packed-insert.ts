import type { RecordOp } from './commit-record.ts';
import type { InsertedFrame, PackedFrames } from './packed-frames.ts';

type Insert = Extract<RecordOp, { op: 'insert' }>;

/** An insertion whose frames are read when somebody asks for them, each time anew. */
export class PackedInsert implements Insert {
  readonly op = 'insert';
  declare readonly after?: string | null;
  readonly #packed: PackedFrames;

  constructor(packed: PackedFrames, after: string | null | undefined) {
    this.#packed = packed;
    if (after !== undefined) this.after = after;
  }

  get packed(): PackedFrames {
    return this.#packed;
  }

  get frames(): InsertedFrame[] {
    return this.#packed.all();
  }
}
