import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { CLOSE } from '../../src/protocol/messages.ts';
import { ERROR_STATUS } from '../../src/protocol/errors.ts';
import { openRoom } from '../../src/room/open-room.ts';
import { createServer } from '../../src/server/server.ts';
import { guardedServer, tokenFor } from './access/guarded-server.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the figures of a server', () => {
  it('[V251] count connections, bytes, refusals by code and the time of commits, as docs/server.md says', async () => {
    const server = await createServer({ port: 0, version: '1.2.3' });
    await server.listen();
    onTestFinished(() => server.close());
    await using room = await openRoom(`${server.url}/r/argon`);
    await room.frames.append([{ numbers: { dtype: '|u1', shape: [1], data: new Uint8Array([8]) } }]);
    await fetch(`${server.url}/v1/rooms/nowhere`);
    const bad = new WebSocket(`${server.url.replace('http', 'ws')}/v1/sync/argon`);
    bad.on('open', () => bad.send('a text'));
    await new Promise<void>((resolve) => bad.once('close', () => resolve()));
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get('content-type')).toContain('version=0.0.4');
    const text = await response.text();
    const value = (line: string): number =>
      Number(
        text
          .split('\n')
          .find((one) => one.startsWith(`${line} `))
          ?.split(' ')
          .at(-1),
      );
    expect(value('covalence_info{version="1.2.3"}')).toBe(1);
    expect(value('covalence_rooms')).toBe(1);
    expect(value('covalence_room_connections{room="argon"}')).toBe(1);
    expect(value('covalence_connections')).toBeGreaterThan(0);
    expect(value('covalence_received_bytes_total')).toBeGreaterThan(500);
    expect(value('covalence_sent_bytes_total')).toBeGreaterThan(500);
    expect(value('covalence_refused_total{code="room/not-found"}')).toBeGreaterThan(0);
    expect(value('covalence_refused_total{code="request/invalid"}')).toBe(1);
    expect(value('covalence_request_seconds_count{kind="commit",status="2xx"}')).toBe(1);
    expect(value('covalence_request_seconds_bucket{kind="commit",status="2xx",le="+Inf"}')).toBe(1);
    // Every line is one that Prometheus reads, and every family stands in the manual.
    for (const line of text.trim().split('\n'))
      expect(line).toMatch(/^(#|[a-z_]+(\{([a-z]+="[^"]*",?)+\})? -?[\d.e+-]+$)/);
    const families = [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name).sort();
    const documented = [...read('docs/server.md').matchAll(/`((?:covalence|process)_[a-z_]+)`/g)]
      .map(([, name]) => name)
      .sort();
    expect(documented).toEqual(families);
  });

  it('[V251] are shown to those who may see all rooms', async () => {
    const server = await guardedServer();
    const ask = async (token?: string): Promise<number> =>
      (
        await fetch(
          `${server.url}/metrics`,
          token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
        )
      ).status;
    expect(await ask()).toBe(401);
    expect(await ask(await tokenFor(['read'], { room: 'argon' }))).toBe(403);
    expect(await ask(await tokenFor(['read']))).toBe(200);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });
});

describe('docs/errors.md', () => {
  it('[V252] tells the status of every code and the name of every close code', () => {
    const text = read('docs/errors.md');
    for (const [code, status] of Object.entries(ERROR_STATUS)) {
      expect([code, new RegExp(`^### ${code}\n\nHTTP (\\d+)$`, 'm').exec(text)?.[1]]).toEqual([code, String(status)]);
    }
    const rows = [...text.matchAll(/^\| (\d{4}) \| `(\w+)` \|.*\| (yes|no)\b/gm)].map(([, code, name, returns]) => [
      name,
      Number(code),
      returns,
    ]);
    const known = Object.entries(CLOSE).map(([name, code]) => [name, code, code >= 4400 && code < 4500 ? 'no' : 'yes']);
    expect(rows).toEqual(known);
  });
});
