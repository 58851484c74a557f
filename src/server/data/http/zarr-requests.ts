import { CovalenceError } from '../../../protocol/errors.ts';
import { CONTENT_TYPE, HEADER } from '../../../protocol/routes.ts';
import { zarrStore } from '../zarr/zarr-store.ts';
import type { RoomData } from '../room-data.ts';
import type { RoomRequest } from './channel-context.ts';
import { bytesAnswer } from './content.ts';
import { isFresh } from './frame-reads.ts';
import { wholeRoom } from './whole-room.ts';

/** `GET .../zarr/head/...` and `.../zarr/@{seq}/...`: the room as a Zarr store, now or at one commit. */
export async function readZarr(
  { request, room }: RoomRequest,
  [moment, ...path]: readonly string[],
): Promise<Response> {
  const asked = moment === 'head' ? undefined : /^@(\d{1,15})$/.exec(moment)?.[1];
  if (asked === undefined && moment !== 'head') {
    throw nothingAt(`zarr/${moment}`, 'Stores are zarr/head and zarr/@<seq>.');
  }
  await wholeRoom(room, request.signal);
  const seq = asked === undefined ? undefined : Number(asked);
  // Readers take "not there" for fill values; and whoever asks may have heard of this commit from another server.
  if (seq !== undefined) await room.catchUp(seq);
  const key = path.join('/');
  const answer = await keyOf(room, seq, key, request);
  if (answer !== undefined) return answer;
  const later =
    seq === undefined && (await room.catchUp(room.seq + 1)) ? await keyOf(room, seq, key, request) : undefined;
  if (later !== undefined) return later;
  throw nothingAt(key, 'The store does not have this key.');
}

/** What lies under a key of the room as it is, or was at `seq`; undefined when the store has no such key. */
async function keyOf(
  room: RoomData,
  seq: number | undefined,
  key: string,
  request: Request,
): Promise<Response | undefined> {
  const view = await room.at(seq);
  const etag = `"${view.epoch}-${view.seq}-${view.count}"`;
  const headers = { etag, 'cache-control': 'private, no-cache', [HEADER.seq]: String(view.seq) };
  // What a key holds never changes under one tag, so that it need not be looked for again.
  if (isFresh(request, etag)) return new Response(null, { status: 304, headers });
  const found = await (await zarrStore(view)).get(key, request.signal);
  if (found === undefined) return undefined;
  return bytesAnswer(found.bytes, {
    headers: { ...headers, 'content-type': found.isDocument ? CONTENT_TYPE.json : CONTENT_TYPE.octets },
  });
}

function nothingAt(key: string, sentence: string): CovalenceError {
  return new CovalenceError('request/not-found', `There is nothing at "${key.slice(0, 100)}". ${sentence}`, {});
}
