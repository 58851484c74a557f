const SLAB_BYTE_LENGTH = 64 * 1024;
const SHAPES_KEPT = 1_000;

let slab = new Uint8Array(SLAB_BYTE_LENGTH);
let used = 0;
const shapes = new Map<string, readonly number[]>();

/**
 * A copy that shares its memory with other small copies: an array buffer for each of a million short values would take
 * several times what they hold. For values that live as long as the room.
 */
export function pooledCopy(bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength > SLAB_BYTE_LENGTH / 8) return bytes.slice();
  if (used + bytes.byteLength > SLAB_BYTE_LENGTH) {
    slab = new Uint8Array(SLAB_BYTE_LENGTH);
    used = 0;
  }
  // Doubles may be viewed where they lie.
  const copy = slab.subarray(used, used + bytes.byteLength);
  copy.set(bytes);
  used += Math.ceil(bytes.byteLength / 8) * 8;
  return copy;
}

/** One frozen list for all values of a shape. */
export function sharedShape(shape: readonly number[]): readonly number[] {
  const name = shape.join();
  const known = shapes.get(name);
  if (known !== undefined) return known;
  const kept = Object.freeze([...shape]);
  if (shapes.size < SHAPES_KEPT) shapes.set(name, kept);
  return kept;
}
