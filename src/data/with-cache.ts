import type { Frame } from '../protocol/frames.ts';
import { LIMITS } from '../protocol/limits.ts';
import { forwardAbilities } from './forward-writer.ts';
import { assertRange, selectFrame } from './frame-facts.ts';
import { type FrameRead, frameRead } from './frame-read.ts';
import { emptyRecord, normaliseFrameKeys } from './frame-key.ts';
import { FrameTable } from './frame-table.ts';
import {
  type DataProvider,
  type FrameHeads,
  type HeldValues,
  type InvalidatableProvider,
  type ReadOptions,
  isChangingProvider,
  isInvalidatable,
} from './provider.ts';
import { type RangeFlight, rangeFlight } from './range-flight.ts';
import { ValueCache } from './value-cache.ts';

/** True when the provider knows what it holds. */
export function isCachingProvider(provider: DataProvider): provider is DataProvider & CachingProvider {
  return 'cachedParts' in provider;
}

/** How much {@link withCache} keeps. */
export interface CacheOptions {
  /** Bytes of values kept; default 256 MiB. */
  byteLength?: number;
}

/** What a cache adds to a provider. */
export interface CachingProvider extends InvalidatableProvider {
  /** True when the frame can be read without asking the provider beneath. */
  isCached(index: number, keys?: readonly string[]): boolean;
  /** How much of each of `parts` equal stretches of `count` frames is held under `key`, 0 to 1. */
  cachedParts(parts: number, count: number, key: string): Float32Array;
  /** Called for each frame that came to be held and when some were given up; returns its own undo. */
  onCached(listener: () => void): () => void;
  /** Bytes of values kept now. */
  readonly cachedByteLength: number;
}

const DEFAULT_BYTE_LENGTH = 256 * 1024 * 1024;
/** Bytes that one range request of a long range asks for; two are in flight. */
const RANGE_BYTE_LENGTH = 4 * 1024 * 1024;
const MAX_RANGE_FRAMES = 64;
const FIRST_RANGE_FRAMES = 8;
/** Values of fewer bytes are sent faster than they are named. */
const WORTH_NAMING = 2 * LIMITS.inlineValueByteLength;

/**
 * Remembers values by their hash: equal ones are one object, least recently used ones are forgotten, and what is held
 * is not fetched again, also when several ask at the same time or when a frame's other values have changed. A write
 * through it, or `invalidate`, makes it ask for the versions of frames anew.
 */
export function withCache<P extends DataProvider>(provider: P, options: CacheOptions = {}): P & CachingProvider {
  const cache = new ValueCache(options.byteLength ?? DEFAULT_BYTE_LENGTH);
  const table = new FrameTable(cache);
  const reads = new Map<number, readonly FrameRead[]>();
  const ranges = new Set<RangeFlight>();
  const listeners = new Set<() => void>();
  let generation = 0;
  let frameByteLength = 0;

  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const forget = (ids: readonly string[] | undefined, heads?: FrameHeads): void => {
    // Frames were added and none changed.
    if (ids?.length === 0) return;
    generation += 1;
    table.invalidate(ids, heads);
    // What is under way was asked for before the change; nobody may join it any more.
    reads.clear();
    ranges.clear();
    tell();
  };
  const heldFor = (index: number, keys: readonly string[] | undefined): HeldValues => {
    // What is named stays at hand until it is referred to, also when it is forgotten meanwhile.
    const held = new Map<string, Uint8Array | undefined>();
    for (const hash of table.likely(index, keys))
      if (cache.byteLengthOf(hash) > WORTH_NAMING) held.set(hash, cache.bytes(hash));
    return { hashes: [...held.keys()], get: (hash) => held.get(hash) ?? cache.bytes(hash) };
  };
  const learn = (frame: Frame, keys: readonly string[] | undefined, asOf: number): Frame => {
    frameByteLength = 0;
    for (const value of Object.values(frame.data))
      if (typeof value === 'object') frameByteLength += value.data.byteLength;
    const learned = table.learn(frame, keys, asOf === generation);
    tell();
    return learned;
  };

  const fetchNow = async (index: number, keys: readonly string[] | undefined, signal?: AbortSignal): Promise<Frame> => {
    const asOf = generation;
    const held = heldFor(index, keys);
    return learn(
      await provider.read(index, { ...(keys && { data: keys }), held, ...(signal && { signal }) }),
      keys,
      asOf,
    );
  };

  /** Fetches a frame once for all who ask for keys of it now. */
  const fetch = (
    index: number,
    keys: readonly string[] | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Frame> => {
    const joined = reads.get(index)?.find((each) => each.takes(keys));
    if (joined !== undefined) return joined.join(keys, signal);
    const end = (): void => {
      const rest = reads.get(index)?.filter((each) => each !== own) ?? [];
      if (rest.length > 0) reads.set(index, rest);
      else reads.delete(index);
    };
    const own = frameRead((wanted, abort) => fetchNow(index, wanted, abort), end, keys);
    reads.set(index, [...(reads.get(index) ?? []), own]);
    return own.join(keys, signal);
  };

  const read = async (index: number, { data, signal }: ReadOptions = {}): Promise<Frame> => {
    signal?.throwIfAborted();
    const keys = normaliseFrameKeys(data);
    if (keys === undefined) {
      // Parts that are on their way are waited for, so that they can be named and need not come again.
      for (const range of ranges) if (range.covers(index, [])) await joinHeld(range, index, signal);
    }
    const { frame, missing } = table.known(index, keys);
    if (frame !== undefined && missing?.length === 0) return frame;
    for (const range of ranges) {
      const coming = range.covers(index, missing) ? await joinHeld(range, index, signal) : undefined;
      const whole = coming === undefined ? undefined : merge(frame, coming, keys);
      if (whole !== undefined) return whole;
    }
    const whole = merge(frame, await fetch(index, missing, signal), keys);
    // Another version than that of the part which was known: ask for everything of the newest.
    return whole ?? selectFrame(await fetch(index, keys, signal), keys);
  };

  /** The longest run from `index` on of frames that lack the same keys. */
  const startRun = (index: number, stop: number, keys: readonly string[] | undefined): RangeFlight | undefined => {
    const { frame, missing } = table.known(index, keys);
    if (frame !== undefined && missing?.length === 0) return undefined;
    const length = frameByteLength === 0 ? FIRST_RANGE_FRAMES : Math.floor(RANGE_BYTE_LENGTH / frameByteLength);
    const furthest = Math.min(stop, index + Math.max(1, Math.min(length, MAX_RANGE_FRAMES)));
    let end = index + 1;
    while (end < furthest && table.known(end, keys).missing?.join() === missing?.join()) end += 1;
    const asOf = generation;
    const held = heldFor(index, missing);
    const flight = rangeFlight(
      index,
      end,
      missing,
      (signal) => provider.readRange(index, end, { ...(missing && { data: missing }), held, signal }),
      {
        onFrame: (arrived) => learn(arrived, missing, asOf),
        onEnd: () => ranges.delete(flight),
      },
    );
    ranges.add(flight);
    return flight;
  };

  async function* readRange(start: number, stop: number, { data, signal }: ReadOptions = {}): AsyncGenerator<Frame> {
    assertRange(start, stop);
    const keys = normaliseFrameKeys(data);
    const own = new Set<RangeFlight>();
    const use = (flight: RangeFlight | undefined): void => {
      if (flight === undefined || own.has(flight)) return;
      flight.hold();
      own.add(flight);
    };
    const inFlight = (index: number): RangeFlight | undefined => {
      const { missing } = table.known(index, keys);
      for (const range of ranges) if (range.covers(index, missing)) return range;
      return undefined;
    };
    try {
      for (let index = start; index < stop; index += 1) {
        signal?.throwIfAborted();
        const { missing, ...part } = table.known(index, keys);
        let { frame } = part;
        if (frame === undefined || missing?.length !== 0) {
          const flight = inFlight(index) ?? startRun(index, stop, keys);
          use(flight);
          // The next run is under way while this one is used.
          if (flight !== undefined && flight.stop < stop && !inFlight(flight.stop))
            use(startRun(flight.stop, stop, keys));
          const coming = await flight?.join(index, signal);
          frame = coming === undefined ? undefined : merge(frame, coming, keys);
          if (frame === undefined && flight?.endedAt !== undefined && flight.endedAt <= index) return;
        }
        yield frame ?? (await read(index, { ...(keys && { data: keys }), ...(signal && { signal }) }));
      }
    } finally {
      for (const flight of own) flight.release();
    }
  }

  if (isChangingProvider(provider)) provider.onChange(({ ids }) => forget(ids));

  return {
    ...provider,
    ...forwardAbilities(provider, forget),
    read,
    readRange,
    info: (how) => provider.info(how),
    scalars: (keys, how) => provider.scalars(keys, how),
    isCached(index, keys) {
      const { frame, missing } = table.known(index, normaliseFrameKeys(keys));
      return frame !== undefined && missing?.length === 0;
    },
    cachedParts: (parts, count, key) => table.heldParts(parts, count, key),
    onCached(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get cachedByteLength() {
      return cache.byteLength;
    },
    invalidate(ids, heads) {
      forget(ids, heads);
      if (isInvalidatable(provider)) provider.invalidate(ids, heads);
    },
    async close() {
      listeners.clear();
      cache.clear();
      await provider.close();
    },
  };
}

async function joinHeld(
  range: RangeFlight,
  index: number,
  signal: AbortSignal | undefined,
): Promise<Frame | undefined> {
  range.hold();
  try {
    return await range.join(index, signal);
  } finally {
    range.release();
  }
}

/** Both parts of one version of a frame under `keys`; undefined when they are of different versions. */
function merge(known: Frame | undefined, fetched: Frame, keys: readonly string[] | undefined): Frame | undefined {
  if (known === undefined || Object.keys(known.data).length === 0) return selectFrame(fetched, keys);
  if (known.id !== fetched.id || known.version !== fetched.version) return undefined;
  const hashes = Object.assign(emptyRecord<string>(), known.hashes, fetched.hashes);
  const data = Object.assign(emptyRecord<Frame['data'][string]>(), known.data, fetched.data);
  return selectFrame({ ...fetched, hashes, data }, keys);
}
