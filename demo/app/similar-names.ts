/** A name's pairs of letters and digits, with how often each occurs. */
function pairsOf(name: string): Map<string, number> {
  const letters = name.toLowerCase().replace(/[^a-z0-9]+/g, '');
  const pairs = new Map<string, number>();
  for (let i = 0; i + 1 < letters.length; i += 1) {
    const pair = letters.slice(i, i + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}

/** How much of the shorter name is in the other one, 0 to 1. */
function likeness(one: Map<string, number>, other: Map<string, number>): number {
  const total = (pairs: Map<string, number>): number => [...pairs.values()].reduce((sum, count) => sum + count, 0);
  let shared = 0;
  for (const [pair, count] of one) shared += Math.min(count, other.get(pair) ?? 0);
  const shorter = Math.min(total(one), total(other));
  return shorter === 0 ? 0 : shared / shorter;
}

/** Of some names at most `most` that somebody may have meant by `name`, best first; none where none is alike. */
export function similarNames(name: string, names: readonly string[], most = 3): string[] {
  const wanted = pairsOf(name);
  return names
    .filter((each) => each !== name)
    .map((each) => ({ each, like: likeness(wanted, pairsOf(each)) }))
    .filter(({ like }) => like >= 0.5)
    .sort((a, b) => b.like - a.like || a.each.length - b.each.length)
    .slice(0, most)
    .map(({ each }) => each);
}
