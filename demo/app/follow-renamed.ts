import type { CovalenceError } from 'covalence';
import { serverBase, withToken } from './server-address.ts';

/** Goes on in the room under its new name, at the same frame and view, where that is why this page lost it. */
export function followRenamed(error: CovalenceError | undefined): void {
  const name = error?.fields['renamed_to'];
  if (typeof name !== 'string') return;
  // Going back would lead to the old name, where nothing is.
  location.replace(withToken(`${serverBase()}/r/${encodeURIComponent(name)}`, location.hash.slice(1)));
}
