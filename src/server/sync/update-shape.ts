/** Name of one Yjs struct: the client that made it and where in its history. */
export interface StructId {
  client: number;
  clock: number;
}

/** What a struct brings: nothing any more, a JSON value, bytes, or a record. */
export type StructContent = 'deleted' | 'value' | 'bytes' | 'record';

/** One struct of an update, as far as the gate asks. */
export interface Struct {
  clock: number;
  length: number;
  /** Where its bytes begin in the update. */
  start: number;
  /** Undefined for a struct that was collected as garbage. */
  content: StructContent | undefined;
  /** What it follows in the history of its key. */
  origin: StructId | undefined;
  /** Its key or field, when it begins a history. */
  key: string | undefined;
  /** The record whose field it begins; the root when undefined. */
  parent: StructId | undefined;
  /** Found out by the gate: whether it stands in the root, not in a record. */
  isInRoot: boolean;
}

/** The structs of one client in an update, without gaps. */
export interface ClientBlock {
  client: number;
  clock: number;
  end: number;
  structs: Struct[];
  /** Where the bytes of its last struct end. */
  endByte: number;
}

/** A range of structs that an update deletes. */
export interface DeleteRange {
  clock: number;
  length: number;
}

/** An update taken apart. */
export interface UpdateShape {
  bytes: Uint8Array;
  blocks: ClientBlock[];
  deletes: ReadonlyMap<number, DeleteRange[]>;
  structCount: number;
}
