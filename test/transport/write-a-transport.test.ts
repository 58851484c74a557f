import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { transportContract, type TransportRig } from '../../src/testing/transport-contract.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { portTransport } from './port-transport.ts';

const MANUAL = new URL('../../docs/write-a-transport.md', import.meta.url);
const PROGRAM = new URL('./port-transport.ts', import.meta.url);
const HEADER =
  '// The code of docs/write-a-transport.md, so that it is checked. Do not edit: run this test with COVALENCE_UPDATE=1.\n';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A port joins two: one end, or two. */
async function open(count: number): Promise<TransportRig> {
  const channel = new MessageChannel();
  const ports = [channel.port1, channel.port2];
  const made = ports.map((port) => {
    const doc = new Y.Doc();
    const awareness = new Awareness(doc);
    return { doc, awareness, port, transport: portTransport({ doc, awareness, port }) };
  });
  const transports: Transport[] = made.slice(0, count).map(({ transport }) => transport);
  // With one end asked for, the other is there as whoever is on the other side.
  if (count === 1) made[1].transport.connect();
  return {
    transports,
    async until(condition) {
      for (let attempt = 0; attempt < 500; attempt += 1) {
        if (condition()) return;
        await pause(2);
      }
      throw new Error(`never held: ${condition.toString()}`);
    },
    settle: () => pause(40),
    async close() {
      for (const { transport, awareness, port } of made) {
        await transport.close();
        awareness.destroy();
        port.close();
      }
    },
  };
}

describe('docs/write-a-transport.md', () => {
  it('[T130] the example is the code that is tested here', async () => {
    const manual = await readFile(MANUAL, 'utf8');
    const [, code] = /^```ts\n(.*?)^```$/ms.exec(manual) ?? [];
    const program = `${HEADER}${code}`;
    if (process.env['COVALENCE_UPDATE'] === '1') await writeFile(PROGRAM, program);
    expect(await readFile(PROGRAM, 'utf8'), 'the manual has changed: run with COVALENCE_UPDATE=1').toBe(program);
  });

  const cases = transportContract({ open }).filter(({ title }) => !title.startsWith('three ends'));
  it('[T130] the suite has no case for more ends than the example joins but one', () => {
    expect(cases.length).toBe(transportContract({ open }).length - 1);
  });
  it.each(cases)('[T130] $title', async ({ run }) => await run());
});
