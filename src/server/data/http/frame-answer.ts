import { dataToWire, frameToWire } from '../../../data/frame-codec.ts';
import { frameStreamEncoder } from '../../../data/frame-stream-encoder.ts';
import { asCovalenceError, type CovalenceError } from '../../../protocol/errors.ts';
import { type Frame, type FrameValue, isFrameArray } from '../../../protocol/frames.ts';
import { contentTypeOf, type Representation } from './content.ts';
import { msgpackHeader, msgpackPieces } from './msgpack-pieces.ts';

/** Writes frames one after the other. */
interface FrameWriter {
  start(count: number): Uint8Array[];
  frame(frame: Frame, isFirst: boolean): Uint8Array[];
  end(): Uint8Array[];
  /** The end of an answer that broke off; undefined where only cutting the connection tells the reader. */
  fail?(error: CovalenceError): Uint8Array[];
}

const UTF8 = new TextEncoder();
/** Small frames are joined to pieces of about this many bytes. */
const PIECE_BYTE_LENGTH = 64 * 1024;

/** Options of {@link framesAnswer}. */
export interface FramesAnswerOptions {
  representation: Representation;
  /** Whether the answer is a list even of one frame. */
  isBatch: boolean;
  count: number;
  /** Hashes of values that the reader holds already. */
  have: ReadonlySet<string>;
  headers: Record<string, string>;
}

/**
 * Streams `frames` as the reader takes them. The first piece is made before this resolves, so that what is wrong with a
 * frame in it is a refusal with its own status.
 */
export async function framesAnswer(frames: AsyncIterator<Frame>, options: FramesAnswerOptions): Promise<Response> {
  const writer = writerOf(options);
  let isFirst = true;
  let isOver = options.count === 0;

  /** The next 64 kB or so. */
  const fill = async (): Promise<Uint8Array[]> => {
    const pieces = isFirst ? writer.start(options.count) : [];
    try {
      for (let length = 0; length < PIECE_BYTE_LENGTH;) {
        const next = isOver ? undefined : await frames.next();
        if (next === undefined || next.done === true) {
          isOver = true;
          return [...pieces, ...writer.end()];
        }
        const written = writer.frame(next.value, isFirst);
        isFirst = false;
        for (const piece of written) length += piece.byteLength;
        pieces.push(...written);
      }
    } catch (error) {
      if (writer.fail === undefined || isFirst) throw error;
      isOver = true;
      pieces.push(...writer.fail(asCovalenceError(error)));
    }
    return pieces;
  };
  let first: Uint8Array[] | undefined = await fill();

  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const pieces = first ?? (await fill());
        first = undefined;
        send(controller, pieces);
        if (isOver) controller.close();
      },
      async cancel() {
        await frames.return?.();
      },
    },
    { highWaterMark: 1 },
  );
  return new Response(body, {
    headers: { 'content-type': contentTypeOf(options.representation), vary: 'accept', ...options.headers },
  });
}

function send(controller: ReadableStreamDefaultController<Uint8Array>, pieces: readonly Uint8Array[]): void {
  let small: Uint8Array[] = [];
  const flush = (): void => {
    if (small.length > 0) controller.enqueue(small.length === 1 ? small[0] : Buffer.concat(small));
    small = [];
  };
  for (const piece of pieces) {
    if (piece.byteLength === 0) continue;
    if (piece.byteLength < PIECE_BYTE_LENGTH) {
      small.push(piece);
      continue;
    }
    flush();
    controller.enqueue(piece);
  }
  flush();
}

function writerOf({ representation, isBatch, have }: FramesAnswerOptions): FrameWriter {
  if (representation === 'frames') {
    const encoder = frameStreamEncoder({ have });
    return {
      start: () => [encoder.start()],
      frame: (frame) => encoder.frame(frame),
      end: () => [encoder.end()],
      fail: (error) => [encoder.fail(error)],
    };
  }
  if (representation === 'json') {
    return {
      start: () => (isBatch ? [UTF8.encode('[')] : []),
      frame: (frame, isFirst) => [UTF8.encode(`${isFirst ? '' : ','}${JSON.stringify(jsonFrame(frame))}`)],
      end: () => (isBatch ? [UTF8.encode(']')] : []),
    };
  }
  return {
    start: (count) => (isBatch ? [msgpackHeader('list', count)] : []),
    frame: (frame) => msgpackPieces(frameToWire(frame)),
    end: () => [],
  };
}

/** `frame` as JSON shows it: the numbers of an array in a flat list, what is not finite as null. */
function jsonFrame(frame: Frame): unknown {
  const data = Object.entries(frame.data).map(([key, value]) => [key, jsonOf(value)] as const);
  return { ...frame, data: Object.fromEntries(data) };
}

function jsonOf(value: FrameValue): unknown {
  if (!isFrameArray(value)) return value;
  return { ...(dataToWire({ value })['value'] as object), data: [...value.data] };
}
