import { stat } from 'node:fs/promises';
import { CovalenceError } from '../../protocol/errors.ts';

/** Rejects with `command/invalid` when something is at `target` already and may not be replaced. */
export async function assertFree(target: string, isOverwriting: boolean): Promise<void> {
  if (isOverwriting) return;
  const isTaken = await stat(target).then(
    () => true,
    () => false,
  );
  if (!isTaken) return;
  throw new CovalenceError('command/invalid', `"${target}" exists already. Replace it with --overwrite.`, { target });
}
