import type { ValueType } from './hash.ts';

/** A value of a frame as it was sent: the ordinal of one described before, or a description with its bytes. */
export type SentValue = number | SentDescription;

/** A description of a value; without bytes where the reader said that it holds them. */
export interface SentDescription {
  type: ValueType;
  shape: readonly number[];
  hash: string;
  bytes?: Uint8Array;
}

/** A frame whose payloads are here. */
export interface SentFrame {
  id: string;
  index: number;
  version: number;
  values: [key: string, value: SentValue][];
}

/** The announced hash of a value, and what it was found to be or will be. */
export interface HashCheck {
  key: string;
  hash: string;
  found: string | Promise<string>;
}

/** A frame and the hashes that are still to be compared; none where somebody else has compared them. */
export interface ArrivedFrame {
  frame: SentFrame;
  checks: HashCheck[];
}

/** The frames of one answer, taken from the stream but not put together yet. */
export interface FrameSource {
  /** The next one, undefined at a proper end. Rejects as `decodeFrames` does. */
  next(): Promise<ArrivedFrame | undefined>;
  /** Whether more of the answer is here already. */
  readonly hasMore: boolean;
  /** Lets the rest go. */
  cancel(): Promise<void>;
}
