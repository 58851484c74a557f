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

it('[C474] who asks for a page that is not there in a browser gets one that leads to the list; programs get JSON', async () => {
  const server = await createServer({
    port: 0,
    basePath: '/mol',
    token: 'secret',
    defaultRoom: 'argon',
    pagesDirectory: 'demo',
  });
  await server.listen();
  onTestFinished(() => server.close());
  const { origin } = new URL(server.url);
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';
  const ask = async (path: string, accept: string): Promise<[number, string, string]> => {
    const answer = await fetch(origin + path, { headers: { accept } });
    return [answer.status, answer.headers.get('content-type') ?? '', await answer.text()];
  };
  for (const path of ['/mol/argno', '/argon', '/mol/r/argon/more', '/mol/%3Cb%3E&"\'', `/mol/${'x'.repeat(3_000)}`]) {
    const [status, type, page] = await ask(path, browser);
    expect([status, type]).toEqual([404, 'text/html; charset=utf-8']);
    expect(page).toContain('href="/mol/index.html"');
    expect(page).toContain('request/not-found');
    expect(page).not.toMatch(/<b>|<script/i);
    expect(page.length).toBeLessThan(3_000);
    for (const accept of ['*/*', 'application/json', 'application/problem+json, text/html;q=0.5']) {
      const [sameStatus, json, problem] = await ask(path, accept);
      expect([sameStatus, json]).toEqual([404, 'application/problem+json']);
      expect(JSON.parse(problem)).toMatchObject({ code: 'request/not-found' });
    }
  }
  expect((await ask('/mol/argno', browser))[2]).toContain('There is nothing at /mol/argno.');
  expect((await ask('/mol/index.html', browser))[0], 'where it leads to').toBe(200);
  expect((await ask('/mol/metrics', browser)).slice(0, 2)).toEqual([401, 'text/html; charset=utf-8']);
  expect((await ask('/mol/v1/nothing', browser))[1]).toBe('application/problem+json');
});
