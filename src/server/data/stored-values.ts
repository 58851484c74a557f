import { createHash } from 'node:crypto';
import { canonicalBytes, valueFromBytes, valueType } from '../../data/hash.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import { isFrameArray, type FrameValue } from '../../protocol/frames.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { BlobStore } from './blob-store.ts';
import { pooledCopy, sharedShape } from './pooled.ts';
import type { StoredValue } from './commit-record.ts';

/** sha256 of `bytes` in lower-case hex, at once. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The hash that names `value` everywhere. */
export function hashOf(value: FrameValue): string {
  return sha256(canonicalBytes(value));
}

/** Makes `value` durable and returns how the log names it. Small values are not written but carried by the record. */
export async function storeValue(blobs: BlobStore, value: FrameValue): Promise<StoredValue> {
  const bytes = canonicalBytes(value);
  const stored: StoredValue = {
    type: valueType(value),
    shape: sharedShape(isFrameArray(value) ? value.shape : []),
    hash: sha256(bytes),
    byteLength: bytes.byteLength,
  };
  if (bytes.byteLength <= LIMITS.inlineValueByteLength) return { ...stored, inline: pooledCopy(bytes) };
  await blobs.put(stored.hash, bytes);
  return stored;
}

/** The canonical bytes that `stored` names. Rejects with `frame/corrupt` when they are lost or damaged. */
export async function loadBytes(blobs: BlobStore, stored: StoredValue): Promise<Uint8Array> {
  const bytes = stored.inline ?? (await blobs.get(stored.hash));
  if (bytes !== undefined) return bytes;
  throw new CovalenceError(
    'frame/corrupt',
    `The bytes with sha256 ${stored.hash} are no longer in the store. Restore the data directory from a copy.`,
    { hash: stored.hash },
  );
}

/** The value that `stored` names. Rejects as {@link loadBytes} does. */
export async function loadValue(blobs: BlobStore, stored: StoredValue): Promise<FrameValue> {
  return valueFromBytes(stored.type, stored.shape, await loadBytes(blobs, stored));
}
