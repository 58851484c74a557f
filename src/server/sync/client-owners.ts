import { type Doc, getState } from 'yjs';
import type { ClientOwner } from './doc-store.ts';

/** Owner of what programs in the server's own process write; no connection is of this subject. */
export const SERVER_SUBJECT = 'server';

/**
 * Which subject a Yjs client id belongs to: the one that first extended its history. Without this anybody could continue
 * the history of somebody else, and the two would differ for ever without noticing.
 */
export class ClientOwners {
  readonly #subjects: Map<number, string>;
  #unsaved: ClientOwner[] = [];

  constructor(stored: Iterable<ClientOwner> = []) {
    this.#subjects = new Map(stored);
  }

  /** True when this subject may add to the history of the client id. */
  mayExtend(client: number, subject: string): boolean {
    const owner = this.#subjects.get(client);
    return owner === undefined || owner === subject;
  }

  /** Called when a subject has added to the history of a client id. */
  claim(client: number, subject: string): void {
    if (this.#subjects.has(client)) return;
    this.#subjects.set(client, subject);
    this.#unsaved.push([client, subject]);
  }

  /** Owners that another server has stored; who is known here stays. */
  learn(owners: readonly ClientOwner[]): void {
    for (const [client, subject] of owners) if (!this.#subjects.has(client)) this.#subjects.set(client, subject);
  }

  /** Owners that are not in the store yet; they are taken out of the list. */
  takeUnsaved(): ClientOwner[] {
    if (this.#unsaved.length === 0) return this.#unsaved;
    const unsaved = this.#unsaved;
    this.#unsaved = [];
    return unsaved;
  }

  /** Owners of histories that the document has; others may be forgotten. */
  used(doc: Doc): ClientOwner[] {
    return [...this.#subjects].filter(([client]) => getState(doc.store, client) > 0);
  }
}
