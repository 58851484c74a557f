/** Where names are kept over the life of a process. */
export interface VisitStore {
  /** What was kept last; none where that cannot be read. */
  load(): Promise<readonly string[]>;
  /** What is kept may be lost: then the rooms stay. */
  keep(names: readonly string[]): Promise<void>;
}

/** Names of rooms that are there because somebody came to see them, and not for anything else. */
export class VisitedRooms {
  readonly #names = new Set<string>();
  readonly #store: VisitStore | undefined;
  #isChanged = false;
  #keeping: Promise<void> = Promise.resolve();

  /** Without a `store` they are forgotten with the process, and the rooms stay. */
  constructor(store: VisitStore | undefined) {
    this.#store = store;
  }

  add(name: string): void {
    this.#names.add(name);
    this.#keep();
  }

  /** Takes a name out; false when it was not there. */
  delete(name: string): boolean {
    const wasThere = this.#names.delete(name);
    if (wasThere) this.#keep();
    return wasThere;
  }

  /** Takes in what another process left; resolves with the names that were there. */
  async recall(): Promise<readonly string[]> {
    const names = (await this.#store?.load()) ?? [];
    for (const name of names) this.#names.add(name);
    return names;
  }

  /** Resolves once everything is kept. Never rejects. */
  kept(): Promise<void> {
    return this.#keeping;
  }

  #keep(): void {
    if (this.#store === undefined || this.#isChanged) return;
    this.#isChanged = true;
    const store = this.#store;
    this.#keeping = this.#keeping.then(() => {
      this.#isChanged = false;
      return store.keep([...this.#names]).catch(() => undefined);
    });
  }
}
