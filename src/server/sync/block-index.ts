import type { ClientBlock, Struct, StructId } from './update-shape.ts';

/** Finds structs of an update by their ids. */
export class BlockIndex {
  readonly #blocks: readonly ClientBlock[];
  /** Only for many: nearly every update has one block. */
  readonly #byClient: ReadonlyMap<number, ClientBlock> | undefined;

  constructor(blocks: readonly ClientBlock[]) {
    this.#blocks = blocks;
    if (blocks.length > 4) this.#byClient = new Map(blocks.map((block) => [block.client, block]));
  }

  block(client: number): ClientBlock | undefined {
    if (this.#byClient !== undefined) return this.#byClient.get(client);
    for (const block of this.#blocks) if (block.client === client) return block;
    return undefined;
  }

  find({ client, clock }: StructId): Struct | undefined {
    const block = this.block(client);
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
}
