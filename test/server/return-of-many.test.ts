import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { isCovalenceError } from '../../src/protocol/errors.ts';
import { openRoom } from '../../src/room/open-room.ts';
import { type CovalenceServer, createServer } from '../../src/server/server.ts';
import { slowLine } from '../e2e/slow-line.ts';
import { atoms } from '../room/room-fixture.ts';

const PEOPLE = 20;
const eventually = (check: () => unknown) => expect.poll(check, { timeout: 90_000, interval: 50 });

it(`[T208] ${PEOPLE} who know a server by two addresses write while it is restarted again and again, once while they come back, and one address goes away: all return and agree, what was called saved is there, and each frame was added once`, async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'covalence-return-'));
  onTestFinished(() => rm(dataDirectory, { recursive: true, force: true }));
  let port = 0;
  let server: CovalenceServer | undefined;
  const start = async (): Promise<void> => {
    server = await createServer({ port, dataDirectory });
    await server.listen();
    port = server.port;
  };
  onTestFinished(() => server?.close());
  await start();
  const [near, far] = [await slowLine(port, 0), await slowLine(port, 30)];
  onTestFinished(() => far.close());
  onTestFinished(() => near.close());
  const link = server?.link('argon') ?? '';
  const people = await Promise.all(
    Array.from({ length: PEOPLE }, async (_, index) => {
      const addresses = [near.at(link), far.at(link)];
      const room = await openRoom(index % 2 === 0 ? addresses : addresses.reverse(), { user: { name: `P${index}` } });
      onTestFinished(() => room.close());
      return { name: `P${index}`, room, saved: new Set<string>(), trouble: new Set<string>(), added: 0 };
    }),
  );
  const over = new AbortController();
  const working = people.map(async ({ name, room, saved, trouble }, index) => {
    for (let step = 0; !over.signal.aborted; step += 1) {
      const key = `note.${name}-${step}`;
      room.state.set(key, step);
      room.state.whenSaved().then(
        () => saved.add(key),
        (error: unknown) => trouble.add(isCovalenceError(error) ? error.code : String(error)),
      );
      await wait(40 + index);
    }
  });
  const adding = people.slice(0, 5).map(async (person) => {
    while (!over.signal.aborted) {
      try {
        await person.room.frames.append([{ ...atoms(1, person.added), 'info.who': `${person.name} ${person.added}` }]);
        person.added += 1;
      } catch (error) {
        // It was tried for seconds, and may have happened: then nothing more is added, so that it can be counted.
        if (!isCovalenceError(error, 'server/unreachable', 'server/closing')) throw error;
        return;
      }
      await wait(100);
    }
  });
  for (let round = 0; round < 2; round += 1) {
    await eventually(() => people.every(({ saved }) => saved.size > round * 3)).toBe(true);
    await server?.close();
    await start();
    if (round === 0) {
      // Again while they are coming back.
      await server?.close();
      await start();
    }
    if (round === 1) await near.close();
  }
  await eventually(() => people.every(({ room }) => room.status === 'online')).toBe(true);
  over.abort();
  await Promise.all([...working, ...adding]);
  await Promise.all(people.map(({ room }) => room.state.whenSaved()));
  const inside = await server?.room('argon');
  onTestFinished(() => inside?.close());
  const truth = inside?.state.snapshot();
  const shared = (snapshot: object | undefined): string[] =>
    Object.keys(snapshot ?? {}).filter((key) => key.startsWith('note.'));
  for (const { room, saved, trouble } of people) {
    await eventually(() => shared(room.state.snapshot())).toEqual(shared(truth));
    expect([...saved].filter((key) => inside?.state.has(key) !== true)).toEqual([]);
    expect([...trouble]).toEqual([]);
  }
  const names: string[] = [];
  for await (const { data } of inside?.frames.stream() ?? []) names.push(JSON.stringify(data['info.who']));
  expect(new Set(names).size).toBe(names.length);
  for (const { name, added } of people.slice(0, 5))
    for (let index = 0; index < added; index += 1) expect(names).toContain(`"${name} ${index}"`);
  expect(names.length).toBeGreaterThan(0);
}, 240_000);
