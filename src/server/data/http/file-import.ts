import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adaptedReader } from '../../../data/formats/adapt/open-adapted.ts';
import type { Trajectory } from '../../../data/formats/format.ts';
import { CovalenceError } from '../../../protocol/errors.ts';
import type { FrameData } from '../../../protocol/frames.ts';
import { fileScratch } from '../file-scratch.ts';
import { fileSource } from '../file-source.ts';
import { storeError } from '../store-errors.ts';
import { commitContext, type RoomRequest } from './channel-context.ts';
import { committed, placeOf } from './frame-writes.ts';
import { bodyPieces } from './request-body.ts';

const FILE_NAME = /^[^/\\\0]{1,255}$/;

/**
 * `POST .../import?name=run.xyz[&after=|&before=]`: the frames of a whole file of any known format, sent as it is, all
 * of them or none. The file is kept on disk only while it is read. With `&topology=conf.gro&topology_length=N` the first
 * N bytes of the body are the file that says which atoms the rest has.
 */
export async function importFile(call: RoomRequest): Promise<Response> {
  const { request, url, openTrajectory } = call;
  const name = url.searchParams.get('name') ?? 'upload';
  if (!FILE_NAME.test(name)) {
    throw new CovalenceError('request/invalid', '"name" is the name of the file, without folders.', {});
  }
  if (openTrajectory === undefined) {
    throw new CovalenceError('file/unknown-format', 'This server was made without a reader of files.');
  }
  const topologyName = url.searchParams.get('topology');
  const topologyLength = Number(url.searchParams.get('topology_length'));
  if (
    topologyName !== null &&
    !(FILE_NAME.test(topologyName) && Number.isSafeInteger(topologyLength) && topologyLength > 0)
  ) {
    throw new CovalenceError(
      'request/invalid',
      '"topology" is the name of a file without folders, and "topology_length" the number of its bytes at the begin of the body.',
    );
  }
  const directory = await placeFor(call.rooms.scratchDirectory ?? tmpdir());
  try {
    const path = join(directory, 'file');
    const pieces = bodyPieces(call, call.uploadLimit);
    const topologyPath = join(directory, 'topology');
    if (topologyName === null) await spool(pieces, path);
    else await spoolPair(pieces, topologyPath, topologyLength, path);
    const read =
      topologyName === null
        ? openTrajectory
        : adaptedReader({ topology: () => fileSource(topologyPath, topologyName) }, openTrajectory);
    const source = await fileSource(path, name);
    const scratch = fileScratch(join(directory, 'content'));
    try {
      const trajectory = await read(source, { signal: request.signal, scratch });
      await trajectory.index(undefined, request.signal);
      const place = placeOf(url.searchParams.get('after'), url.searchParams.get('before'));
      const edit = { op: 'insert' as const, frames: framesOf(trajectory, request.signal), ...place };
      return committed(call, await call.room.commit([edit], commitContext(call)), 201);
    } finally {
      await scratch.close();
      await source.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function placeFor(scratch: string): Promise<string> {
  try {
    await mkdir(scratch, { recursive: true });
    return await mkdtemp(join(scratch, 'covalence-import-'));
  } catch (error) {
    throw storeError(error, 'Keeping the file');
  }
}

async function* framesOf(trajectory: Trajectory, signal: AbortSignal): AsyncGenerator<FrameData> {
  for (let index = 0; index < trajectory.count; index += 1) yield await trajectory.read(index, undefined, signal);
}

/** The first `length` bytes go to one file, the rest to another. */
async function spoolPair(
  pieces: AsyncIterable<Uint8Array>,
  firstPath: string,
  length: number,
  restPath: string,
): Promise<void> {
  const all = pieces[Symbol.asyncIterator]();
  let left = length;
  let over: Uint8Array | undefined;
  async function* first(): AsyncGenerator<Uint8Array> {
    while (left > 0) {
      const { done, value } = await all.next();
      if (done === true) return;
      const piece = value.subarray(0, left);
      left -= piece.byteLength;
      over = value.subarray(piece.byteLength);
      yield piece;
    }
  }
  async function* rest(): AsyncGenerator<Uint8Array> {
    if (over !== undefined) yield over;
    for (let next = await all.next(); next.done !== true; next = await all.next()) yield next.value;
  }
  await spool(first(), firstPath);
  await spool(rest(), restPath);
}

async function spool(pieces: AsyncIterable<Uint8Array>, path: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for await (const piece of pieces) await file.writeFile(piece);
  } catch (error) {
    throw storeError(error, 'Keeping the file');
  } finally {
    await file.close();
  }
}
