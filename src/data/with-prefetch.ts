import { isFrameArray, type Frame } from '../protocol/frames.ts';
import { normaliseFrameKeys } from './frame-key.ts';
import { type Batch, lateBatches } from './late-batches.ts';
import type { DataProvider, FrameHeads, ReadOptions } from './provider.ts';
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
 * in batches; a jump, or other keys, aborts what is under way, and so does a line too narrow for what is played. Wraps a
 * cache, which is where the frames arrive: `withPrefetch(withCache(provider))`.
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
  const underWay = new Map<Batch, Promise<void>>();
  const late = lateBatches();
  /** Aborts the wait for batches that come too late; whoever waited asks for the frame alone. */
  let waiting = new AbortController();
  /** Until what was given up has let go: who asked before would wait for it still. */
  let isFree: Promise<void> | undefined;

  const stop = (): void => {
    abort.abort();
    abort = new AbortController();
    underWay.clear();
  };

  const fetchBatch = async (batch: Batch, stopAt: number, signal: AbortSignal): Promise<void> => {
    try {
      for await (const frame of provider.readRange(batch.from, stopAt, { ...(wanted && { data: wanted }), signal }))
        batch.next = frame.index + 1;
      if (signal.aborted) return;
      if (batch.next < stopAt) end = batch.next;
      late.reset();
    } catch {
      // Whoever reads the frame is told; here the reading ahead begins anew at the next step.
      if (!signal.aborted) last = undefined;
    }
    if (signal.aborted) return;
    underWay.delete(batch);
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
    while (underWay.size < batchesInFlight) {
      while (isWithin(frontier) && provider.isCached(frontier, wanted)) frontier += direction;
      if (!isWithin(frontier)) return;
      const from = direction === 1 ? frontier : Math.max(0, frontier - batch + 1);
      const to = direction === 1 ? Math.min(end, frontier + batch) : frontier + 1;
      frontier = direction === 1 ? to : from - 1;
      const ahead: Batch = { from, next: from };
      underWay.set(ahead, fetchBatch(ahead, to, abort.signal));
    }
  };

  const measure = (frame: Frame): void => {
    frameByteLength = 0;
    for (const value of Object.values(frame.data)) if (isFrameArray(value)) frameByteLength += value.data.byteLength;
  };

  const readUnlessLate = async (
    index: number,
    keys: readonly string[] | undefined,
    how: ReadOptions,
  ): Promise<Frame> => {
    if (provider.isCached(index, keys)) return provider.read(index, how);
    if (isFree !== undefined) await isFree;
    const isLate = waiting.signal;
    try {
      const signal = how.signal === undefined ? isLate : AbortSignal.any([how.signal, isLate]);
      return await provider.read(index, { ...how, signal });
    } catch (error) {
      if (how.signal?.aborted === true || !isLate.aborted) throw error;
      await isFree;
      return await provider.read(index, how);
    }
  };

  const read: DataProvider['read'] = async (index, readOptions = {}) => {
    const keys = normaliseFrameKeys(readOptions.data);
    // Somebody else looks at the same frame; where people go is known from the one who asked first.
    if (index === last && wanted !== undefined && keys?.join() !== wanted.join())
      return provider.read(index, readOptions);
    const step = last === undefined ? 0 : index - last;
    // Who plays over a long way leaves frames out, and finds the next one among those that are coming.
    const isComing = underWay.size > 0 && step * direction > 0 && (frontier - index) * direction > 0;
    const isPlaying = isComing || (step !== 0 && Math.abs(step) <= MAX_STEP);
    const isSame = keys?.join() === wanted?.join();
    if (!isSame || (!isPlaying && step !== 0) || (isPlaying && Math.sign(step) !== direction)) {
      stop();
      late.reset();
    } else if (isPlaying && late.isLate(index, direction, underWay.keys())) {
      isFree = Promise.all(underWay.values()).then(() => (isFree = undefined));
      stop();
      frontier = index + direction;
      waiting.abort();
      waiting = new AbortController();
    }
    if (isPlaying) direction = step > 0 ? 1 : -1;
    if (!isSame || !isPlaying) frontier = index + direction;
    wanted = keys;
    last = index;
    const reading = readUnlessLate(index, keys, readOptions);
    // What is asked for now goes out before what is only expected.
    if (isPlaying && isSame && !late.isPausing(step)) readAhead(index);
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
