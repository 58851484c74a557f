import { expect } from 'vitest';
import { applyUpdate, Doc, encodeStateAsUpdate } from 'yjs';
import { openRoom } from '../../../src/room/open-room.ts';
import type { Room } from '../../../src/room/room.ts';
import { fileDocStore } from '../../../src/server/sync/file-doc-store.ts';
import { webSocketTransport } from '../../../src/transport/websocket.ts';
import type { RoomDocuments } from '../../../src/state/index.ts';
import type { HouseUnderTest } from './house-under-test.ts';
import { Line } from './line-under-test.ts';
import { Seat } from './seat-under-test.ts';
import type { TrajectoryModel } from './trajectory-model.ts';

/** What people in a room do. */
export const SOCIAL = [
  ...(['say', 'say', 'pair', 'forget', 'pick', 'unpick', 'save', 'save'] as const),
  ...(['come', 'leave', 'cut', 'mend', 'trickle', 'trickle', 'deliver', 'twice'] as const),
  ...(['lead', 'contend', 'contend', 'yield', 'rest'] as const),
] as const;

export const isSocial = (what: string): what is (typeof SOCIAL)[number] => (SOCIAL as readonly string[]).includes(what);

const MAX_PEOPLE = 3;
/** Longer than anybody leads who neither moves nor is there. */
const REST_SECONDS = 8;

interface Person {
  room: Room;
  line: Line;
  documents: RoomDocuments;
}

/** The people of one room of the house, and what they were promised. */
export class People {
  readonly all: Person[] = [];
  readonly seat: Seat;
  readonly #house: HouseUnderTest;
  readonly #room: () => string;
  /** What was called saved, as updates. */
  #saved: Uint8Array[] = [];

  constructor(house: HouseUnderTest, room: () => string) {
    this.#house = house;
    this.#room = room;
    this.seat = new Seat(house.clock);
  }

  /** Somebody of a browser of their own; `rank` decides who wins where two write at the same time. */
  async come(rank = 0): Promise<Person> {
    const house = this.#house;
    const number = (house.visitors += 1);
    const line: Line = new Line(() => {
      const room = house.sync(this.#room());
      if (room === undefined) return undefined;
      const known = { isLedger: false, isOurClient: true, subject: `browser ${number}` };
      return (socket, stream) => room.serve(socket, stream, known);
    });
    house.lines.add(line);
    let documents!: RoomDocuments;
    const opening = openRoom(`http://house/r/${this.#room()}`, {
      user: { name: `person ${number}` },
      clock: house.clock,
      fetch: async (input, init) => {
        if (!line.isUp) throw new TypeError('the line is cut');
        const answer = await house.fetch(input, init).catch((error: unknown) => {
          this.seat.lost(init?.method ?? 'GET');
          throw error;
        });
        await this.seat.hear(input instanceof Request ? input.url : String(input), init?.method ?? 'GET', answer);
        if (!line.isUp) throw new TypeError('the answer was lost');
        return answer;
      },
      transport(given) {
        documents = given;
        setClientId(given, (1 + (rank % 1_000)) * 100_000 + (number % 100_000));
        const { WebSocket: webSocket } = line;
        const url = 'ws://house/v1/sync/room';
        const transport = webSocketTransport({ url, ...given, webSocket, secret: 'own', random: () => 0 });
        line.wake = () => transport.connect();
        return transport;
      },
    });
    let room: Room | undefined;
    do {
      // None may go on by itself afterwards and connect to a server that is dying.
      await house.settle([line]);
      room = await Promise.race([opening, Promise.resolve(undefined)]);
    } while (room === undefined);
    const person = { room, line, documents };
    this.all.push(person);
    return person;
  }

  async leave(person: Person): Promise<void> {
    this.all.splice(this.all.indexOf(person), 1);
    await person.room.close();
    this.#house.lines.delete(person.line);
  }

  async close(): Promise<void> {
    while (this.all.length > 0) await this.leave(this.all[0]);
  }

  /** The server is gone without a word. */
  orphan(): void {
    for (const { line } of this.all) line.orphan();
  }

  /** Everybody writes something, and asks that it be saved. */
  async hurry(a: number): Promise<void> {
    for (const [i, person] of this.all.entries()) {
      if (!person.line.isUp) continue;
      person.room.state.set(`note.k${(a + i) % 5}`, a);
      this.#save(person);
      if ((a + i) % 2 === 0) await this.#house.settle([person.line]);
      else person.line.step('server');
    }
  }

  async act(what: (typeof SOCIAL)[number], a: number, b: number): Promise<void> {
    const { all } = this;
    const house = this.#house;
    if (all.length === 0 || (what === 'come' && all.length < MAX_PEOPLE)) await this.come(b);
    const person = all[a % all.length];
    const { room, line } = person;
    const { state, playback, selections } = room;
    switch (what) {
      case 'say':
        state.set(`note.k${b % 5}`, b % 3 === 0 ? { text: `${a}`, number: b } : b);
        return;
      case 'pair':
        state.transact(() => {
          state.set('note.left', `${a} ${b}`);
          state.set('note.right', `${a} ${b}`);
        });
        return;
      case 'forget':
        state.remove(`note.k${b % 5}`);
        return;
      case 'pick': {
        const key = `selection.s${b % 3}`;
        if (selections.has(key)) selections.update(key, { display_name: `${a}` });
        else selections.set(key, { display_name: `${a}`, particle_ids: [b % 30] });
        return;
      }
      case 'unpick':
        if (b % 3 === 0) state.redo();
        else state.undo();
        return;
      case 'save':
        this.#save(person);
        return;
      case 'leave':
        if (all.length > 1) await this.leave(person);
        return;
      case 'cut':
        line.cut();
        return;
      case 'mend':
        line.isUp = true;
        return house.settle([line]);
      case 'trickle':
        for (let left = 1 + (b % 5); left > 0; left -= 1) line.step(b % 2 === 0 ? 'server' : 'client');
        return house.settle([]);
      case 'deliver':
        return house.settle([line]);
      case 'twice':
        state.set('note.twice', b);
        line.repeat(b % 2 === 0 ? 'server' : 'client');
        return house.settle([]);
      case 'lead':
        if (b % 2 === 0) playback.present();
        playback.seek(b);
        return house.settle([]);
      case 'contend':
        // Nobody has heard of the others' wish.
        if (all.length < 2) await this.come(b);
        for (const [i, each] of all.entries()) {
          each.room.playback.present();
          each.room.playback.seek(b + i);
        }
        return house.settle([]);
      case 'yield':
        if (b % 3 === 0) playback.stopPresenting();
        else if (b % 3 === 1) playback.follow('room');
        else for (const { clientId } of playback.asking) playback.handOver(clientId);
        return house.settle([]);
      default:
    }
  }

  #save({ room, documents }: Person): void {
    const state = encodeStateAsUpdate(documents.doc);
    room.state.whenSaved().then(
      () => this.#saved.push(state),
      () => undefined, // they left before
    );
  }

  /** What must hold at any moment. */
  check(): void {
    const sync = this.#house.sync(this.#room());
    if (sync === undefined) return;
    expect(this.#house.refused, 'refusals of honest people').toEqual([]);
    for (const { room } of this.all) expect(room.refused).toBe(undefined);
    for (const doc of [sync.doc, ...this.all.map(({ documents }) => documents.doc)]) {
      const state = doc.getMap('state');
      expect(state.get('note.left'), 'a transaction arrives whole').toEqual(state.get('note.right'));
    }
    this.seat.check(sync.awareness.getStates());
    this.checkSaved(sync.doc);
  }

  /** What was called saved is in this state. */
  checkSaved(doc: Doc): void {
    if (this.#saved.length === 0) return;
    const copy = new Doc();
    applyUpdate(copy, encodeStateAsUpdate(doc));
    let isNews = false;
    copy.on('update', () => (isNews = true));
    for (const update of this.#saved) applyUpdate(copy, update);
    expect(isNews, 'something that was called saved is lost').toBe(false);
    this.#saved = this.#saved.slice(-3);
  }

  /** When nothing moves any more all are equal: everybody, the server, who comes new, and what is loaded again. */
  async rest(model: TrajectoryModel): Promise<void> {
    const house = this.#house;
    const name = this.#room();
    for (const { room, line } of this.all) {
      line.isUp = true;
      room.playback.pause();
    }
    await house.settle();
    for (let second = 0; second < REST_SECONDS; second += 1) {
      // Who moved tells where they are before they look at where the others are.
      if (second === 2) for (const { room } of this.all) room.playback.follow('room');
      await house.clock.pass(1_000);
      await house.settle();
    }
    const newcomer = await this.come();
    await house.clock.pass(200);
    await house.settle();
    const sync = house.sync(name);
    if (sync === undefined) throw new Error(`${name} is closed`);
    const stateOf = (doc: Doc): unknown => doc.getMap('state').toJSON();
    const truth = stateOf(sync.doc);
    const facts = sync.ledgerDoc.getMap('ledger').toJSON();
    for (const { room, documents } of this.all) {
      expect(room.status).toBe('online');
      expect(stateOf(documents.doc), `the state of ${room.presence.self.user?.name}`).toEqual(truth);
      for (const [key, fact] of Object.entries(facts)) expect(room.state.get(key), key).toEqual(fact);
      await this.#checkFrames(room, model);
    }
    await sync.saved();
    expect(stateOf(await this.#reload()), 'what is loaded again').toEqual(truth);
    this.seat.checkRest(
      this.all.map(({ room }) => room.playback),
      house
        .room(name)
        .listLocks()
        .some((lock) => lock.name === 'presenter'),
    );
    await this.leave(newcomer);
    this.check();
  }

  /** What a server that begins with what is durable now would have. */
  async #reload(): Promise<Doc> {
    const store = await fileDocStore({ directory: 'state', disk: this.#house.disk.afterPowerCut(() => 0) });
    const stored = await store.load(this.#room());
    await store.close();
    const doc = new Doc();
    for (const update of stored?.updates ?? []) applyUpdate(doc, update);
    this.checkSaved(doc);
    return doc;
  }

  async #checkFrames({ frames }: Room, model: TrajectoryModel): Promise<void> {
    const seen: [string, number, string | undefined][] = [];
    const reading = (async () => {
      for await (const frame of frames.stream({ data: ['energy'] }))
        seen.push([frame.id, frame.version, frame.hashes['energy']]);
    })();
    await reading;
    expect(seen).toEqual(model.order.map((id) => [id, model.version(id), model.now(id)['energy']]));
  }
}

/** Made by chance otherwise, and decides who wins. */
function setClientId({ doc, awareness }: RoomDocuments, clientId: number): void {
  const state = awareness.getLocalState();
  awareness.setLocalState(null);
  doc.clientID = clientId;
  awareness.clientID = clientId;
  awareness.setLocalState(state);
}
