import { CovalenceError } from '../../protocol/errors.ts';

/** A failure of the disk as `store/full` or `store/failed`; ours stay as they are. */
export function storeError(error: unknown, what: string): CovalenceError {
  if (error instanceof CovalenceError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new CovalenceError(
      'store/full',
      `${what} could not be written: the disk is full. Nothing was changed; make room and try again.`,
      {},
      { cause: error },
    );
  }
  return new CovalenceError('store/failed', `${what} failed: ${message}. Nothing was changed.`, {}, { cause: error });
}
