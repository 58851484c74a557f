import type { FrameData } from '../protocol/frames.ts';
import { CONTENT_TYPE, HEADER, routes } from '../protocol/routes.ts';
import { assertSendable } from './assert-sendable.ts';
import { type FramePatch, patchToWire } from './delta.ts';
import type { FrameEdit } from './frame-edit.ts';
import { dataToWire, isCount, isRecord } from './frame-codec.ts';
import { emptyRecord } from './frame-key.ts';
import { fromHex, hashBytes } from './hash.ts';
import { type HttpClient, type HttpRequest, unexpected } from './http-client.ts';
import { encodeMsgpack } from './msgpack.ts';
import type { NewestVersions } from './newest-versions.ts';
import type { CommitOptions, CommitResult, FrameWriter, WriteOptions } from './provider.ts';

/** The writing half of `httpProvider`. */
export function httpWriter(client: HttpClient, room: string, server: string, newest: NewestVersions): FrameWriter {
  const commit = async (
    request: Omit<HttpRequest, 'accept'>,
    content?: unknown,
  ): Promise<CommitResult & { ids: string[] }> => {
    request.signal?.throwIfAborted();
    const headers: Record<string, string | undefined> = { ...request.headers };
    let body: Uint8Array<ArrayBuffer> | undefined;
    if (content !== undefined) {
      body = encodeMsgpack(content);
      headers['content-type'] = CONTENT_TYPE.msgpack;
      headers[HEADER.contentDigest] = `sha-256=:${base64(fromHex(await hashBytes(body)) ?? new Uint8Array(0))}:`;
    }
    const { value } = await client.value({
      ...request,
      accept: CONTENT_TYPE.msgpack,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const result = commitResult(value);
    if (result === undefined) throw unexpected('its answer to a write names no sequence number', server);
    newest.saw(result.seq);
    for (const [id, { version }] of Object.entries(result.frames)) newest.learn(id, version);
    return result;
  };
  const write = (method: string, id: string, options: WriteOptions, content?: unknown): Promise<CommitResult> =>
    commit(
      {
        method,
        path: routes.frame(room, id),
        ...accompanied(options, { 'if-match': `"v${options.baseVersion}"` }),
      },
      content,
    );
  const revert = (path: string, seq: number | undefined, options: CommitOptions): Promise<CommitResult> =>
    commit({ method: 'POST', path, ...accompanied(options) }, seq === undefined ? {} : { seq });

  return {
    patch: async (id, patch, options) => write('PATCH', id, options, sentPatch(patch)),
    replace: async (id, data, options) => write('PUT', id, options, sentData(data)),
    remove: async (id, options) => write('DELETE', id, options),
    insert: async (frames, options = {}) =>
      commit(
        {
          method: 'POST',
          path: routes.frames(room),
          query: { after: options.after, before: options.before },
          ...accompanied(options),
        },
        frames.map(sentData),
      ),
    commit: async (edits, options = {}) =>
      commit({ method: 'POST', path: routes.commit(room), ...accompanied(options) }, { ops: edits.map(editToWire) }),
    undo: async (seq, options = {}) => revert(routes.undo(room), seq, options),
    redo: async (seq, options = {}) => revert(routes.redo(room), seq, options),
  };
}

function sentData(data: FrameData): ReturnType<typeof dataToWire> {
  assertSendable(data);
  return dataToWire(data);
}

function sentPatch(patch: FramePatch): ReturnType<typeof patchToWire> {
  assertSendable(patch);
  return patchToWire(patch);
}

function accompanied(
  { lockToken, idempotencyKey, signal }: CommitOptions,
  headers: Readonly<Record<string, string>> = {},
): Pick<HttpRequest, 'headers' | 'signal'> {
  return { headers: { ...headers, [HEADER.lockToken]: lockToken, [HEADER.idempotencyKey]: idempotencyKey }, signal };
}

function editToWire(edit: FrameEdit): Record<string, unknown> {
  switch (edit.op) {
    case 'insert':
      return { ...edit, frames: edit.frames.map(sentData) };
    case 'move':
      return { ...edit };
    case 'remove':
      return { op: edit.op, id: edit.id, base_version: edit.baseVersion };
    case 'patch':
      return { op: edit.op, id: edit.id, base_version: edit.baseVersion, data: sentPatch(edit.data) };
    default:
      return { op: edit.op, id: edit.id, base_version: edit.baseVersion, data: sentData(edit.data) };
  }
}

function commitResult(value: unknown): (CommitResult & { ids: string[] }) | undefined {
  if (!isRecord(value) || !isCount(value['seq']) || !isRecord(value['frames'])) return undefined;
  const frames = emptyRecord<{ version: number; hashes: Record<string, string> }>();
  for (const [id, frame] of Object.entries(value['frames'])) {
    if (!isRecord(frame) || !isCount(frame['version'])) return undefined;
    const hashes = isRecord(frame['hashes']) ? (frame['hashes'] as Record<string, string>) : {};
    frames[id] = { version: frame['version'], hashes };
  }
  const ids = Array.isArray(value['ids']) ? (value['ids'] as string[]) : Object.keys(frames);
  const durability = typeof value['durability'] === 'string' ? value['durability'] : 'unknown';
  return { seq: value['seq'], frames, durability, ids };
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
