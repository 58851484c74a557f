import { CovalenceError, isCovalenceError } from '../protocol/errors.ts';
import { type Frame, type TrajectoryInfo, isFrameArray } from '../protocol/frames.ts';
import { LIMITS } from '../protocol/limits.ts';
import { CONTENT_TYPE, HEADER, routes } from '../protocol/routes.ts';
import { isCount, isRecord, valueFromWire } from './frame-codec.ts';
import { assertRange, frameNotFound, selectFrame } from './frame-facts.ts';
import { emptyRecord, normaliseFrameKeys } from './frame-key.ts';
import { decodeFrames, framesOf } from './frame-stream-decoder.ts';
import type { Hasher } from './hash.ts';
import { type HttpAnswer, type HttpClientOptions, httpClient, unexpected } from './http-client.ts';
import { httpArchive } from './http-archive.ts';
import { httpLocker } from './http-locker.ts';
import { httpWriter } from './http-writer.ts';
import { MAX_OVERTAKEN, NewestVersions } from './newest-versions.ts';
import { AnswerLost } from './open-answer.ts';
import type { FrameArchive } from './frame-archive.ts';
import type { FrameLocker } from './frame-locker.ts';
import type { DataProvider, FrameWriter, InformedProvider, InvalidatableProvider, ReadOptions } from './provider.ts';

/** How {@link httpProvider} reaches a room. */
export interface HttpProviderOptions extends HttpClientOptions {
  room: string;
  hasher?: Hasher;
}

/** Most hashes that are named in `have=`; each takes 65 bytes of the address. */
const MAX_HELD = 16;

/**
 * Frames of a room on a server. Every value's sha256 is compared with the announced one before it is handed out; what is
 * damaged, cut off, swapped or left out rejects with `frame/corrupt`, what is older than what was seen with
 * `server/behind`, a dead network with `server/unreachable`. Remembers no frames: wrap it in `withCache`.
 */
export function httpProvider(
  options: HttpProviderOptions,
): DataProvider & FrameWriter & FrameArchive & FrameLocker & InvalidatableProvider & InformedProvider {
  const { room, url: server } = options;
  const client = httpClient(options);
  const newest = new NewestVersions();

  const info = async ({ signal }: { signal?: AbortSignal } = {}): Promise<TrajectoryInfo> => {
    const { value } = await client.value({ path: routes.room(room), accept: CONTENT_TYPE.json, signal });
    const found = trajectoryInfo(value);
    if (found === undefined) throw unexpected('its description of the room names no epoch, seq and count', server);
    newest.setEpoch(found.epoch);
    newest.saw(found.seq);
    return found;
  };

  /** Asks for frames; again without the keys that the whole trajectory lacks, which the server refuses as misspelt. */
  const request = async (
    query: Record<string, string | undefined>,
    keys: readonly string[] | undefined,
    signal?: AbortSignal,
  ): Promise<HttpAnswer> => {
    for (;;) {
      const known = keys?.filter((key) => !newest.isAbsent(key));
      try {
        return await client.request({
          path: routes.frames(room),
          query: { ...query, data: known?.join(',') },
          headers: { [HEADER.seq]: newest.seq === 0 ? undefined : String(newest.seq) },
          accept: CONTENT_TYPE.frames,
          signal,
        });
      } catch (error) {
        const absent = isCovalenceError(error, 'frame/key-unknown') ? error.fields['key'] : undefined;
        if (typeof absent !== 'string' || known?.includes(absent) !== true) throw error;
        newest.setAbsent(absent);
      }
    }
  };

  /**
   * Frames `[start, stop)` in one request, checked; `stop` is cut by the server. What became old on its way, because news
   * comes by a faster channel, is asked for again.
   */
  async function* batch(start: number, stop: number, { data, held, signal }: ReadOptions): AsyncGenerator<Frame> {
    assertRange(start, stop);
    signal?.throwIfAborted();
    if (start === stop) return;
    const keys = normaliseFrameKeys(data);
    const have = held?.hashes.slice(0, MAX_HELD);
    const named = have === undefined || have.length === 0 ? undefined : have.join(',');
    const decoding = {
      ...(options.hasher && { hasher: options.hasher }),
      ...(held && { held: (hash: string) => held.get(hash) }),
    };
    let expected = start;
    for (let overtaken = 0; ; overtaken += 1) {
      const news = newest.watch();
      try {
        const { headers, body, frames } = await request({ index: `${expected}:${stop}`, have: named }, keys, signal);
        for await (const frame of frames ? framesOf(frames, decoding) : decodeFrames(body, decoding)) {
          signal?.throwIfAborted();
          if (frame.index !== expected || expected >= stop) throw misplaced(frame, expected, stop);
          newest.check(frame);
          expected += 1;
          yield selectFrame(frame, keys);
        }
        newest.saw(Number(headers.get(HEADER.seq) ?? Number.NaN));
        break;
      } catch (error) {
        // There is one reader to lose.
        if (error instanceof AnswerLost) continue;
        if (overtaken >= MAX_OVERTAKEN || !news.explains(error)) throw error;
      } finally {
        news.end();
      }
    }
    // A short answer is right only where the trajectory ends.
    if (expected < stop && (await info({ ...(signal && { signal }) })).count > expected) throw missing(expected, stop);
  }

  async function* batches(start: number, stop: number, readOptions: ReadOptions): AsyncGenerator<Frame> {
    assertRange(start, stop);
    for (let from = start; from < stop; from += LIMITS.framesPerBatch) {
      const to = Math.min(stop, from + LIMITS.framesPerBatch);
      let count = 0;
      for await (const frame of batch(from, to, readOptions)) {
        count += 1;
        yield frame;
      }
      if (count < to - from) return;
    }
  }

  return {
    info,
    async read(index, readOptions = {}) {
      readOptions.signal?.throwIfAborted();
      if (!isCount(index)) throw frameNotFound(index, (await info(readOptions)).count);
      let found: Frame | undefined;
      // To the end of the answer, so that the connection can be used again.
      for await (const frame of batch(index, index + 1, readOptions)) found = frame;
      if (found !== undefined) return found;
      throw frameNotFound(index, (await info(readOptions)).count);
    },
    // One request needs no generator around its own: each costs as much as a small frame.
    readRange: (start, stop, readOptions = {}) =>
      stop - start <= LIMITS.framesPerBatch ? batch(start, stop, readOptions) : batches(start, stop, readOptions),
    async scalars(keys, { signal } = {}) {
      const query = { data: normaliseFrameKeys(keys)?.join(',') };
      const { value } = await client.value({ path: routes.scalars(room), query, accept: CONTENT_TYPE.msgpack, signal });
      if (!isRecord(value)) throw unexpected('its scalars are no map', server);
      const scalars = emptyRecord<Float64Array>();
      for (const [key, wire] of Object.entries(value)) {
        const array = valueFromWire(key, wire);
        if (!isFrameArray(array)) throw unexpected(`its scalars of "${key}" are no array`, server);
        scalars[key] = Float64Array.from(array.data);
      }
      return scalars;
    },
    ...httpWriter(client, room, server, newest),
    ...httpArchive({ client, request, room, server, newest, hasher: options.hasher }),
    ...httpLocker(client, room, server),
    inform({ seq, versions = {} }) {
      if (seq !== undefined) newest.saw(seq);
      for (const [id, version] of Object.entries(versions)) newest.learn(id, version);
    },
    // Nothing is remembered but which versions were seen, and those only grow.
    invalidate: () => undefined,
    close: async () => undefined,
  };
}

function trajectoryInfo(value: unknown): TrajectoryInfo | undefined {
  if (!isRecord(value) || typeof value['epoch'] !== 'string' || !isCount(value['seq']) || !isCount(value['count']))
    return undefined;
  const { epoch, seq, changes, order, count, keys, indexing, damage } = value as unknown as TrajectoryInfo;
  const found: TrajectoryInfo = { epoch, seq, count, keys: Array.isArray(keys) ? keys : [] };
  if (isCount(changes)) found.changes = changes;
  if (isCount(order)) found.order = order;
  if (isRecord(indexing)) found.indexing = indexing;
  if (isRecord(damage)) found.damage = damage;
  return found;
}

function misplaced(frame: Frame, expected: number, stop: number): CovalenceError {
  const asked = expected < stop ? `frame ${expected}` : 'the end of the answer';
  const message = `Frame ${frame.index} (${frame.id}) arrived where ${asked} was expected. Ask again.`;
  return new CovalenceError('frame/corrupt', message, { frame: frame.id, index: frame.index, expected });
}

function missing(index: number, stop: number): CovalenceError {
  const message = `Frames ${index} to ${stop - 1} were asked for and left out of the answer, though the trajectory has them. Ask again.`;
  return new CovalenceError('frame/corrupt', message, { index, stop });
}
