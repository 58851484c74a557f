import { isFrameArray, type Frame } from '../protocol/frames.ts';
import { normaliseFrameKeys } from './frame-key.ts';
import type { DataProvider, FrameHeads } from './provider.ts';
import type { CachingProvider } from './with-cache.ts';

/** How far {@link withPrefetch} reads ahead. */
export interface PrefetchOptions {
  /** Bytes of one batch; default 1 MB. A batch has 1 to 64 frames. */
  batchByteLength?: number;
  /** Batches under way at a time; default 2. */
  batchesInFlight?: number;
}

const BATCH_BYTE_LENGTH = 1_000_000;
const MAX_BATCH_FRAMES = 64;
const BATCHES_IN_FLIGHT = 2;
/** A reader that moves by at most this many frames at a time is playing; further is a seek. */
const MAX_STEP = 8;

/**
 * Reads ahead of whoever plays: after a step of a few frames in one direction the next ones in that direction are read
 * in batches; a jump, or other keys, aborts what is under way. Wraps a cache, which is where the frames arrive:
 * `withPrefetch(withCache(provider))`.
 */
export function withPrefetch<P extends DataProvider & CachingProvider>(provider: P, options: PrefetchOptions = {}): P {
  const batchByteLength = options.batchByteLength ?? BATCH_BYTE_LENGTH;
  const batchesInFlight = options.batchesInFlight ?? BATCHES_IN_FLIGHT;
  let last: number | undefined;
  let direction: 1 | -1 = 1;
  let wanted: readonly string[] | undefined;
  /** Next frame to read ahead. */
  let frontier = 0;
  /** First index behind the end of the trajectory, as far as it is known. */
  let end = Number.POSITIVE_INFINITY;
  let frameByteLength = 0;
  let abort = new AbortController();
  let underWay = 0;

  const stop = (): void => {
    abort.abort();
    abort = new AbortController();
    underWay = 0;
  };

  const fetchBatch = async (start: number, stopAt: number, signal: AbortSignal): Promise<void> => {
    let next = start;
    try {
      for await (const frame of provider.readRange(start, stopAt, { ...(wanted && { data: wanted }), signal }))
        next = frame.index + 1;
      if (next < stopAt && !signal.aborted) end = next;
    } catch {
      // Whoever reads the frame is told; here the reading ahead begins anew at the next step.
      if (!signal.aborted) last = undefined;
    }
    if (signal.aborted) return;
    underWay -= 1;
    if (last !== undefined) readAhead(last);
  };

  const readAhead = (index: number): void => {
    const batch =
      frameByteLength === 0
        ? 1
        : Math.max(1, Math.min(MAX_BATCH_FRAMES, Math.floor(batchByteLength / frameByteLength)));
    const horizon = index + direction * batch * batchesInFlight;
    if ((frontier - index) * direction <= 0) frontier = index + direction;
    const isWithin = (at: number): boolean => at >= 0 && at < end && (horizon - at) * direction >= 0;
    while (underWay < batchesInFlight) {
      while (isWithin(frontier) && provider.isCached(frontier, wanted)) frontier += direction;
      if (!isWithin(frontier)) return;
      const from = direction === 1 ? frontier : Math.max(0, frontier - batch + 1);
      const to = direction === 1 ? Math.min(end, frontier + batch) : frontier + 1;
      frontier = direction === 1 ? to : from - 1;
      underWay += 1;
      void fetchBatch(from, to, abort.signal);
    }
  };

  const measure = (frame: Frame): void => {
    frameByteLength = 0;
    for (const value of Object.values(frame.data)) if (isFrameArray(value)) frameByteLength += value.data.byteLength;
  };

  const read: DataProvider['read'] = async (index, readOptions = {}) => {
    const keys = normaliseFrameKeys(readOptions.data);
    // Somebody else looks at the same frame; where people go is known from the one who asked first.
    if (index === last && wanted !== undefined && keys?.join() !== wanted.join())
      return provider.read(index, readOptions);
    const step = last === undefined ? 0 : index - last;
    const isPlaying = step !== 0 && Math.abs(step) <= MAX_STEP;
    const isSame = keys?.join() === wanted?.join();
    if (!isSame || Math.abs(step) > MAX_STEP || (isPlaying && Math.sign(step) !== direction)) stop();
    if (isPlaying) direction = step > 0 ? 1 : -1;
    if (!isSame || !isPlaying) frontier = index + direction;
    wanted = keys;
    last = index;
    const reading = provider.read(index, readOptions);
    // What is asked for now goes out before what is only expected.
    if (isPlaying && isSame) readAhead(index);
    const frame = await reading;
    measure(frame);
    return frame;
  };

  return {
    ...provider,
    get cachedByteLength() {
      return provider.cachedByteLength;
    },
    read,
    async info(how?: { signal?: AbortSignal }) {
      const info = await provider.info(how);
      end = info.count;
      return info;
    },
    invalidate(ids?: readonly string[], heads?: FrameHeads) {
      stop();
      frontier = last ?? 0;
      if (ids === undefined) end = Number.POSITIVE_INFINITY;
      provider.invalidate(ids, heads);
    },
    async close() {
      stop();
      last = undefined;
      await provider.close();
    },
  };
}
