/** Room for bytes that are produced while a file is read, such as the inflated text of a `.gz`. */
export interface ScratchFile {
  /** Adds bytes at the end; the bytes stay the caller's. */
  append(bytes: Uint8Array): Promise<void>;
  /** Exactly the bytes `[offset, offset + length)`, all of which have been appended. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Called once when nobody needs the bytes any more. */
  close?(): Promise<void>;
}

/** Scratch room in memory, in pieces as they came. */
export function memoryScratch(): ScratchFile {
  const pieces: Uint8Array[] = [];
  const starts: number[] = [];
  let byteLength = 0;
  return {
    append(bytes) {
      starts.push(byteLength);
      pieces.push(bytes.slice());
      byteLength += bytes.length;
      return Promise.resolve();
    },
    read(offset, length) {
      const result = new Uint8Array(Math.max(0, Math.min(length, byteLength - offset)));
      let low = 0;
      let high = pieces.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (starts[middle] <= offset) low = middle;
        else high = middle - 1;
      }
      let filled = 0;
      for (let index = low; filled < result.length; index += 1) {
        const from = Math.max(0, offset - starts[index]);
        const part = pieces[index].subarray(from, from + result.length - filled);
        result.set(part, filled);
        filled += part.length;
      }
      return Promise.resolve(result);
    },
    close() {
      pieces.length = 0;
      starts.length = 0;
      byteLength = 0;
      return Promise.resolve();
    },
  };
}
