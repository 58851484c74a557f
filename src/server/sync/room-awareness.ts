import { applyAwarenessUpdate, Awareness, removeAwarenessStates } from 'y-protocols/awareness';
import type { Doc } from 'yjs';
import { type AwarenessEntry, readAwareness, writeAwareness } from './awareness-entries.ts';
import type { SyncConnection } from './sync-connection.ts';
import type { SyncLimits } from './sync-limits.ts';

/** Who is here, as connections tell it; nobody speaks for somebody else. */
export interface RoomAwareness {
  readonly awareness: Awareness;
  /**
   * Takes in what a connection says of its own people; of others it is ignored silently, as stock clients re-send
   * everybody. Throws `request/invalid`.
   */
  take(connection: SyncConnection, update: Uint8Array, isOpening: boolean): void;
  /** Takes away the people of a connection that closed. */
  leave(connection: SyncConnection): void;
  /** Clients that changed since the last call. */
  takeChanged(): number[];
  /** Clients of this server that changed since the last call. */
  takeChangedHere(): number[];
  /** Takes in what another server says of its people. */
  takeFromPeer(update: Uint8Array): void;
  /** Who is connected to this server. */
  here(): number[];
  /** False for a person of this connection whose clock here is not its own: an echo would undo what it says next. */
  mayEcho(connection: SyncConnection, clientId: number): boolean;
  /** What is known of these clients now, as one update. */
  encode(clientIds: readonly number[]): Uint8Array;
  /** Who is here. */
  everybody(): number[];
  /** Who is here, and who was lately. */
  known(): number[];
  /** What somebody of this session is called, as they say. */
  nameOf(session: string): string | undefined;
}

/** One client id and the connection that speaks for it. */
interface Person {
  connection: SyncConnection;
  /** The first clock that others take as news. */
  floor: number;
  /** Added to the client's clock, so that whoever returns with an old clock is seen at once; known at the first word. */
  clockOffset: number | undefined;
}

/** What is remembered of people who left, so that a late copy of their state does not bring them back. */
interface Departed {
  clock: number;
  subject: string;
}

/** Origin of what other servers told. */
const PEERS = 'peers';
const MAX_DEPARTED = 1_000;
const MAX_NAME_LENGTH = 100;
const STOCK_SUBJECT = 'stock';

/** What a room's awareness needs. */
export interface RoomAwarenessOptions {
  doc: Doc;
  limits: SyncLimits;
  /** Called when somebody changed. */
  onChanged: () => void;
  /** Whether this subject may be this client, whose history may belong to somebody else. */
  mayBe: (clientId: number, subject: string) => boolean;
  /** Whether this session may show a playing position: it presents. */
  mayPresent: (session: string) => boolean;
}

/** The awareness of a room over its document; the server itself is nobody until a program in its process is. */
export function roomAwareness({ doc, limits, onChanged, mayBe, mayPresent }: RoomAwarenessOptions): RoomAwareness {
  const awareness = new Awareness(doc);
  awareness.setLocalState(null);
  // The timer of y-protocols would keep a process alive whose server is closed.
  (awareness._checkInterval as unknown as { unref?: () => void }).unref?.();
  const people = new Map<number, Person>();
  const departed = new Map<number, Departed>();
  /** Who said at the beginning to be somebody that another connection still speaks for. */
  const heirs = new Map<number, { connection: SyncConnection; entry: AwarenessEntry }>();
  const countOf = new Map<SyncConnection, number>();
  let changed = new Set<number>();

  let changedHere = new Set<number>();
  type Change = Record<'added' | 'updated' | 'removed', number[]>;
  awareness.on('update', ({ added, updated, removed }: Change, origin: unknown) => {
    for (const clientId of [...added, ...updated, ...removed]) {
      changed.add(clientId);
      if (origin !== PEERS && origin !== 'timeout') changedHere.add(clientId);
    }
    onChanged();
  });

  const settle = (clientId: number, connection: SyncConnection): Person => {
    const clock = awareness.meta.get(clientId)?.clock;
    const person: Person = { connection, floor: clock === undefined ? 0 : clock + 1, clockOffset: undefined };
    people.set(clientId, person);
    countOf.set(connection, (countOf.get(connection) ?? 0) + 1);
    departed.delete(clientId);
    return person;
  };
  /** Another socket of the same browser speaks from now on; the clock goes on as it was. */
  const handOver = (clientId: number, person: Person, connection: SyncConnection): Person => {
    countOf.set(person.connection, (countOf.get(person.connection) ?? 1) - 1);
    countOf.set(connection, (countOf.get(connection) ?? 0) + 1);
    const next = { ...person, connection };
    people.set(clientId, next);
    return next;
  };
  const say = (person: Person, { clientId, clock, state }: AwarenessEntry): void => {
    person.clockOffset ??= Math.max(0, person.floor - clock);
    const { session } = person.connection.identity;
    const shown = withoutForeignPosition(state, session, mayPresent);
    const update = writeAwareness([{ clientId, clock: clock + person.clockOffset, state: shown }]);
    applyAwarenessUpdate(awareness, update, person.connection);
  };

  /** The person of this entry if the connection may speak for it. */
  const personOf = (connection: SyncConnection, entry: AwarenessEntry, isOpening: boolean): Person | undefined => {
    const { clientId } = entry;
    if (clientId === awareness.clientID) return undefined;
    const { subject } = connection.identity;
    const person = people.get(clientId);
    if (person !== undefined) {
      if (person.connection === connection) return person;
      if (!isOpening || !mayBe(clientId, subject)) return undefined;
      // The same browser came back before its old socket was noticed to be dead.
      if (subject !== STOCK_SUBJECT && person.connection.identity.subject === subject) {
        return handOver(clientId, person, connection);
      }
      heirs.set(clientId, { connection, entry });
      return undefined;
    }
    if (entry.state === 'null' || (countOf.get(connection) ?? 0) >= limits.peoplePerConnection) return undefined;
    if (!mayBe(clientId, subject)) return undefined;
    const before = departed.get(clientId);
    const isCopy = before !== undefined && entry.clock <= before.clock;
    if (isCopy && !isOpening && before.subject !== subject) return undefined;
    return settle(clientId, connection);
  };

  return {
    awareness,
    take(connection, update, isOpening) {
      const entries = readAwareness(update, limits.awarenessByteLength);
      for (const entry of entries) {
        const person = personOf(connection, entry, isOpening && entries.length === 1);
        if (person !== undefined) say(person, entry);
      }
    },
    leave(connection) {
      countOf.delete(connection);
      for (const [clientId, heir] of heirs) if (heir.connection === connection) heirs.delete(clientId);
      const gone = [...people].filter(([, person]) => person.connection === connection).map(([clientId]) => clientId);
      for (const clientId of gone) {
        people.delete(clientId);
        const clock = awareness.meta.get(clientId)?.clock ?? 0;
        departed.set(clientId, { clock, subject: connection.identity.subject });
      }
      removeAwarenessStates(awareness, gone, 'left');
      for (const clientId of gone) {
        const heir = heirs.get(clientId);
        heirs.delete(clientId);
        if (heir !== undefined) say(settle(clientId, heir.connection), heir.entry);
      }
      for (const [oldest] of departed) {
        if (departed.size <= MAX_DEPARTED) break;
        departed.delete(oldest);
        if (!people.has(oldest)) awareness.meta.delete(oldest);
      }
    },
    takeChanged() {
      const ids = [...changed];
      changed = new Set();
      return ids;
    },
    takeChangedHere() {
      const ids = [...changedHere];
      changedHere = new Set();
      return ids;
    },
    takeFromPeer(update) {
      const entries = readAwareness(update, Number.POSITIVE_INFINITY);
      // Whoever is connected here is told of by nobody else: another server may still hold an old socket.
      const foreign = entries.filter(({ clientId }) => !people.has(clientId) && clientId !== awareness.clientID);
      if (foreign.length > 0) applyAwarenessUpdate(awareness, writeAwareness(foreign), PEERS);
    },
    here: () => [...awareness.getStates().keys()].filter((id) => people.has(id) || id === awareness.clientID),
    mayEcho(connection, clientId) {
      const person = people.get(clientId);
      return person?.connection !== connection || person.clockOffset === 0;
    },
    encode(clientIds) {
      const known = clientIds.filter((clientId) => awareness.meta.has(clientId));
      return writeAwareness(
        known.map((clientId) => ({
          clientId,
          clock: awareness.meta.get(clientId)?.clock ?? 0,
          state: JSON.stringify(awareness.getStates().get(clientId) ?? null),
        })),
      );
    },
    everybody: () => [...awareness.getStates().keys()],
    known: () => [...awareness.meta.keys()],
    nameOf(session) {
      for (const [clientId, { connection }] of people) {
        if (connection.identity.session !== session) continue;
        const user: unknown = awareness.getStates().get(clientId)?.['user'];
        if (typeof user !== 'object' || user === null || !('name' in user) || typeof user.name !== 'string') continue;
        return user.name.slice(0, MAX_NAME_LENGTH);
      }
      return undefined;
    },
  };
}

/** A state as others may see it: a playing position is believed only from whoever presents. Throws on what is no JSON. */
function withoutForeignPosition(state: string, session: string, mayPresent: (session: string) => boolean): string {
  const parsed: unknown = JSON.parse(state);
  if (parsed === null) return state;
  if (typeof parsed !== 'object' || Array.isArray(parsed)) return '{}';
  if (!('playback' in parsed) || parsed.playback === null || mayPresent(session)) return state;
  return JSON.stringify({ ...parsed, playback: null });
}
