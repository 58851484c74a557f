import { ContentType, createID, type Doc, getItem, getState, Item } from 'yjs';
import { BlockIndex } from './block-index.ts';
import type { ClientBlock, Struct, StructId } from './update-shape.ts';

/** A map of the document, as far as is asked here. */
interface KeyedType {
  _map: Map<string, Item>;
}

/** One key of one map of the document. */
interface Slot {
  map: KeyedType;
  key: string;
}

/**
 * The present values that structs which are left out would replace, as sorted clocks by client. Their deletion comes
 * with the same update: applied without the structs it would leave nothing where there was a value.
 */
export function standingEntries(doc: Doc, root: KeyedType, leftOut: readonly ClientBlock[]): Map<number, number[]> {
  const index = new BlockIndex(leftOut);
  const slots = new Map<Struct, Slot | undefined>();
  const found = new Map<number, Set<number>>();

  const stored = ({ client, clock }: StructId): Item | undefined => {
    if (clock >= getState(doc.store, client)) return undefined;
    const item = getItem(doc.store, createID(client, clock));
    return item instanceof Item ? item : undefined;
  };
  /** The slot a struct writes; goes back through what it follows until that is known. */
  const slotOf = (first: Struct): Slot | undefined => {
    const path: Struct[] = [];
    let slot: Slot | undefined;
    for (let struct: Struct | undefined = first; struct !== undefined;) {
      if (slots.has(struct)) {
        slot = slots.get(struct);
        break;
      }
      // Entered before it is known, so that a circle ends.
      slots.set(struct, undefined);
      path.push(struct);
      if (struct.origin === undefined) {
        slot = beginningOf(struct);
        break;
      }
      const before = stored(struct.origin);
      if (before !== undefined) {
        slot = before.parentSub === null ? undefined : { map: before.parent as KeyedType, key: before.parentSub };
        break;
      }
      struct = index.find(struct.origin);
    }
    for (const struct of path) slots.set(struct, slot);
    return slot;
  };
  const beginningOf = ({ key, parent }: Struct): Slot | undefined => {
    if (key === undefined) return undefined;
    if (parent === undefined) return { map: root, key };
    const content = stored(parent)?.content;
    return content instanceof ContentType ? { map: content.type, key } : undefined;
  };

  for (const { structs } of leftOut) {
    for (const struct of structs) {
      const slot = slotOf(struct);
      const entry = slot?.map._map.get(slot.key);
      if (entry === undefined || entry.deleted) continue;
      const clocks = found.get(entry.id.client) ?? new Set();
      found.set(entry.id.client, clocks.add(entry.id.clock));
    }
  }
  return new Map([...found].map(([client, clocks]) => [client, [...clocks].sort((a, b) => a - b)]));
}
