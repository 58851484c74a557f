import * as Y from 'yjs';
import type { Random } from '../../../src/protocol/clock.ts';
import { type BlockDraft, type StructDraft, type UpdateDraft, writeDraft } from './update-draft.ts';

/** Documents and honest updates from which hostile ones are made. */
export interface Seeds {
  /** Whole states of a room at several moments. */
  bases: readonly Uint8Array[];
  /** Updates of honest clients, with the number of the base before which they came. */
  updates: readonly { base: number; update: Uint8Array }[];
}

/** A room that several people edit: records, values, bytes, removals, and histories that interleave. */
export function makeSeeds(random: Random): Seeds {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
  const keys = ['selection.a', 'selection.b', 'visualiser.c', 'playback', 'settings.x', 'scene.box'];
  const docs = [1, 2, 3].map((clientID) => Object.assign(new Y.Doc(), { clientID }));
  const bases: Uint8Array[] = [Uint8Array.of(0, 0)];
  const updates: { base: number; update: Uint8Array }[] = [];
  const sync = (): void => {
    for (const from of docs)
      for (const to of docs) Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)));
  };
  for (let round = 0; round < 40; round += 1) {
    const doc = pick(docs);
    const before = Y.encodeStateVector(doc);
    const map = doc.getMap('state');
    const key = pick(keys);
    const present = map.get(key);
    if (random() < 0.2) map.delete(key);
    else if (present instanceof Y.Map && random() < 0.7)
      present.set(pick(['display_name', 'particle_ids', 'hide']), Math.floor(random() * 1e6));
    else if (random() < 0.5)
      map.set(
        key,
        new Y.Map<unknown>([
          ['display_name', `name ${round}`],
          ['ids', Uint8Array.of(round)],
        ]),
      );
    else
      map.set(
        key,
        pick<unknown>([round, -round, 0.5 + round, 'text ✓', { deep: [1, { x: null }] }, Uint8Array.of(1, 2), true]),
      );
    updates.push({ base: bases.length - 1, update: Y.encodeStateAsUpdate(doc, before) });
    if (random() < 0.5) {
      sync();
      bases.push(Y.encodeStateAsUpdate(docs[0]));
    }
  }
  return { bases, updates };
}

/** Changes bytes without knowing what they mean. */
export function mutateBytes(update: Uint8Array, random: Random): Uint8Array {
  const below = (limit: number): number => Math.floor(random() * limit);
  let bytes = [...update];
  const changes = 1 + below(3);
  for (let change = 0; change < changes; change += 1) {
    const at = below(bytes.length + 1);
    switch (below(7)) {
      case 0:
        bytes[Math.min(at, bytes.length - 1)] = (bytes[Math.min(at, bytes.length - 1)] ?? 0) ^ (1 << below(8));
        break;
      case 1:
        bytes = bytes.slice(0, at);
        break;
      case 2:
        bytes.splice(at, 0, ...Array.from({ length: 1 + below(9) }, () => 128 | below(128)));
        break;
      case 3:
        bytes.splice(at, 0, ...bytes.slice(below(bytes.length + 1), below(bytes.length + 1)));
        break;
      case 4:
        bytes.splice(at, 1 + below(4));
        break;
      case 5:
        bytes[Math.min(at, bytes.length - 1)] = below(256);
        break;
      default:
        bytes = random() < 0.2 ? Array.from({ length: below(60) }, () => below(256)) : [...bytes, below(256)];
    }
  }
  return Uint8Array.from(bytes);
}

/** Updates of the right form whose ids, parents, contents and deletes are near what the document has. */
export function structuredUpdate(doc: Y.Doc, random: Random): Uint8Array {
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)];
  const clients = [1, 2, 3, 7, 9];
  const reach = (client: number): number => Y.getState(doc.store, client);
  const id = (drafted: Map<number, number>): [number, number] => {
    const client = pick(clients);
    const end = drafted.get(client) ?? reach(client);
    return [client, random() < 0.98 ? below(end) : pick([end + below(3), 2 ** 31 - 1, 2 ** 32, 2 ** 40])];
  };
  const drafted = new Map<number, number>();
  const content = (): StructDraft['content'] =>
    pick<StructDraft['content']>([
      { kind: 'values', values: [pick<unknown>([1, 'x', null, { a: [1] }, Uint8Array.of(3), true, -7, 2.5])] },
      { kind: 'values', values: [pick<unknown>([1, 'x', null])] },
      { kind: 'values', values: Array.from({ length: random() < 0.8 ? 1 : 2 }, (_, index) => index) },
      { kind: 'type', type: random() < 0.97 ? 1 : below(8) },
      { kind: 'deleted', length: 1 + below(4) },
      { kind: 'bytes', bytes: Uint8Array.of(1, 2, 3) },
      { kind: 'garbage', length: 1 + below(3) },
    ]);
  const struct = (): StructDraft => {
    const kind = random();
    const key = pick(['selection.a', 'selection.b', 'playback', 'settings.x', 'new.key', 'new.other']);
    if (kind < 0.4) return { origin: id(drafted), content: content() };
    if (kind < 0.75) return { key, content: content() };
    if (kind < 0.99) return { parent: id(drafted), key: pick(['display_name', 'ids', 'other']), content: content() };
    return pick<StructDraft>([
      { parent: 'other', key, content: content() },
      { key: pick(['lock.a', 'a..b', '__proto__']), content: content() },
      { rightOrigin: id(drafted), content: content() },
      { content: content() },
    ]);
  };
  const blocks: BlockDraft[] = [];
  const chosen = [...new Set(Array.from({ length: 1 + below(3) }, () => pick(clients)))];
  for (const client of chosen) {
    const end = reach(client);
    const clock = Math.max(0, end + (random() < 0.8 ? 0 : below(5) - 3));
    const structs = Array.from({ length: 1 + below(4) }, struct);
    const length = structs.reduce((sum, { content: inner }) => sum + lengthOf(inner), 0);
    drafted.set(client, clock + length);
    blocks.push({ client, clock, structs });
  }
  const draft: UpdateDraft = { blocks };
  if (random() < 0.5) {
    draft.deletes = chosen.map((client) => {
      const end = drafted.get(client) ?? 0;
      const first = below(end + 1);
      const length = 1 + below(4);
      const second = first + length + below(4);
      return {
        client,
        ranges:
          random() < 0.7
            ? [[first, length]]
            : [
                [first, length],
                [second, 1 + below(3)],
              ],
      };
    });
  }
  return writeDraft(draft);
}

function lengthOf(content: StructDraft['content']): number {
  if ('length' in content) return content.length;
  return content.kind === 'values' ? content.values.length : 1;
}
