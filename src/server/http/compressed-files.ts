import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const compress = promisify(gzip);

/** Below this a packet holds the file either way. */
const MIN_BYTE_LENGTH = 1_024;

/** Whether a client takes gzip, by its `Accept-Encoding`. */
export function takesGzip(acceptEncoding: string | null): boolean {
  return (acceptEncoding ?? '')
    .split(',')
    .some((each) => /^\s*(?:gzip|\*)\s*(?:;(?!\s*q=0(?:\.0*)?\s*$).*)?$/i.test(each));
}

/** Files in their gzip form, made when first asked for and kept in memory; made anew when the file changed. */
export interface CompressedFiles {
  /** Undefined where the file is small, or gzip does not make it smaller. Rejects as reading the file does. */
  get(file: string, facts: { size: number; mtimeMs: number }): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/** Meant for the few files of the pages: what was asked for once stays. */
export function compressedFiles(): CompressedFiles {
  const kept = new Map<string, { stamp: string; bytes: Promise<Uint8Array<ArrayBuffer> | undefined> }>();

  const made = async (file: string): Promise<Uint8Array<ArrayBuffer> | undefined> => {
    const plain = await readFile(file);
    const bytes = await compress(plain, { level: constants.Z_BEST_COMPRESSION });
    return bytes.length < plain.length ? new Uint8Array(bytes) : undefined;
  };
  return {
    async get(file, { size, mtimeMs }) {
      if (size < MIN_BYTE_LENGTH) return undefined;
      const stamp = `${size} ${mtimeMs}`;
      const known = kept.get(file);
      if (known?.stamp === stamp) return known.bytes;
      const bytes = made(file);
      kept.set(file, { stamp, bytes });
      bytes.catch(() => kept.delete(file));
      return bytes;
    },
  };
}
