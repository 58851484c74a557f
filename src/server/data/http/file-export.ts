import { CovalenceError } from '../../../protocol/errors.ts';
import { HEADER } from '../../../protocol/routes.ts';
import type { FrameSnapshot } from '../frame-reader.ts';
import type { RoomData } from '../room-data.ts';
import type { RoomRequest } from './channel-context.ts';
import { framesOf, keysAsked } from './frame-reads.ts';
import { wholeRoom } from './whole-room.ts';

/** Frames that are looked up at once. */
const STEP = 1_000;

/** `GET .../export?format=extxyz[&data=...]`: all frames as one file, streamed. */
export async function exportFile({ request, url, room, exporters }: RoomRequest): Promise<Response> {
  const format = url.searchParams.get('format') ?? Object.keys(exporters)[0] ?? '';
  const exporter = Object.hasOwn(exporters, format) ? exporters[format] : undefined;
  if (exporter === undefined) {
    throw new CovalenceError(
      'request/not-acceptable',
      `Frames cannot be written as "${format.slice(0, 40)}". Formats: ${Object.keys(exporters).join(', ') || 'none'}.`,
      { offered: Object.keys(exporters) },
    );
  }
  const data = keysAsked(url.searchParams);
  await wholeRoom(room, request.signal);
  // All frames as they are now, whatever is committed while they are read.
  const seq = String(room.seq);
  const pieces = exporter.write(framesOf(room, headsOf(room), data, request.signal))[Symbol.asyncIterator]();
  // What fails before anything was sent is an answer; later the connection can only break.
  let first: IteratorResult<Uint8Array, unknown> | undefined = await pieces.next();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = first ?? (await pieces.next());
        first = undefined;
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: 1 },
  );
  return new Response(body, {
    headers: {
      'content-type': exporter.contentType,
      'content-disposition': `attachment; filename="${room.name}.${exporter.extension}"`,
      'cache-control': 'no-store',
      [HEADER.seq]: seq,
    },
  });
}

/** Where all frames stand. */
function headsOf(room: RoomData): FrameSnapshot[] {
  const ids = room.ids(0, room.count);
  const heads: FrameSnapshot[] = [];
  for (let from = 0; from < ids.length; from += STEP) heads.push(...room.snapshots(ids.slice(from, from + STEP)));
  return heads;
}
