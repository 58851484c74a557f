import { type FrameChannel, frameChannel } from '../../src/data/frame-channel.ts';
import type { FromFrameWorker, ToFrameWorker } from '../../src/data/frame-worker-messages.ts';
import { serveFrames } from '../../src/data/frame-worker-server.ts';
import type { Clock } from '../../src/protocol/clock.ts';

/** Both sides of the line between a page and its worker, over real ports that really take buffers away. */
export interface FrameLine {
  readonly channel: FrameChannel;
  /** Answers that were asked for. */
  readonly asked: number;
  /** How often the worker said that it lives. */
  readonly pongs: number;
  /** Whether the page has given the worker up. */
  readonly isLost: boolean;
  /** The worker stops without a word, as one does that ran out of memory. */
  kill(): void;
  close(): void;
}

export function frameLine(clock: Clock): FrameLine {
  const { port1: page, port2: worker } = new MessageChannel();
  const said: ToFrameWorker[] = [];
  let pongs = 0;
  let isLost = false;
  worker.addEventListener('message', ({ data }) => said.push(data as ToFrameWorker));
  page.addEventListener('message', ({ data }) => (pongs += 'pong' in (data as FromFrameWorker) ? 1 : 0));
  serveFrames(worker);
  const channel = frameChannel(page, clock, () => (isLost = true));
  return {
    channel,
    get pongs() {
      return pongs;
    },
    get asked() {
      return said.filter((message) => 'ask' in message).length;
    },
    get isLost() {
      return isLost;
    },
    kill: () => worker.close(),
    close() {
      page.close();
      worker.close();
    },
  };
}
