import { decode, encode } from '@msgpack/msgpack';
import { CovalenceError } from '../protocol/errors.ts';
import { LIMITS } from '../protocol/limits.ts';
import { type MsgpackLimits, msgpackProblem } from './msgpack-scan.ts';

/** The limits of {@link decodeMsgpack} when none are given. */
export const MSGPACK_LIMITS: MsgpackLimits = {
  depth: 32,
  stringByteLength: 16 * 1024 * 1024,
  binaryByteLength: LIMITS.uploadByteLength,
  arrayLength: 10_000_000,
  mapLength: 100_000,
};

/** `value` as msgpack. Typed arrays become binary values; undefined fields are left out. */
export function encodeMsgpack(value: unknown): Uint8Array<ArrayBuffer> {
  return encode(value, { ignoreUndefined: true });
}

/**
 * Exactly one msgpack value. Binary values are views of `bytes`. Throws `request/invalid` naming the reason for anything
 * malformed, over a limit, followed by further bytes, with extension types, with keys that are no text or that name a
 * prototype, and for whole numbers beyond 2^53. Memory used is bounded by the length of `bytes`.
 */
export function decodeMsgpack(bytes: Uint8Array, limits: Partial<MsgpackLimits> = {}): unknown {
  assertMsgpack(bytes, limits);
  try {
    return decode(bytes);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error), error);
  }
}

/** Reads a value, or a value within one, that {@link assertMsgpack} or {@link decodeMsgpack} looked over before. */
export function decodeKnownMsgpack(bytes: Uint8Array): unknown {
  return decode(bytes);
}

/** Throws as {@link decodeMsgpack} does, without reading the value. */
export function assertMsgpack(bytes: Uint8Array, limits: Partial<MsgpackLimits> = {}): void {
  const problem = msgpackProblem(bytes, { ...MSGPACK_LIMITS, ...limits });
  if (problem !== undefined) throw invalid(problem);
}

function invalid(reason: string, cause?: unknown): CovalenceError {
  return new CovalenceError(
    'request/invalid',
    `This is not the msgpack that was expected: ${reason}.`,
    { reason },
    { cause },
  );
}
