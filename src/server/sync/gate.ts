import { ContentType, type Doc, GC, getItem, getState, createID, Item } from 'yjs';
import { CovalenceError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { MalformedBytes } from './byte-reader.ts';
import { compactUpdate } from './compact-update.ts';
import { readUpdate, type RootName } from './read-update.ts';
import type { ClientBlock, Struct, StructId, UpdateShape } from './update-shape.ts';

/** What the gate says about an update. */
export type GateVerdict =
  /** Safe to apply. `update` has only what the document lacks; `clients` are the histories it continues. */
  | { kind: 'apply'; update: Uint8Array; clients: readonly number[]; contested: number }
  /** Nothing that the document does not have. */
  | { kind: 'nothing' }
  /** It builds on something the document lacks, which may be on its way. */
  | { kind: 'gap' };

/** What an update is looked at for. */
export interface GateQuestion {
  doc: Doc;
  root?: RootName;
  /** Whether whoever sent it may continue this client's history. */
  mayExtend(client: number): boolean;
  /**
   * A whole state may hold what others wrote and the document lost: it is left out, and comes from them. In a single
   * update it is a forgery.
   */
  isWholeState: boolean;
  /** Room for further keys. */
  keysPerRoom?: number;
}

function refused(reason: string, fields: Record<string, unknown> = {}): CovalenceError {
  return new CovalenceError('sync/refused', `This update was not applied: ${reason}.`, fields);
}

/**
 * Looks at an update of a stranger before Yjs sees it. Yjs applies what it is given: sixteen bytes can make a document
 * that nobody can join any more. Throws `sync/refused`, `auth/denied` (somebody else's history) or `sync/too-large`.
 */
export function inspectUpdate(bytes: Uint8Array, question: GateQuestion): GateVerdict {
  let shape: UpdateShape;
  try {
    shape = readUpdate(bytes, question.root);
  } catch (error) {
    if (error instanceof MalformedBytes) throw refused(error.message);
    throw error;
  }
  return new Inspection(shape, question).verdict();
}

/** One update against one document. */
class Inspection {
  readonly #shape: UpdateShape;
  readonly #question: GateQuestion;
  readonly #doc: Doc;
  readonly #root: RootName;
  /** Blocks with something new, cut to it. */
  #blocks: ClientBlock[] = [];
  readonly #blockOf = new Map<number, ClientBlock>();
  /** How far each client's history is known while the blocks are walked through. */
  readonly #reached = new Map<number, number>();
  #isCut = false;

  constructor(shape: UpdateShape, question: GateQuestion) {
    this.#shape = shape;
    this.#question = question;
    this.#doc = question.doc;
    this.#root = question.root ?? 'state';
  }

  verdict(): GateVerdict {
    if (!this.#keepNew()) return { kind: 'gap' };
    const contested = this.#checkCounts();
    if (!this.#walk()) return { kind: 'gap' };
    const hasDeletes = this.#checkDeletes();
    if (hasDeletes === undefined) return { kind: 'gap' };
    if (this.#blocks.length === 0 && !hasDeletes) return { kind: 'nothing' };
    const update = this.#isCut
      ? compactUpdate(this.#shape, this.#blocks, (client) => this.#end(client))
      : this.#shape.bytes;
    return { kind: 'apply', update, clients: this.#blocks.map(({ client }) => client), contested };
  }

  /** Leaves out what is known and what is not the sender's. False at a gap in a client's history. */
  #keepNew(): boolean {
    for (const block of this.#shape.blocks) {
      const known = getState(this.#doc.store, block.client);
      if (block.end <= known) {
        this.#isCut = true;
        continue;
      }
      if (!this.#question.mayExtend(block.client)) {
        if (!this.#question.isWholeState) {
          throw new CovalenceError(
            'auth/denied',
            `This update continues the history of client ${block.client}, which belongs to somebody else.`,
            { client: block.client },
          );
        }
        this.#isCut = true;
        continue;
      }
      if (block.clock > known) return false;
      this.#blocks.push(this.#withoutKnown(block, known));
    }
    for (const block of this.#blocks) this.#blockOf.set(block.client, block);
    return true;
  }

  #withoutKnown(block: ClientBlock, known: number): ClientBlock {
    const first = block.structs.findIndex(({ clock, length }) => clock + length > known);
    if (first === 0 && block.clock >= known) return block;
    this.#isCut = true;
    return { ...block, structs: block.structs.slice(first), clock: known };
  }

  /** New keys against the limit, and fresh beginnings per key: each costs a walk over all others of its key. */
  #checkCounts(): number {
    const present = this.#doc.getMap(this.#root)._map;
    const beginnings = new Map<string, number>();
    let contested = 0;
    let newKeys = 0;
    for (const { structs } of this.#blocks) {
      for (const { key, parent } of structs) {
        if (key === undefined && parent === undefined) continue;
        const name = key ?? `${parent?.client}:${parent?.clock}`;
        const count = (beginnings.get(name) ?? 0) + 1;
        beginnings.set(name, count);
        if (key !== undefined && count === 1 && !present.has(key)) newKeys += 1;
        else if (key !== undefined) contested += 1;
        const limit = LIMITS.originlessStructsPerKey;
        if (key !== undefined && count > limit)
          throw refused(`it begins "${key}" more than ${limit} times`, { key, limit });
      }
    }
    const limit = this.#question.keysPerRoom ?? LIMITS.keysPerRoom;
    if (newKeys > 0 && present.size + newKeys > limit) {
      throw new CovalenceError('sync/too-large', `A room has at most ${limit} keys; this update adds ${newKeys}.`, {
        limit,
      });
    }
    return contested;
  }

  #end(client: number): number {
    return this.#blockOf.get(client)?.end ?? getState(this.#doc.store, client);
  }

  /**
   * Goes through the structs in the order in which Yjs can integrate them, as it does: from one client's to another's
   * where one builds on the other. False when something is missing; a circle is refused.
   */
  #walk(): boolean {
    for (const { client, clock } of this.#blocks) this.#reached.set(client, clock);
    const next = new Map<number, number>();
    for (const block of this.#blocks) {
      // Each waits for the one above it to reach a clock.
      const stack = [{ block, until: block.end }];
      const waiting = new Set([block.client]);
      for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
        const { client, structs } = top.block;
        const index = next.get(client) ?? 0;
        if (index === structs.length || this.#known(client) >= top.until) {
          stack.pop();
          waiting.delete(client);
          continue;
        }
        const struct = structs[index];
        const needed = struct.origin ?? struct.parent;
        if (needed !== undefined && needed.clock >= this.#known(needed.client)) {
          const other = this.#blockOf.get(needed.client);
          if (other === undefined || needed.clock >= other.end) return false;
          if (waiting.has(needed.client)) throw refused('its structs wait for each other');
          stack.push({ block: other, until: needed.clock + 1 });
          waiting.add(needed.client);
          continue;
        }
        this.#checkStruct(struct);
        this.#reached.set(client, struct.clock + struct.length);
        next.set(client, index + 1);
      }
    }
    return true;
  }

  #known(client: number): number {
    return this.#reached.get(client) ?? getState(this.#doc.store, client);
  }

  #checkStruct(struct: Struct): void {
    const { origin, parent, content } = struct;
    if (parent !== undefined && !this.#isRecord(parent)) throw refused('the parent of a field is no record');
    if (origin !== undefined) struct.isInRoot = this.#isInRoot(origin);
    if (content === 'record' && !struct.isInRoot) throw refused('a record is inside another; records have one level');
  }

  /** A struct of this update that is not in the document yet. */
  #fresh({ client, clock }: StructId): Struct | undefined {
    const block = this.#blockOf.get(client);
    if (block === undefined || clock < block.clock) return undefined;
    let low = 0;
    let high = block.structs.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const struct = block.structs[middle];
      if (struct.clock + struct.length <= clock) low = middle + 1;
      else if (struct.clock > clock) high = middle - 1;
      else return struct;
    }
    return undefined;
  }

  #stored({ client, clock }: StructId): Item | GC {
    return getItem(this.#doc.store, createID(client, clock));
  }

  #isRecord(id: StructId): boolean {
    if (id.clock >= getState(this.#doc.store, id.client)) {
      const content = this.#fresh(id)?.content;
      return content === 'record' || content === 'deleted' || content === undefined;
    }
    const item = this.#stored(id);
    // A record that was deleted has become a mark without content; what is written into it vanishes, as it should.
    return item instanceof GC || item.content instanceof ContentType || item.deleted;
  }

  #isInRoot(id: StructId): boolean {
    if (id.clock >= getState(this.#doc.store, id.client)) {
      const struct = this.#fresh(id);
      return struct === undefined || struct.content === undefined || struct.isInRoot;
    }
    const item = this.#stored(id);
    return item instanceof GC || item.parent === this.#doc.getMap(this.#root);
  }

  /** True when there is something to delete; undefined when it is something the document lacks. */
  #checkDeletes(): boolean | undefined {
    let hasDeletes = false;
    const isTolerant = this.#question.isWholeState;
    for (const [client, ranges] of this.#shape.deletes) {
      const end = this.#end(client);
      for (const { clock, length } of ranges) {
        if (clock < end) hasDeletes = true;
        if (clock + length <= end) continue;
        if (!isTolerant) return undefined;
        this.#isCut = true;
      }
    }
    return hasDeletes;
  }
}
