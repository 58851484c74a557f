import type { StandardSchema } from '../../state/index.ts';
import type { Room } from '../../room/room.ts';

/** `measurement.<id>`: atoms whose distance, angle or dihedral is shown to everybody in a room. */
export interface MeasurementRecord {
  /** Two, three or four 0-based indices, in order. */
  readonly atoms: readonly number[];
  readonly [field: string]: unknown;
}

/** What is measured in a room, for all elements of the page. */
export interface RoomMeasurements {
  /** By key, in the order of keys. Those of a person who may only look are this page's alone. */
  readonly entries: readonly { readonly key: string; readonly atoms: readonly number[] }[];
  /** Measures these atoms, or forgets them when they are measured already. True when they are measured now. */
  toggle(atoms: readonly number[]): boolean;
  remove(key: string): void;
  clear(): void;
  onChange(listener: () => void): () => void;
}

/** True for a record that can be measured. */
function isMeasurable(value: unknown): value is MeasurementRecord {
  const atoms = (value as { atoms?: unknown } | null | undefined)?.atoms;
  return (
    Array.isArray(atoms) &&
    atoms.length >= 2 &&
    atoms.length <= 4 &&
    new Set(atoms).size === atoms.length &&
    atoms.every((atom) => Number.isInteger(atom) && atom >= 0)
  );
}

const schema: StandardSchema<MeasurementRecord> = {
  '~standard': {
    version: 1,
    vendor: 'covalence',
    validate: (value) =>
      isMeasurable(value)
        ? { value }
        : { issues: [{ message: 'two, three or four different atoms were expected in "atoms"' }] },
  },
};

const known = new WeakMap<Room, RoomMeasurements>();

/** The measurements of `room`. */
export function roomMeasurements(room: Room): RoomMeasurements {
  let found = known.get(room);
  if (found === undefined) known.set(room, (found = measurementsOf(room)));
  return found;
}

function measurementsOf(room: Room): RoomMeasurements {
  const shared = room.state.collection({ prefix: 'measurement.', schema, undo: true });
  const listeners = new Set<() => void>();
  let own: { key: string; atoms: readonly number[] }[] = [];
  let made = 0;
  const setOwn = (next: typeof own): void => {
    own = next;
    for (const listener of listeners) listener();
  };
  const entries = (): { key: string; atoms: readonly number[] }[] => [
    ...Object.entries(shared.snapshot())
      .filter(([, record]) => isMeasurable(record))
      .map(([key, { atoms }]) => ({ key, atoms })),
    ...own,
  ];
  const remove = (keys: readonly string[]): void => {
    if (room.can('write'))
      room.state.transact(() => {
        for (const key of keys) if (shared.has(key)) shared.remove(key);
      });
    if (own.some(({ key }) => keys.includes(key))) setOwn(own.filter(({ key }) => !keys.includes(key)));
  };
  return {
    get entries() {
      return entries();
    },
    toggle(atoms) {
      const before = entries().find((entry) => isSameChain(entry.atoms, atoms));
      if (before !== undefined) {
        remove([before.key]);
        return false;
      }
      if (room.can('write')) shared.add({ atoms: [...atoms] });
      else setOwn([...own, { key: `own.${(made += 1)}`, atoms: [...atoms] }]);
      return true;
    },
    remove: (key) => remove([key]),
    clear: () => remove(entries().map(({ key }) => key)),
    onChange(listener) {
      listeners.add(listener);
      const undo = shared.onChange(listener);
      return () => {
        listeners.delete(listener);
        undo();
      };
    },
  };
}

/** True for the same atoms forwards or backwards. */
export function isSameChain(one: readonly number[], other: readonly number[]): boolean {
  return one.join() === other.join() || one.join() === other.toReversed().join();
}
