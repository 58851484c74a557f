import { Map as YMap } from 'yjs';
import type { PlaybackPosition } from '../protocol/presence.ts';
import { readPresence } from '../protocol/records/presence.ts';
import type { SyncRoom } from './sync/sync-room.ts';

/** The presenter's lock as the ledger shows it. */
const LOCK_KEY = 'lock.presenter';

type Written = Pick<PlaybackPosition, 'frame_index' | 'frames_per_second' | 'fence'>;

/**
 * Keeps the last position of whoever presents, and writes it into the shared document once they no longer do, however
 * that came about: given back, run out, or the connection lost. Whoever comes later lands there.
 */
export function commitPlayback(sync: Pick<SyncRoom, 'awareness' | 'ledger' | 'doc'>): {
  /** Called when locks may have changed. */
  locksChanged(): void;
  close(): void;
} {
  const { awareness, ledger, doc } = sync;
  let fence: number | undefined;
  let last: PlaybackPosition | undefined;
  let written: Written | undefined;

  const note = (clientIds: readonly number[]): void => {
    const lock = ledger.get(LOCK_KEY);
    if (lock === undefined) return;
    for (const clientId of clientIds) {
      const { session, playback } = readPresence(awareness.getStates().get(clientId));
      if (playback != null && session === lock['session'] && playback.fence === lock['fence']) last = playback;
    }
  };
  const onChange = ({ added, updated }: { added: number[]; updated: number[] }): void => note([...added, ...updated]);
  awareness.on('update', onChange);

  const root = doc.getMap<unknown>('state');
  const write = (record: Written): void => {
    written = record;
    doc.transact(() => {
      const present = root.get('playback');
      const fields = Object.entries(record);
      if (!(present instanceof YMap)) {
        root.set('playback', new YMap(fields));
        return;
      }
      for (const [field, value] of fields) if (present.get(field) !== value) present.set(field, value);
    }, 'server');
  };
  /** What somebody writes of a lead that ended before the last one comes too late: whoever joins would land there. */
  const keep = (_update: Uint8Array, origin: unknown): void => {
    if (written === undefined || origin === 'server') return;
    const present = root.get('playback');
    const said = present instanceof YMap ? present.get('fence') : undefined;
    if (typeof said === 'number' && said < written.fence) write(written);
  };
  doc.on('update', keep);

  return {
    locksChanged() {
      const held = ledger.get(LOCK_KEY)?.['fence'];
      if (held === fence) return;
      // Handed over, the next presenter's position counts; the room moves once, at the end.
      if (held === undefined && last !== undefined && last.fence === fence) {
        const { frame_index, frames_per_second } = last;
        write({ frame_index, frames_per_second, fence: last.fence });
      }
      fence = typeof held === 'number' ? held : undefined;
      last = undefined;
      note([...awareness.getStates().keys()]);
    },
    close() {
      awareness.off('update', onChange);
      doc.off('update', keep);
    },
  };
}
