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
 * Streams `frames` as the reader takes them. The first frame is read before this resolves, so that what is wrong with
 * it is a refusal with its own status.
 */
export async function framesAnswer(frames: AsyncIterator<Frame>, options: FramesAnswerOptions): Promise<Response> {
  const writer = writerOf(options);
  const first = options.count === 0 ? undefined : await frames.next();
  let next: IteratorResult<Frame> | undefined = first;
  let isFirst = true;
  let isStarted = false;

  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const pieces = isStarted ? [] : writer.start(options.count);
    isStarted = true;
    let length = 0;
    try {
      while (length < PIECE_BYTE_LENGTH) {
        next ??= await frames.next();
        if (next.done === true || options.count === 0) {
          pieces.push(...writer.end());
          send(controller, pieces);
          controller.close();
          return;
        }
        const written = writer.frame(next.value, isFirst);
        next = undefined;
        isFirst = false;
        for (const piece of written) length += piece.byteLength;
        pieces.push(...written);
      }
      send(controller, pieces);
    } catch (error) {
      if (writer.fail === undefined) {
        controller.error(error);
        return;
      }
      send(controller, [...pieces, ...writer.fail(asCovalenceError(error))]);
      controller.close();
    }
  };
  if (options.count === 0) next = { done: true, value: undefined };
  const body = new ReadableStream<Uint8Array>(
    {
      pull,
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
