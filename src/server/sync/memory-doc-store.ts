import { CovalenceError } from '../../protocol/errors.ts';
import type { ClientOwner, DocEntry, DocStore, StoredDoc } from './doc-store.ts';

interface MemoryRoom {
  epoch: string;
  updates: Uint8Array[];
  owners: Map<number, string>;
}

/** A store that forgets when the process ends: for tests and `--data memory`. */
export function memoryDocStore(): DocStore {
  const rooms = new Map<string, MemoryRoom>();

  const open = (name: string): MemoryRoom => {
    const room = rooms.get(name);
    if (room !== undefined) return room;
    throw new CovalenceError(
      'store/failed',
      `Room "${name}" was written before it was created or loaded. Create it first.`,
      { room: name },
    );
  };
  const addOwners = (room: MemoryRoom, owners: readonly ClientOwner[] = []): void => {
    for (const [clientId, subject] of owners) room.owners.set(clientId, subject);
  };

  return {
    durability: 'memory',
    async load(name): Promise<StoredDoc | undefined> {
      const room = rooms.get(name);
      if (room === undefined) return undefined;
      return { epoch: room.epoch, updates: [...room.updates], owners: [...room.owners] };
    },
    async create(name, epoch) {
      if (!rooms.has(name)) rooms.set(name, { epoch, updates: [], owners: new Map() });
    },
    async append(name, entry: DocEntry) {
      const room = open(name);
      if (entry.update !== undefined) room.updates.push(entry.update.slice());
      addOwners(room, entry.owners);
    },
    async compact(name, snapshot) {
      const room = open(name);
      room.updates = [snapshot.update.slice()];
      if (snapshot.owners !== undefined) room.owners = new Map(snapshot.owners);
    },
    remove: async (name) => rooms.delete(name),
    list: async () => [...rooms.keys()].sort(),
    health: async () => ({ isWritable: true }),
    close: async () => {},
  };
}
