import { open } from 'node:fs/promises';

/**
 * Writes bytes that are about to be cut off the end of a file beside it, as `<path>.cut-1`, `.cut-2` and so on, durable
 * when it resolves with that name: whether they were ever acknowledged only a person can find out.
 */
export async function keepAside(path: string, bytes: Uint8Array): Promise<string> {
  for (let number = 1; ; number += 1) {
    const kept = `${path}.cut-${number}`;
    try {
      const file = await open(kept, 'wx');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      return kept;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** True for the name of a file that {@link keepAside} made beside `fileName`. */
export function isKeptAside(name: string, fileName: string): boolean {
  return name.startsWith(`${fileName}.cut-`);
}
