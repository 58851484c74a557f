import { ContentAny, ContentBinary, ContentDeleted, ContentType, decodeUpdate, Item, Map as YMap, Skip } from 'yjs';
import { CovalenceError } from '../../protocol/errors.ts';
import { isLedgerKey, keyProblem } from '../../protocol/keys.ts';
import { LIMITS } from '../../protocol/limits.ts';

function refuse(reason: string, fields: Record<string, unknown> = {}): never {
  throw new CovalenceError('sync/refused', `This update was not applied: ${reason}.`, fields);
}

/** Bytes that a value takes, near enough for a limit: numbers count 8, texts their length. */
function weigh(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + weigh(item) + 1, 1);
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + weigh(item) + 2, 1);
  }
  return 8;
}

function checkItem(item: Item): void {
  const { content, parent, parentSub } = item;
  // Decoded from bytes, the parent of a root item is its name; the declared type knows only integrated items.
  const root: unknown = parent;
  const isRoot = typeof root === 'string';
  if (isRoot && root !== 'state') refuse(`it writes the root "${root.slice(0, 60)}"; only "state" is shared`);
  if (isRoot && parentSub === null) refuse('it writes a list where the dictionary is');
  if (isRoot && parentSub !== null) {
    const problem = keyProblem(parentSub);
    if (problem !== undefined) refuse(problem);
    if (isLedgerKey(parentSub)) refuse(`"${parentSub}" is written by the server only`);
  }
  if (content instanceof ContentDeleted) return;
  if (content instanceof ContentType) {
    if (!(content.type instanceof YMap)) refuse('a record is a map; lists and texts of Yjs are not part of the state');
    return;
  }
  if (!(content instanceof ContentAny || content instanceof ContentBinary)) {
    refuse(`it holds ${content.constructor.name}, which is not part of the state`);
  }
  const byteLength = weigh(content.getContent());
  if (byteLength > LIMITS.valueByteLength) {
    refuse(`a value takes about ${byteLength} bytes, at most ${LIMITS.valueByteLength} are allowed`, { byteLength });
  }
}

/**
 * Looks at an update before it touches the document. Throws `sync/refused` for anything that is not V1, writes outside
 * the dictionary, leaves gaps of its own or is above a limit.
 */
export function checkUpdate(update: Uint8Array): void {
  let structs;
  try {
    ({ structs } = decodeUpdate(update));
  } catch (cause) {
    throw new CovalenceError(
      'sync/refused',
      'This update was not applied: it is not an update of Yjs in its first encoding.',
      {},
      { cause },
    );
  }
  if (structs.length > LIMITS.structsPerMessage) {
    refuse(`it has ${structs.length} parts, at most ${LIMITS.structsPerMessage} are allowed in a message`);
  }
  for (const struct of structs) {
    if (struct instanceof Skip) refuse('it leaves out parts of its own history');
    if (struct instanceof Item) checkItem(struct);
  }
}
