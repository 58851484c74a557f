/** A moment in the life of a store: everything stored or asked for again up to it is older. */
export type Mark = number;

/** Which blobs were put last, so that what a commit is about to name is not collected under its hands. */
export interface TouchTable {
  touch(hash: string): void;
  mark(): Mark;
  /** Whatever is touched from now on counts as younger than every mark, until the answer is called. */
  hold(): () => void;
  /** Forgets what is older than `mark` and every hold: it counts as older all the same. */
  trim(mark: Mark): void;
  /** Tells of a hash whether it was touched last before `mark`, and before every hold that stands. */
  isOlder(mark: Mark): (hash: string) => boolean;
}

/** A table that knows nothing yet: what it was never told of is older than any mark. */
export function touchTable(): TouchTable {
  const touched = new Map<string, Mark>();
  const holds = new Map<symbol, Mark>();
  let now: Mark = 1;
  const limitOf = (mark: Mark): Mark => Math.min(mark, ...holds.values());
  return {
    touch(hash) {
      touched.set(hash, now);
    },
    mark() {
      now += 1;
      return now;
    },
    hold() {
      const own = Symbol('hold');
      now += 1;
      holds.set(own, now);
      return () => holds.delete(own);
    },
    trim(mark) {
      const limit = limitOf(mark);
      for (const [hash, at] of touched) if (at < limit) touched.delete(hash);
    },
    isOlder(mark) {
      const limit = limitOf(mark);
      return (hash) => (touched.get(hash) ?? 0) < limit;
    },
  };
}
