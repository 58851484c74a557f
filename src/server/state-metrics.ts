import type { Metrics } from './metrics.ts';
import type { SyncRoom, SyncRoomStats } from './sync/sync-room.ts';

const FIGURES: readonly { name: string; help: string; field: keyof SyncRoomStats }[] = [
  { name: 'covalence_room_state_keys', help: 'Keys in the shared state of a room.', field: 'keys' },
  {
    name: 'covalence_room_state_structs',
    help: 'Yjs structs of the shared document of a room; overwritten and removed values count for ever.',
    field: 'structs',
  },
  {
    name: 'covalence_room_state_bytes',
    help: 'Bytes of the shared document of a room as one update, before compression.',
    field: 'byteLength',
  },
  {
    name: 'covalence_room_state_heap_bytes',
    help: 'Bytes of heap that the shared document of a room takes here and in every tab, estimated.',
    field: 'heapByteLength',
  },
  {
    name: 'covalence_room_ledger_structs',
    help: 'Yjs structs of the ledger of a room; it begins anew at 20000.',
    field: 'ledgerStructs',
  },
  { name: 'covalence_room_connections', help: 'Sockets open in a room.', field: 'connections' },
];

/** Adds what the open rooms weigh. */
export function addStateMetrics(metrics: Metrics, rooms: () => Iterable<SyncRoom>): void {
  metrics.add({
    name: 'covalence_rooms',
    help: 'Rooms that are open.',
    type: 'gauge',
    read: () => [{ value: [...rooms()].length }],
  });
  for (const { name, help, field } of FIGURES) {
    metrics.add({
      name,
      help,
      type: 'gauge',
      read: () => Array.from(rooms(), (room) => ({ labels: { room: room.name }, value: room.stats()[field] })),
    });
  }
}
