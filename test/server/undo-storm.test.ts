import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { isCovalenceError } from '../../src/protocol/errors.ts';
import { openRoom } from '../../src/room/open-room.ts';
import type { Room } from '../../src/room/room.ts';
import { createServer } from '../../src/server/server.ts';
import { count } from '../counts.ts';
import { type SlowLine, slowLine } from '../e2e/slow-line.ts';
import { atoms } from '../room/room-fixture.ts';
import { seededRandom } from '../state/replicas.ts';

const SEED = Number(process.env['COVALENCE_SEED'] ?? 20_261_121);
const STEPS = count(150, 2_000);
const DELAY_MS = 60;
const KEYS = ['selection.a', 'selection.b', 'selection.c'];
const FIELDS = ['one', 'two', 'three'];
/** Refusals that somebody who edits with others over a bad line meets. */
const EXPECTED = [
  'server/unreachable',
  'frame/conflict',
  'undo/conflict',
  'undo/nothing',
  'lock/held',
  'room/closed',
  'server/closing',
];

interface Person {
  name: string;
  room: Room;
  line: SlowLine;
  random: () => number;
  /** What undo took back that somebody else had written. */
  stolen: string[];
  /** Everything that was called saved. */
  saved: string[];
  unexpected: string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Notes whenever undo takes away what another person wrote. */
function watchUndo({ name, room, stolen }: Person): void {
  let before: Readonly<Record<string, unknown>> = { ...room.selections.snapshot() };
  room.selections.onChange(({ origin, updated, removed }) => {
    if (origin === 'undo') {
      for (const [key, { fields }] of updated)
        for (const field of fields) {
          const was = (before[key] as Fields)[field];
          if (typeof was === 'string' && !was.startsWith(name)) stolen.push(`${key}.${field}: ${was}`);
        }
      for (const key of removed)
        for (const was of Object.values(before[key] as Fields))
          if (typeof was === 'string' && !was.startsWith(name)) stolen.push(`${key}: ${was}`);
    }
    before = { ...room.selections.snapshot() };
  });
}

function act(person: Person, step: number): void {
  const { name, room, random, unexpected, saved } = person;
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
  const tell = (error: unknown): void => {
    if (!isCovalenceError(error) || !EXPECTED.includes(error.code))
      unexpected.push(`${name} ${step}: ${String(error)}`);
  };
  const choice = random();
  const key = pick(KEYS);
  if (choice < 0.25) room.selections.set(key, { display_name: `${name}${step}`, particle_ids: [step % 4] });
  else if (choice < 0.45) {
    if (room.selections.has(key)) room.selections.update(key, { [pick(FIELDS)]: `${name}${step}` });
  } else if (choice < 0.5) room.selections.remove(key);
  else if (choice < 0.7) room.undo().catch(tell);
  else if (choice < 0.8) room.redo().catch(tell);
  else if (choice < 0.9) {
    room.frames
      .read(step % 3)
      .then((frame) => room.frames.write(frame.id, { energy: step }, { baseVersion: frame.version }))
      .catch(tell);
  } else {
    const note = `note.${name}-${step}`;
    room.state.set(note, step);
    room.state.whenSaved().then(() => saved.push(note), tell);
  }
}

it(`[T204] ${STEPS} edits, undos and redos (150, 2,000 in test:long) of each of three people over slow lines that are cut again and again: all are equal, nobody took back what another did, what was called saved is there (seed ${SEED})`, async () => {
  const server = await createServer({ port: 0 });
  await server.listen();
  onTestFinished(() => server.close());
  const inside = await server.room('argon');
  onTestFinished(() => inside.close());
  const ready = await openRoom(server.link('argon'));
  await ready.frames.append([0, 1, 2].map((i) => atoms(4, i)));
  await ready.close();
  const people: Person[] = [];
  for (const name of ['Ada', 'Bob', 'Eve']) {
    const line = await slowLine(Number(new URL(server.url).port), DELAY_MS);
    onTestFinished(() => line.close());
    const room = await openRoom(line.at(server.link('argon')), { user: { name } });
    onTestFinished(() => room.close());
    const person = {
      name,
      room,
      line,
      random: seededRandom(SEED + people.length),
      stolen: [],
      saved: [],
      unexpected: [],
    };
    watchUndo(person);
    people.push(person);
  }
  const cuts = seededRandom(SEED);
  for (let step = 0; step < STEPS; step += 1) {
    for (const person of people) {
      act(person, step);
      if (cuts() < 0.03) person.line.cut();
    }
    await wait(10);
  }
  // Whoever presses once more waits for everything that was pressed before.
  await Promise.all(people.map(({ room }) => room.undo().catch(() => undefined)));
  await Promise.all(people.map(({ room }) => room.state.whenSaved()));
  for (const { room } of people) {
    await expect.poll(() => room.state.snapshot()).toEqual(inside.state.snapshot());
    expect(room.status).toBe('online');
  }
  const shown = (room: Room): Promise<unknown> => Promise.all([0, 1, 2].map((index) => room.frames.read(index)));
  const truth = await shown(inside);
  for (const { room } of people) await expect.poll(() => shown(room)).toEqual(truth);
  for (const { stolen, unexpected, saved } of people) {
    expect([stolen, unexpected]).toEqual([[], []]);
    expect(saved.filter((key) => !inside.state.has(key))).toEqual([]);
    expect(saved.length).toBeGreaterThan(0);
  }
});
