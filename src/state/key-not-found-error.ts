import { CovalenceError, isCovalenceError } from '../protocol/errors.ts';

/** `key/missing`: a value was asked for, or to be changed in part, at a key that has none. */
export class KeyNotFoundError extends CovalenceError {
  constructor(key: string, wish: string) {
    super('key/missing', `There is no "${key}" to ${wish}. Somebody may have removed it; set() makes it anew.`, {
      key,
    });
  }
}

/** True for a {@link KeyNotFoundError}, also across two copies of the package. */
export function isKeyNotFoundError(error: unknown): error is KeyNotFoundError {
  return isCovalenceError(error, 'key/missing');
}
