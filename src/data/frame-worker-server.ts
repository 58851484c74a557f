import { isCovalenceError } from '../protocol/errors.ts';
import { CONTENT_TYPE } from '../protocol/routes.ts';
import type { SentFrame } from './frame-source.ts';
import { frameStreamReader } from './frame-stream-reader.ts';
import { verify } from './frame-verification.ts';
import type {
  AnswerFailure,
  AnswerNews,
  FrameWorkerPort,
  FromFrameWorker,
  ToFrameWorker,
} from './frame-worker-messages.ts';
import { hashBytes } from './hash.ts';

/** Bytes that may wait for the page before the network is told to. */
const MAX_WAITING_BYTE_LENGTH = 4 * 1024 * 1024;

/** Groups of so many bytes are sent although the page has not taken the one before. */
const GROUP_BYTE_LENGTH = 256 * 1024;

/** Frames whose hashes are being computed while the next are read. */
const VERIFYING = 8;

/** One answer on its way to the page. */
interface Answer {
  abort: AbortController;
  groups: FrameGroups;
}

/**
 * The worker's side: fetches what the page asks for, compares every payload's sha256 with the announced one and hands
 * over the buffers. Refusals and answers of other kinds are handed over as they are.
 */
export function serveFrames(port: FrameWorkerPort): void {
  const answers = new Map<number, Answer>();
  const tell = (message: FromFrameWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

  const serve = async ({ ask: of, url, headers }: Extract<ToFrameWorker, { ask: number }>): Promise<void> => {
    const news = (what: AnswerNews, transfer?: ArrayBuffer[]): void => tell({ of, news: what }, transfer);
    const groups = frameGroups((frames, transfer) => news({ frames }, transfer));
    const abort = new AbortController();
    answers.set(of, { abort, groups });
    try {
      const response = await fetch(url, { headers, signal: abort.signal, cache: 'no-store' });
      const head = { status: response.status, headers: [...response.headers] };
      const isFrames = response.headers.get('content-type')?.startsWith(CONTENT_TYPE.frames) === true;
      if (!response.ok || !isFrames || response.body === null) {
        // What was answered in the place of frames is never read.
        const body = response.ok ? new ArrayBuffer(0) : await response.arrayBuffer();
        news({ head, body }, [body]);
        return abort.abort();
      }
      news({ head });
      await pass(response.body, groups);
      groups.flush();
      news({ end: true });
    } catch (error) {
      // What came before the damage is whole and is handed out first.
      groups.flush();
      news({ failure: failureOf(error) });
    } finally {
      answers.delete(of);
    }
  };

  const cancel = (answer: Answer | undefined): void => {
    answer?.abort.abort();
    answer?.groups.stop();
  };

  port.addEventListener('message', ({ data }) => {
    const message = data as ToFrameWorker;
    if ('ask' in message) void serve(message);
    else if ('taken' in message) answers.get(message.taken)?.groups.onTaken();
    else if ('cancel' in message) cancel(answers.get(message.cancel));
    else tell({ pong: true });
  });
  tell({ ready: true });
}

/** Passes the frames of a stream on, each once its hashes are what was announced. */
async function pass(stream: ReadableStream<Uint8Array>, groups: FrameGroups): Promise<void> {
  const verifying: (SentFrame | Promise<SentFrame>)[] = [];
  const drain = async (): Promise<void> => {
    while (verifying.length > 0) await groups.push(await (verifying.shift() as SentFrame | Promise<SentFrame>));
    groups.flushWhenDue();
  };
  let passing = Promise.resolve();
  const passAll = (): Promise<void> => {
    passing = passing.then(drain);
    // Nothing behind a damaged frame is passed on: what waits for the network learns of it at once.
    passing.catch(() => source.cancel());
    return passing;
  };
  const onWait = (): void => void passAll();
  const source = frameStreamReader(stream, { hasher: hashBytes, isHandedOver: true, onWait });
  try {
    for (;;) {
      const arrived = await source.next();
      if (arrived === undefined) break;
      verifying.push(verify(arrived));
      if (verifying.length >= VERIFYING) await passAll();
    }
    await passAll();
  } catch (error) {
    await passAll();
    throw error;
  } finally {
    await source.cancel();
  }
}

interface FrameGroups {
  /** Adds a frame; waits while the page has much to take. */
  push(frame: SentFrame): Promise<void>;
  /** Sends what is here. */
  flush(): void;
  /** Sends what is here to a page that waits for it. */
  flushWhenDue(): void;
  /** The page took a group. */
  onTaken(): void;
  /** The page takes no more. */
  stop(): void;
}

/** Sends frames one by one to a page that waits for them, in groups to one that is busy. */
function frameGroups(send: (frames: SentFrame[], transfer: ArrayBuffer[]) => void): FrameGroups {
  /** Bytes of the groups that the page has not taken. */
  const untaken: number[] = [];
  let frames: SentFrame[] = [];
  let transfer: ArrayBuffer[] = [];
  let byteLength = 0;
  let isStopped = false;
  let wake: (() => void) | undefined;

  const flush = (): void => {
    if (frames.length === 0 || isStopped) return;
    untaken.push(byteLength);
    send(frames, transfer);
    [frames, transfer, byteLength] = [[], [], 0];
  };
  const flushWhenDue = (): void => {
    if (untaken.length === 0) flush();
  };
  const isFull = (): boolean =>
    !isStopped && untaken.length > 0 && untaken.reduce((sum, each) => sum + each, byteLength) > MAX_WAITING_BYTE_LENGTH;
  return {
    flush,
    flushWhenDue,
    async push(frame) {
      frames.push(frame);
      for (const [, value] of frame.values) {
        if (typeof value === 'number' || value.bytes === undefined) continue;
        byteLength += value.bytes.byteLength;
        // Few bytes lie in the header and are copied with it.
        if (value.bytes.byteLength === value.bytes.buffer.byteLength) transfer.push(value.bytes.buffer as ArrayBuffer);
      }
      if (byteLength >= GROUP_BYTE_LENGTH) flush();
      while (isFull()) await new Promise<void>((resolve) => (wake = resolve));
    },
    onTaken() {
      untaken.shift();
      flushWhenDue();
      wake?.();
    },
    stop() {
      isStopped = true;
      wake?.();
    },
  };
}

function failureOf(error: unknown): AnswerFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (!isCovalenceError(error)) return { message };
  return { code: error.code, message, fields: error.fields };
}
