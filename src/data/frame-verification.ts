import { CovalenceError } from '../protocol/errors.ts';
import type { HashCheck } from './frame-source.ts';

/** A frame whose payloads are here and whose hashes are still to be checked. */
export interface Unverified<T> {
  frame: T;
  checks: readonly HashCheck[];
}

/** Compares all hashes; at once when they were found at once. A mismatch is a rejection, never a throw. */
export function verify<T extends { id: string; index: number }>({ frame, checks }: Unverified<T>): T | Promise<T> {
  const later: Promise<void>[] = [];
  for (const { key, hash, found } of checks) {
    if (typeof found === 'string') {
      if (found !== hash) return rejection(corruptValue(frame, key, hash, found));
      continue;
    }
    later.push(
      found.then((actual) => {
        if (actual !== hash) throw corruptValue(frame, key, hash, actual);
      }),
    );
  }
  if (later.length === 0) return frame;
  const verified = Promise.all(later).then(() => frame);
  // It is thrown where it is awaited, also when the stream fails before.
  verified.catch(() => undefined);
  return verified;
}

function rejection(error: CovalenceError): Promise<never> {
  const rejected = Promise.reject(error);
  rejected.catch(() => undefined);
  return rejected;
}

/** The error of a value whose bytes are not those that were announced. */
function corruptValue(
  frame: { id: string; index: number },
  key: string,
  expected: string,
  found: string,
): CovalenceError {
  const message =
    `"${key}" of frame ${frame.index} (${frame.id}) arrived damaged: its sha256 is ${found.slice(0, 12)}..., ` +
    `announced was ${expected.slice(0, 12)}.... Ask again; if it stays so, check the server's store.`;
  return corrupt(message, { frame: frame.id, index: frame.index, key, expected, found });
}

/** The error of bytes that are not what was sent. */
export function corrupt(message: string, fields: Record<string, unknown>, cause?: unknown): CovalenceError {
  return new CovalenceError('frame/corrupt', message, fields, { cause });
}
