import { CovalenceError } from '../protocol/errors.ts';
import type { Frame } from '../protocol/frames.ts';
import { CONTENT_TYPE, routes } from '../protocol/routes.ts';
import { corrupt } from './frame-verification.ts';
import { AnswerLost } from './open-answer.ts';
import type { FrameArchive, FrameChange, FrameCommit } from './frame-archive.ts';
import { isCount, isRecord } from './frame-codec.ts';
import { frameNotFound, selectFrame } from './frame-facts.ts';
import { normaliseFrameKeys } from './frame-key.ts';
import { decodeFrames, framesOf } from './frame-stream-decoder.ts';
import type { Hasher } from './hash.ts';
import { type HttpAnswer, type HttpClient, unexpected } from './http-client.ts';
import { MAX_OVERTAKEN, type NewestVersions } from './newest-versions.ts';

/** What the historian needs of its provider. */
export interface HttpArchiveParts {
  client: HttpClient;
  /** Asks for frames; a key that no frame has is left out. */
  request: (
    query: Record<string, string | undefined>,
    keys: readonly string[] | undefined,
    signal?: AbortSignal,
  ) => Promise<HttpAnswer>;
  room: string;
  server: string;
  newest: NewestVersions;
  hasher: Hasher | undefined;
}

/** The half of `httpProvider` that knows frames by id, earlier versions and the history. */
export function httpArchive({ client, request, room, server, newest, hasher }: HttpArchiveParts): FrameArchive {
  const readOnce = async (
    id: string,
    version: number | undefined,
    keys: readonly string[] | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Frame> => {
    // One frame by id refuses a key that it lacks, so an earlier version is read whole.
    const { body, frames } =
      version === undefined
        ? await request({ id }, keys, signal)
        : await client.request({
            path: routes.frame(room, id),
            query: { version: String(version) },
            accept: CONTENT_TYPE.frames,
            signal,
          });
    let found: Frame | undefined;
    const decoding = hasher === undefined ? {} : { hasher };
    for await (const frame of frames ? framesOf(frames, decoding) : decodeFrames(body, decoding)) found = frame;
    if (found === undefined) throw frameNotFound(id, 0);
    if (found.id !== id || (version !== undefined && found.version !== version)) throw another(id, version, found);
    return found;
  };
  return {
    async readById(id, { version, data, signal } = {}) {
      const keys = normaliseFrameKeys(data);
      for (let overtaken = 0; ; overtaken += 1) {
        const news = newest.watch();
        try {
          const found = await readOnce(id, version, keys, signal);
          if (version === undefined) newest.check(found);
          return selectFrame(found, keys);
        } catch (error) {
          if (error instanceof AnswerLost) continue;
          if (overtaken >= MAX_OVERTAKEN || !news.explains(error)) throw error;
        } finally {
          news.end();
        }
      }
    },
    async history(since, limit, { signal } = {}) {
      const { value } = await client.value({
        path: routes.log(room),
        query: { since: String(since), limit: String(limit) },
        accept: CONTENT_TYPE.json,
        signal,
      });
      if (!isRecord(value) || !isCount(value['seq']) || !Array.isArray(value['records']))
        throw unexpected('its history is no list of records', server);
      newest.saw(value['seq']);
      return { seq: value['seq'], commits: value['records'].filter(isRecord).map(commitOf) };
    },
  };
}

function commitOf(wire: Record<string, unknown>): FrameCommit {
  const { seq, at_ms: atMs, author, session, undo, redo, ops } = wire;
  return {
    seq: Number(seq),
    atMs: Number(atMs),
    ...(typeof author === 'string' ? { author } : {}),
    ...(typeof session === 'string' ? { session } : {}),
    ...(isCount(undo) ? { undo } : {}),
    ...(isCount(redo) ? { redo } : {}),
    changes: Array.isArray(ops) ? ops.filter(isRecord).flatMap(changeOf) : [],
  };
}

function changeOf(wire: Record<string, unknown>): FrameChange[] {
  const { op } = wire;
  const id = String(wire['id']);
  const version = Number(wire['version']);
  if (op === 'set') return [{ op, id, version, hashes: (wire['hashes'] ?? {}) as Record<string, string | null> }];
  if (op === 'remove' || op === 'restore') return [{ op, id, version }];
  if (op === 'move') return [{ op, id }];
  if (op !== 'insert' || !Array.isArray(wire['frames'])) return [];
  const frames = wire['frames'].filter(isRecord);
  return [{ op, frames: frames.map((frame) => ({ id: String(frame['id']), version: Number(frame['version']) })) }];
}

function another(id: string, version: number | undefined, found: Frame): CovalenceError {
  const asked = version === undefined ? `"${id}"` : `"${id}" at version ${version}`;
  const message = `Frame ${asked} was asked for, "${found.id}" at version ${found.version} arrived. Ask again.`;
  return corrupt(message, { frame: id, version, found: found.id });
}
