import { createContext, type Context } from '@lit/context';
import type { CovalenceError } from '../protocol/errors.ts';
import type { VisualiserRecord } from '../protocol/records/visualiser.ts';

/** How a page wants something drawn in one of its viewers, without telling anybody else. */
export interface OwnLook {
  record: VisualiserRecord;
  /** A selection expression; all atoms, or those of the record's selection, when absent. */
  select: string | undefined;
  /** Called when the expression cannot be read or answered. */
  onError: (error: CovalenceError) => void;
}

/** The looks that elements inside a viewer declare, in the order in which they stand in the page. */
export class OwnLooks {
  readonly #looks = new Map<Node, OwnLook>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** In the order of the page. */
  get all(): readonly OwnLook[] {
    const entries = [...this.#looks].toSorted(([a], [b]) =>
      a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
    );
    return entries.map(([, look]) => look);
  }

  /** What `element` declares from now on; nothing any more with undefined. */
  declare(element: Node, look: OwnLook | undefined): void {
    if (look !== undefined) this.#looks.set(element, look);
    else if (!this.#looks.delete(element)) return;
    this.#onChange();
  }
}

/** The context under which a viewer takes the looks declared inside it. */
export const ownLooksContext: Context<symbol, OwnLooks> = createContext<OwnLooks, symbol>(
  Symbol.for('covalence/own-looks'),
);
