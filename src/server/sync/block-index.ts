import type { ClientBlock, Struct, StructId } from './update-shape.ts';

/** Finds structs of an update by their ids. */
export class BlockIndex {
  readonly #blocks: ReadonlyMap<number, ClientBlock>;

  constructor(blocks: readonly ClientBlock[]) {
    this.#blocks = new Map(blocks.map((block) => [block.client, block]));
  }

  block(client: number): ClientBlock | undefined {
    return this.#blocks.get(client);
  }

  find({ client, clock }: StructId): Struct | undefined {
    const block = this.#blocks.get(client);
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
