import { ContentType, createID, type Doc, GC, getItem, getState, type Item, type Map as YMap } from 'yjs';
import { CovalenceError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { MalformedBytes } from './byte-reader.ts';
import { BlockIndex } from './block-index.ts';
import { compactUpdate, keptRanges } from './compact-update.ts';
import { readUpdate, type RootName } from './read-update.ts';
import { standingEntries } from './standing-entries.ts';
import type { ClientBlock, DeleteRange, Struct, StructId, UpdateShape } from './update-shape.ts';

const NO_BLOCKS = new BlockIndex([]);
const NO_DELETES: ReadonlyMap<number, readonly DeleteRange[]> = new Map();
const NOTHING: ReadonlyMap<number, readonly number[]> = new Map();

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
  readonly #root: YMap<unknown>;
  /** Blocks with something new, cut to it. */
  readonly #blocks: ClientBlock[] = [];
  /** Histories of others, which are not the sender's to continue. */
  readonly #leftOut: ClientBlock[] = [];
  #index: BlockIndex = NO_BLOCKS;
  /** How far each client's history is known while several blocks are walked through. */
  #reached: Map<number, number> | undefined;
  #isCut = false;

  constructor(shape: UpdateShape, question: GateQuestion) {
    this.#shape = shape;
    this.#question = question;
    this.#doc = question.doc;
    this.#root = question.doc.getMap(question.root ?? 'state');
  }

  verdict(): GateVerdict {
    if (!this.#keepNew()) return { kind: 'gap' };
    const contested = this.#checkCounts();
    if (!this.#walk()) return { kind: 'gap' };
    const deletes = this.#keptDeletes();
    if (deletes === undefined) return { kind: 'gap' };
    if (this.#blocks.length === 0 && deletes.size === 0) return { kind: 'nothing' };
    const update = this.#isCut ? compactUpdate(this.#shape, { blocks: this.#blocks, deletes }) : this.#shape.bytes;
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
        this.#leftOut.push(block);
        continue;
      }
      if (block.clock > known) return false;
      this.#blocks.push(this.#withoutKnown(block, known));
    }
    if (this.#blocks.length > 0) this.#index = new BlockIndex(this.#blocks);
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
    const present = this.#root._map;
    let beginnings: Map<string, number> | undefined;
    let contested = 0;
    let newKeys = 0;
    for (const { structs } of this.#blocks) {
      for (const { key, parent } of structs) {
        if (key === undefined) continue;
        const name = parent === undefined ? key : `${parent.client}:${parent.clock} ${key}`;
        beginnings ??= new Map();
        const count = (beginnings.get(name) ?? 0) + 1;
        beginnings.set(name, count);
        if (count > 1 || (parent === undefined ? present.has(key) : this.#hasField(parent, key))) contested += 1;
        else if (parent === undefined) newKeys += 1;
        const limit = LIMITS.originlessStructsPerKey;
        if (count > limit) throw refused(`it begins "${key}" more than ${limit} times`, { key, limit });
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
    return this.#index.block(client)?.end ?? getState(this.#doc.store, client);
  }

  /**
   * Goes through the structs in the order in which Yjs can integrate them, as it does: from one client's to another's
   * where one builds on the other. False when something is missing; a circle is refused.
   */
  #walk(): boolean {
    if (this.#blocks.length === 1) return this.#walkOne(this.#blocks[0]);
    const reached = new Map(this.#blocks.map(({ client, clock }) => [client, clock]));
    this.#reached = reached;
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
          const other = this.#index.block(needed.client);
          if (other === undefined || needed.clock >= other.end) return false;
          if (waiting.has(needed.client)) throw refused('its structs wait for each other');
          stack.push({ block: other, until: needed.clock + 1 });
          waiting.add(needed.client);
          continue;
        }
        this.#checkStruct(struct);
        reached.set(client, struct.clock + struct.length);
        next.set(client, index + 1);
      }
    }
    return true;
  }

  /** The structs of one client build on each other in their order. */
  #walkOne({ client, structs }: ClientBlock): boolean {
    for (const struct of structs) {
      const needed = struct.origin ?? struct.parent;
      const known = needed?.client === client ? struct.clock : getState(this.#doc.store, needed?.client ?? client);
      if (needed !== undefined && needed.clock >= known) return false;
      this.#checkStruct(struct);
    }
    return true;
  }

  #known(client: number): number {
    return this.#reached?.get(client) ?? getState(this.#doc.store, client);
  }

  #checkStruct(struct: Struct): void {
    const { origin, parent, content } = struct;
    if (parent !== undefined && !this.#isRecord(parent)) throw refused('the parent of a field is no record');
    if (origin !== undefined) struct.isInRoot = this.#isInRoot(origin);
    if (content === 'record' && !struct.isInRoot) throw refused('a record is inside another; records have one level');
  }

  #stored({ client, clock }: StructId): Item | GC {
    return getItem(this.#doc.store, createID(client, clock));
  }

  #isRecord(id: StructId): boolean {
    if (id.clock >= getState(this.#doc.store, id.client)) {
      const content = this.#index.find(id)?.content;
      return content === 'record' || content === 'deleted' || content === undefined;
    }
    const item = this.#stored(id);
    // A record that was deleted has become a mark without content; what is written into it vanishes, as it should.
    return item instanceof GC || item.content instanceof ContentType || item.deleted;
  }

  #isInRoot(id: StructId): boolean {
    if (id.clock >= getState(this.#doc.store, id.client)) {
      const struct = this.#index.find(id);
      return struct === undefined || struct.content === undefined || struct.isInRoot;
    }
    const item = this.#stored(id);
    return item instanceof GC || item.parent === this.#root;
  }

  #hasField(parent: StructId, field: string): boolean {
    if (parent.clock >= getState(this.#doc.store, parent.client)) return false;
    const item = this.#stored(parent);
    return !(item instanceof GC) && item.content instanceof ContentType && item.content.type._map.has(field);
  }

  /** What is deleted, by client; undefined when it is something the document lacks. */
  #keptDeletes(): ReadonlyMap<number, readonly DeleteRange[]> | undefined {
    if (this.#shape.deletes.size === 0) return NO_DELETES;
    const kept = new Map<number, readonly DeleteRange[]>();
    const isTolerant = this.#question.isWholeState;
    const spared = this.#leftOut.length === 0 ? NOTHING : standingEntries(this.#doc, this.#root, this.#leftOut);
    for (const [client, ranges] of this.#shape.deletes) {
      const end = this.#end(client);
      const last = ranges.at(-1);
      if (last === undefined) continue;
      const isBeyond = last.clock + last.length > end;
      if (isBeyond && !isTolerant) return undefined;
      const holes = spared.get(client);
      const part = isBeyond || holes !== undefined ? keptRanges(ranges, end, holes ?? []) : ranges;
      if (part !== ranges) this.#isCut = true;
      if (part.length > 0) kept.set(client, part);
    }
    return kept;
  }
}
