import { expect, onTestFinished, test } from 'vitest';
import { createServer } from '../../src/server/server.ts';

test('[V206] a default room is made when it is not there, and / leads to it, below the base path too', async () => {
  const server = await createServer({ port: 0, defaultRoom: 'argon', token: 'secret', basePath: '/mol' });
  onTestFinished(() => server.close());
  await server.listen();
  const rooms = (await (
    await fetch(`${server.url}/v1/rooms`, { headers: { authorization: 'Bearer secret' } })
  ).json()) as { rooms: { name: string }[] };
  expect(rooms.rooms.map(({ name }) => name)).toEqual(['argon']);
  const answer = await fetch(`${server.url}/`, { redirect: 'manual' });
  expect(answer.status).toBe(302);
  expect(answer.headers.get('location')).toBe('/mol/r/argon');
});
