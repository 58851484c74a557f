import { CovalenceError } from '../../../protocol/errors.ts';

const READING_FRAMES = ['index', 'id', 'data', 'have'];
const PLACE = ['after', 'before'];

/**
 * What the query of a request may name, by method, collection and, where one thing of it is meant, `*`. Zarr stores and
 * blobs are not here: programs that read any such store put into an address what they like.
 */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  'GET frames': READING_FRAMES,
  'GET frames *': ['data', 'have', 'version'],
  'GET scalars': ['data'],
  'GET order': ['from', 'limit'],
  'GET log': ['since', 'limit'],
  'GET export': ['format', 'data'],
  'POST frames': PLACE,
  'POST import': ['name', 'topology', 'topology_length', ...PLACE],
  'PUT frames *': ['base_version'],
  'PATCH frames *': ['base_version'],
  'DELETE frames *': ['base_version'],
};
const UNCHECKED: ReadonlySet<string | undefined> = new Set(['zarr', 'blobs']);

/**
 * Throws `request/invalid` for a query that names what the request at `path` (segments below `/v1/rooms`) does not know,
 * or the same thing twice: `?stop=5` would else read everything and `?data=a&data=b` only `a`. A token may always be there.
 */
export function assertKnownQuery(method: string, path: readonly string[], query: URLSearchParams): void {
  const [, collection, member] = path;
  if (UNCHECKED.has(collection)) return;
  const request = [method, ...(collection === undefined ? [] : [collection]), ...(member === undefined ? [] : ['*'])];
  const known = KNOWN[request.join(' ')] ?? [];
  const seen = new Set<string>();
  for (const name of query.keys()) {
    if (name === 'token') continue;
    if (!known.includes(name)) throw unknownName(name, known);
    if (seen.has(name)) throw twice(name);
    seen.add(name);
  }
}

function unknownName(name: string, known: readonly string[]): CovalenceError {
  const what = known.length === 0 ? 'this request knows none' : `this request knows ${known.join(', ')}`;
  return new CovalenceError(
    'request/invalid',
    `"${name.slice(0, 40)}" means nothing in the query here; ${what}. Nothing was done.`,
    { parameter: name.slice(0, 40), known },
  );
}

function twice(name: string): CovalenceError {
  return new CovalenceError(
    'request/invalid',
    `"${name}" is in the query twice. Write it once, several values with commas. Nothing was done.`,
    { parameter: name },
  );
}

/** Throws `request/invalid` for a field of `map` that is not in `known`; `what` says whose it is, e.g. `A lock`. */
export function assertKnownFields(
  map: Readonly<Record<string, unknown>>,
  known: readonly string[],
  what: string,
): void {
  const stranger = Object.keys(map).find((name) => !known.includes(name));
  if (stranger === undefined) return;
  throw new CovalenceError(
    'request/invalid',
    `${what} has no field "${stranger.slice(0, 40)}"; it has ${known.join(', ')}. Nothing was done.`,
    { field: stranger.slice(0, 40), known },
  );
}
