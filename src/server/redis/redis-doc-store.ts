import { randomBytes } from 'node:crypto';
import type { Clock } from '../../protocol/clock.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import { assertRoomName } from '../../protocol/room-name.ts';
import { decodePayload, encodePayload } from '../sync/doc-log-codec.ts';
import type { DocEntry, DocStore, DocWatcher, StoredDoc } from '../sync/doc-store.ts';
import { APPEND_DOC, BEGIN_DOC, COMPACT_DOC, READ_DOC, REMOVE_DOC } from './doc-scripts.ts';
import type { RedisLink } from './redis-link.ts';

/** Letters that name a process in its entries. */
const WRITER_LENGTH = 16;
/** So often it is looked whether Redis still has what was stored, also when nobody writes. */
const LOOK_MS = 5_000;
const NOTHING = new Uint8Array(0);

/** A room that this process has loaded. */
interface OpenDoc {
  epoch: string;
  gen: string;
  /** Everything up to this entry is known here. */
  seen: number;
  watcher: DocWatcher | undefined;
  stopListening: () => void;
  /** A write failed: nothing may be appended behind it until everything is stored anew. */
  isBroken: boolean;
  reading: Promise<void> | undefined;
  /** The newest entry that was heard of while reading. */
  heard: number;
}

/**
 * Shared documents in Redis, for any number of processes: each appends to the stream of a room and hears what the others
 * appended. While Redis is away writes are refused, the rooms go on, and when it is back, restarted or emptied, every
 * process stores what it has again. The link stays open when the store is closed.
 */
export function redisDocStore({ link, clock }: { link: RedisLink; clock: Clock }): DocStore {
  const writer = randomBytes(12).toString('base64url').slice(0, WRITER_LENGTH);
  const docs = new Map<string, OpenDoc>();
  const roomsKey = `${link.prefix}docs`;
  const keyOf = (room: string): string => {
    assertRoomName(room);
    return `${link.prefix}doc:${room}`;
  };
  const keysOf = (room: string): [string, string] => [keyOf(room), `${keyOf(room)}:log`];
  const entryOf = (entry: DocEntry): Uint8Array => Buffer.concat([Buffer.from(writer), encodePayload(entry)]);

  /** Takes an entry that another process wrote. */
  const deliver = (doc: OpenDoc, entry: Buffer): void => {
    if (entry.byteLength <= WRITER_LENGTH || entry.subarray(0, WRITER_LENGTH).toString() === writer) return;
    const { updates, owners } = decodePayload(entry.subarray(WRITER_LENGTH));
    doc.watcher?.onEntry({ owners, ...(updates[0] === undefined ? {} : { update: updates[0] }) });
  };
  /** Reads on from where this process stands. */
  const readOn = (room: string, doc: OpenDoc): Promise<void> => {
    doc.reading ??= (async () => {
      try {
        do {
          const [, gen, n, removed, ...entries] = await read(room, doc.seen);
          if (docs.get(room) !== doc || doc.watcher === undefined) return;
          if (removed !== null && gen === null) {
            doc.watcher.onRemoved();
            return;
          }
          if (String(gen) !== doc.gen || Number(n) < doc.seen) {
            await beginAnew(room, doc);
            return;
          }
          for (const entry of entries) if (entry !== null) deliver(doc, entry);
          doc.seen = Math.max(doc.seen, Number(n));
        } while (doc.heard > doc.seen);
      } catch {
        // Redis is away; its return is told by the link.
      } finally {
        doc.reading = undefined;
      }
    })();
    return doc.reading;
  };
  const read = async (room: string, since: number): Promise<(Buffer | null)[]> =>
    (await link.run(READ_DOC, keysOf(room), [since])) as (Buffer | null)[];

  /** Redis lost the room, or a part of it: what is there is read from its beginning, then all is stored again. */
  const beginAnew = async (room: string, doc: OpenDoc): Promise<void> => {
    doc.isBroken = true;
    const fresh = randomBytes(9).toString('base64url');
    const begun = (await link.run(BEGIN_DOC, [keyOf(room), roomsKey], [room, doc.epoch, fresh])) as Buffer[];
    const [, gen, n, , ...entries] = await read(room, 0);
    if (docs.get(room) !== doc) return;
    doc.gen = String(gen ?? begun[1]);
    for (const entry of entries) if (entry !== null) deliver(doc, entry);
    doc.seen = Number(n);
    doc.heard = doc.seen;
    doc.watcher?.onGap();
  };

  const hear = (room: string, doc: OpenDoc, message: Buffer): void => {
    const genEnd = message.indexOf(' ');
    const end = message.indexOf(' ', genEnd + 1);
    const gen = message.subarray(0, genEnd).toString();
    const n = Number(message.subarray(genEnd + 1, end).toString());
    if (doc.watcher === undefined) return;
    if (gen !== doc.gen || doc.reading !== undefined || n !== doc.seen + 1) {
      if (gen === doc.gen && n <= doc.seen) return;
      doc.heard = Math.max(doc.heard, n);
      void readOn(room, doc);
      return;
    }
    doc.seen = n;
    deliver(doc, message.subarray(end + 1));
  };

  const open = (room: string, [epoch, gen, n]: readonly (Buffer | null)[]): void => {
    docs.get(room)?.stopListening();
    const seen = Number(n);
    const doc: OpenDoc = {
      epoch: String(epoch),
      gen: String(gen),
      seen,
      watcher: undefined,
      stopListening: () => undefined,
      isBroken: false,
      reading: undefined,
      heard: seen,
    };
    doc.stopListening = link.subscribe(keyOf(room), (message) => hear(room, doc, message));
    docs.set(room, doc);
  };
  const docOf = (room: string): OpenDoc => {
    const doc = docs.get(room);
    if (doc !== undefined) return doc;
    throw failed(room, 'was written before it was created or loaded');
  };
  /** Runs a write; what fails closes the way for appends until everything is stored anew. */
  const written = async (room: string, doc: OpenDoc, write: Promise<unknown>): Promise<void> => {
    let answer: unknown;
    try {
      answer = await write;
    } catch (error) {
      doc.isBroken = true;
      throw error;
    }
    if (answer !== -1) return;
    doc.isBroken = true;
    void readOn(room, doc);
    throw failed(room, 'is no longer in Redis as this process knows it; it is stored again');
  };

  const look = (): void => {
    if (link.isReady) for (const [room, doc] of docs) if (doc.watcher !== undefined) void readOn(room, doc);
    cancelLook = clock.after(LOOK_MS, look);
  };
  let cancelLook = clock.after(LOOK_MS, look);
  const stopReady = link.onReady((isOther) => {
    for (const [room, doc] of docs) {
      // A Redis that was started anew may have the beginning of what it had: all of it is read and stored again.
      if (isOther) beginAnew(room, doc).catch(() => undefined);
      else void readOn(room, doc).then(() => doc.isBroken && doc.watcher?.onGap());
    }
  });

  return {
    get durability() {
      return link.durability;
    },
    async load(room) {
      const [epoch, gen, n, , ...entries] = await read(room, 0);
      if (epoch === null || gen === null) return undefined;
      open(room, [epoch, gen, n]);
      return storedDoc(String(epoch), entries);
    },
    async create(room, epoch) {
      const gen = randomBytes(9).toString('base64url');
      open(room, (await link.run(BEGIN_DOC, [keyOf(room), roomsKey], [room, epoch, gen])) as Buffer[]);
    },
    async append(room, entry) {
      const doc = docOf(room);
      if (doc.isBroken) throw failed(room, 'waits for Redis');
      await written(room, doc, link.run(APPEND_DOC, keysOf(room), [doc.gen, entryOf(entry), keyOf(room)]));
    },
    async compact(room, snapshot) {
      const doc = docOf(room);
      const entry = entryOf(snapshot);
      // What others must hear is what could not be appended; an ordinary snapshot says nothing new.
      const told = doc.isBroken ? entry : Buffer.from(writer);
      doc.isBroken = false;
      await written(room, doc, link.run(COMPACT_DOC, keysOf(room), [doc.gen, entry, keyOf(room), doc.seen, told]));
    },
    async remove(room) {
      docs.get(room)?.stopListening();
      docs.delete(room);
      return (await link.run(REMOVE_DOC, [...keysOf(room), roomsKey], [room, keyOf(room)])) === 1;
    },
    async list() {
      return ((await link.command('SMEMBERS', roomsKey)) as Buffer[]).map(String).sort();
    },
    watch(room, watcher) {
      const doc = docOf(room);
      doc.watcher = watcher;
      void readOn(room, doc);
      return () => {
        if (doc.watcher === watcher) doc.watcher = undefined;
      };
    },
    async release(room) {
      docs.get(room)?.stopListening();
      docs.delete(room);
    },
    health: () => link.health(),
    async close() {
      cancelLook();
      stopReady();
      for (const doc of docs.values()) doc.stopListening();
      docs.clear();
      await Promise.resolve();
    },
  };
}

function storedDoc(epoch: string, entries: readonly (Buffer | null)[]): StoredDoc {
  const updates: Uint8Array[] = [];
  const owners = new Map<number, string>();
  for (const entry of entries) {
    const found = decodePayload(entry?.subarray(WRITER_LENGTH) ?? NOTHING);
    updates.push(...found.updates);
    for (const [clientId, subject] of found.owners) if (!owners.has(clientId)) owners.set(clientId, subject);
  }
  return { epoch, updates, owners: [...owners] };
}

function failed(room: string, what: string): CovalenceError {
  return new CovalenceError('store/failed', `Room "${room}" ${what}.`, { room });
}
