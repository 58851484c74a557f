import { CovalenceError } from '../../../protocol/errors.ts';
import { CONTENT_TYPE, HEADER } from '../../../protocol/routes.ts';
import { zarrStore } from '../zarr/zarr-store.ts';
import type { RoomRequest } from './channel-context.ts';
import { bytesAnswer } from './content.ts';
import { isFresh } from './frame-reads.ts';
import { wholeRoom } from './whole-room.ts';

/** `GET .../zarr/head/...` and `.../zarr/@{seq}/...`: the room as a Zarr store, now or at one commit. */
export async function readZarr(
  { request, room }: RoomRequest,
  [moment, ...path]: readonly string[],
): Promise<Response> {
  const seq = moment === 'head' ? undefined : /^@(\d{1,15})$/.exec(moment)?.[1];
  if (seq === undefined && moment !== 'head')
    throw nothingAt(`zarr/${moment}`, 'Stores are zarr/head and zarr/@<seq>.');
  await wholeRoom(room, request.signal);
  const view = await room.at(seq === undefined ? undefined : Number(seq));
  const etag = `"${view.epoch}-${view.seq}-${view.count}"`;
  const headers = { etag, 'cache-control': 'private, no-cache', [HEADER.seq]: String(view.seq) };
  // What a key holds never changes under one tag, so that it need not be looked for again.
  if (isFresh(request, etag)) return new Response(null, { status: 304, headers });
  const key = path.join('/');
  const found = await (await zarrStore(view)).get(key, request.signal);
  if (found === undefined) throw nothingAt(key, 'The store does not have this key.');
  return bytesAnswer(found.bytes, {
    headers: { ...headers, 'content-type': found.isDocument ? CONTENT_TYPE.json : CONTENT_TYPE.octets },
  });
}

function nothingAt(key: string, sentence: string): CovalenceError {
  return new CovalenceError('request/not-found', `There is nothing at "${key.slice(0, 100)}". ${sentence}`, {});
}
