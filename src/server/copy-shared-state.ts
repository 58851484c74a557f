import type { Clock } from '../protocol/clock.ts';
import { createSharedState, exportState, importState } from '../state/index.ts';
import type { SyncRoom } from './sync/sync-room.ts';

/** What was said belongs to those who said it, and to where they did. */
const STAYING = 'chat.';

/**
 * Writes what people share in one room, its chat left out, into another one, without the history that led to it.
 * Resolves once it is stored; rejects with `store/failed`, and with what the second room cannot take.
 */
export async function copySharedState(from: SyncRoom, to: SyncRoom, clock: Clock): Promise<void> {
  // Neither may be let go meanwhile.
  const letGo = [from.hold(), to.hold()];
  try {
    using source = createSharedState({ doc: from.doc, ledger: from.ledgerDoc, clock });
    using target = createSharedState({ doc: to.doc, ledger: to.ledgerDoc, clock });
    const { keys, ...head } = exportState(source);
    const copied = Object.entries(keys).filter(([key]) => !key.startsWith(STAYING));
    if (copied.length === 0) return;
    importState(target, { ...head, keys: Object.fromEntries(copied) });
    await to.saved();
  } finally {
    for (const end of letGo) end();
  }
}
