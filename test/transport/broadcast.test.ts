import { describe, expect, it, onTestFinished } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { broadcastTransport } from '../../src/transport/broadcast.ts';
import type { Transport } from '../../src/transport/transport.ts';

const eventually = (check: () => unknown) => expect.poll(check, { timeout: 60_000, interval: 5 });
const tab = (name: string): Transport => {
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  const transport = broadcastTransport({ doc, awareness, name });
  onTestFinished(async () => {
    await transport.close();
    awareness.destroy();
  });
  transport.connect();
  return transport;
};

describe('tabs of one browser', () => {
  it('[T116] with other names know nothing of each other', async () => {
    const [a, b, c] = [tab('one'), tab('one'), tab('two')];
    a.doc.getMap('state').set('k', 1);
    await eventually(() => b.doc.getMap('state').get('k')).toBe(1);
    await c.synced;
    expect(c.doc.getMap('state').size).toBe(0);
  });

  it('[T117] pass over whatever else is said on their channel', async () => {
    const [a, b] = [tab('shared'), tab('shared')];
    await Promise.all([a.synced, b.synced]);
    const channel = new BroadcastChannel('covalence:shared');
    onTestFinished(() => channel.close());
    const problems: unknown[] = [];
    const note = (error: unknown): void => void problems.push(error);
    process.on('uncaughtException', note);
    onTestFinished(() => void process.off('uncaughtException', note));
    const strange: unknown[] = [
      'text',
      null,
      { kind: 'message', from: 1 },
      { kind: 'message', from: 1, message: Uint8Array.of(0, 2, 200) },
      { kind: 'message', from: 1, message: Uint8Array.of(1, 4, 9, 9, 9) },
      { kind: 'other', from: 1 },
    ];
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin, a window has not
    for (const message of strange) channel.postMessage(message);
    a.doc.getMap('state').set('k', 1);
    await eventually(() => b.doc.getMap('state').get('k')).toBe(1);
    expect([a.status, b.status, problems]).toEqual(['online', 'online', []]);
  });
});
