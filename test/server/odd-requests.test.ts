import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { openRoom } from '../../src/room/open-room.ts';
import { roomSource } from '../../src/server/cli/room-source.ts';
import { createServer } from '../../src/server/server.ts';

const SECRET = 'a'.repeat(40);

it('[V340] a method that the web has no requests of is answered 405 and is no failure of the server', async () => {
  const errors: unknown[] = [];
  const log = { info() {}, warn() {}, error: (fields: object) => void errors.push(fields) };
  const server = await createServer({ port: 0, log });
  await server.listen();
  onTestFinished(() => server.close());
  const asked = request(`${server.url}/v1/rooms`, { method: 'TRACE' });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  expect(answer.statusCode).toBe(405);
  expect(errors).toEqual([]);
});

it('[V341] a link whose room is no encoded text is refused as room/name-invalid, what is no link as command/invalid', async () => {
  for (const name of ['%zz', '%E0%A4%A', '%']) {
    const url = `http://127.0.0.1:9/r/${name}`;
    for (const failing of [openRoom(url), openRoom([url, url]), roomSource(url, '')])
      await expect(failing).rejects.toMatchObject({
        code: 'room/name-invalid',
        message: expect.stringContaining(name),
      });
  }
  await expect(roomSource('http://[', '')).rejects.toMatchObject({ code: 'command/invalid' });
});

it('[V342] a secret that is too short is named by its own option', async () => {
  await expect(createServer({ port: 0, authSecret: SECRET, oldAuthSecrets: ['short'] })).rejects.toMatchObject({
    code: 'command/invalid',
    message: expect.stringContaining('--auth-old-secret has 5 bytes'),
  });
  await expect(createServer({ port: 0, authSecret: 'short' })).rejects.toThrow('--auth-secret has 5 bytes');
});
