/** Numbers that are appended one by one and seen as one array, 8 bytes each. */
export class GrowableNumbers {
  length = 0;
  private store = new Float64Array(64);

  push(value: number): void {
    if (this.length === this.store.length) this.reserve(this.length * 2);
    this.store[this.length] = value;
    this.length += 1;
  }

  /** Appends `value` until there are `length` numbers. */
  padTo(length: number, value: number): void {
    if (length <= this.length) return;
    if (length > this.store.length) this.reserve(Math.max(length, this.store.length * 2));
    this.store.fill(value, this.length, length);
    this.length = length;
  }

  at(position: number): number {
    return position < this.length ? this.store[position] : Number.NaN;
  }

  /** The numbers so far, without a copy. */
  view(): Float64Array {
    return this.store.subarray(0, this.length);
  }

  /** Replaces all numbers. */
  assign(values: Float64Array): void {
    this.store = new Float64Array(Math.max(64, values.length));
    this.store.set(values);
    this.length = values.length;
  }

  private reserve(capacity: number): void {
    const next = new Float64Array(capacity);
    next.set(this.store.subarray(0, this.length));
    this.store = next;
  }
}
