/** A set of keys read in order. Changes wait until the next reading, which costs one pass however many there were. */
export class SortedKeys {
  #sorted: readonly string[] = [];
  readonly #added = new Set<string>();
  readonly #removed = new Set<string>();

  /** The key must not be in the set. */
  add(key: string): void {
    if (!this.#removed.delete(key)) this.#added.add(key);
  }

  /** The key must be in the set. */
  remove(key: string): void {
    if (!this.#added.delete(key)) this.#removed.add(key);
  }

  /** All keys that begin with `prefix`, ascending by code unit. */
  below(prefix: string): readonly string[] {
    this.#settle();
    if (prefix === '') return this.#sorted;
    // No key has a character above 'z'.
    return this.#sorted.slice(this.#firstFrom(prefix), this.#firstFrom(`${prefix}~`));
  }

  #settle(): void {
    if (this.#removed.size > 0) this.#sorted = this.#sorted.filter((key) => !this.#removed.has(key));
    this.#removed.clear();
    if (this.#added.size === 0) return;
    // Sorting a sorted array followed by a short one is one merge.
    const added = [...this.#added].sort();
    this.#added.clear();
    this.#sorted = this.#sorted.length === 0 ? added : [...this.#sorted, ...added].sort();
  }

  #firstFrom(bound: string): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle] < bound) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
