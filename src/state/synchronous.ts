import { CovalenceError } from '../protocol/errors.ts';

/** Gives back what a function of the caller returned; throws `value/invalid` when it is a promise. */
export function synchronous<R>(result: R): R {
  const then: unknown = typeof result === 'object' && result !== null && 'then' in result ? result.then : undefined;
  if (typeof then !== 'function') return result;
  // What it rejects with says nothing beyond this error.
  (result as unknown as Promise<unknown>).then(undefined, () => {});
  throw new CovalenceError(
    'value/invalid',
    'A change of the state cannot wait: the function returned a promise. Use draft().',
  );
}
