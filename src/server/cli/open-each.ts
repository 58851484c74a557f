import { isCovalenceError } from '../../protocol/errors.ts';
import type { FileToOpen } from './pair-files.ts';

/**
 * Opens one file after the other: one that cannot be opened is told by `tell` and the others go on. Answers what `open`
 * did for those that could. Rejects with the last error when none could, and with `file/mismatch` at once: only a
 * topology that the person named does not fit.
 */
export async function openEach<T>(
  files: readonly FileToOpen[],
  open: (file: FileToOpen) => Promise<T>,
  tell: (sentence: string) => void,
): Promise<T[]> {
  const opened: T[] = [];
  for (const [place, file] of files.entries()) {
    try {
      opened.push(await open(file));
    } catch (error) {
      const isLastHope = place === files.length - 1 && opened.length === 0;
      if (isLastHope || !isCovalenceError(error) || error.code === 'file/mismatch') throw error;
      tell(`not opened: ${error.message} (${error.code})`);
    }
  }
  return opened;
}
