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
  if (isForbidden(error)) {
    return new CovalenceError(
      'store/failed',
      `${what} failed: the server may not write to its data directory (${code}). Nothing was changed; it works as soon as that is allowed.`,
      {},
      { cause: error },
    );
  }
  return new CovalenceError(
    'store/failed',
    `${what} failed: ${withoutPaths(message)}. Nothing was changed.`,
    {},
    { cause: error },
  );
}

/** Whether the operating system did not let us write. */
export function isForbidden(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
}

/** Where things lie on the disk is for the log of the operator and not for strangers. */
export function withoutPaths(message: string): string {
  return message.replaceAll(/,? '[^']*'( -> '[^']*')?/g, '');
}
