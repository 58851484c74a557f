import { describe, it } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { transportContract, type TransportRig } from '../../src/testing/transport-contract.ts';
import { broadcastTransport } from '../../src/transport/broadcast.ts';
import { memoryLink } from '../../src/transport/memory-link.ts';
import { memoryTransport } from '../../src/transport/memory.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { webSocketTransport } from '../../src/transport/websocket.ts';
import { startHub } from '../server/sync/hub-server.ts';

interface Documents {
  doc: Y.Doc;
  awareness: Awareness;
}

const documents = (count: number): Documents[] =>
  Array.from({ length: count }, () => {
    const doc = new Y.Doc();
    return { doc, awareness: new Awareness(doc) };
  });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** Ends over real time: the condition is looked at until it holds. */
const realTime = {
  async until(condition: () => boolean): Promise<void> {
    const end = performance.now() + 10_000;
    while (!condition()) {
      if (performance.now() > end) throw new Error(`never held: ${condition.toString()}`);
      await pause(2);
    }
  },
  settle: () => pause(60),
};
const destroy = (made: readonly Documents[]): void => {
  for (const { awareness, doc } of made) {
    awareness.destroy();
    doc.destroy();
  }
};

const rigs: Record<string, (count: number) => Promise<TransportRig>> = {
  async memoryTransport(count) {
    const link = memoryLink();
    const made = documents(count);
    const turn = async (): Promise<void> => {
      await Promise.resolve();
      link.deliver();
    };
    return {
      transports: made.map((each) => memoryTransport({ ...each, link })),
      async until(condition) {
        for (let step = 0; step < 100; step += 1) {
          if (condition()) return;
          await turn();
        }
        throw new Error(`never held: ${condition.toString()}`);
      },
      settle: turn,
      cut: async () => link.cut(),
      mend: async () => link.mend(),
      close: async () => destroy(made),
    };
  },
  async 'memoryTransport over an automatic link'(count) {
    const link = memoryLink({ isAutomatic: true });
    const made = documents(count);
    return {
      transports: made.map((each) => memoryTransport({ ...each, link })),
      ...realTime,
      close: async () => destroy(made),
    };
  },
  async broadcastTransport(count) {
    const made = documents(count);
    const name = `test ${Math.random()}`;
    return {
      transports: made.map((each) => broadcastTransport({ ...each, name })),
      ...realTime,
      close: async () => destroy(made),
    };
  },
  async webSocketTransport(count) {
    const server = await startHub();
    const made = documents(count);
    const transports: Transport[] = made.map((each, number) =>
      webSocketTransport({ ...each, url: `${server.base}/argon`, secret: `end ${number}`, maxBackoffMs: 50 }),
    );
    return {
      transports,
      ...realTime,
      cut: () => server.stop(),
      mend: () => server.start(),
      close: async () => destroy(made),
    };
  },
};

describe.each(Object.entries(rigs))('%s', (_name, open) => {
  it.each(transportContract({ open }))('[T110] $title', async ({ run }) => await run());
});
