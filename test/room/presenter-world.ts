import { CovalenceError } from '../../src/protocol/errors.ts';
import type { Clock } from '../../src/protocol/clock.ts';
import type { PlaybackPosition, PresenceState } from '../../src/protocol/presence.ts';
import type { PlaybackRecord } from '../../src/protocol/records/scene.ts';
import { type PresenterLock } from '../../src/room/playback/presented-position.ts';
import { type RoomPlaybackControl, roomPlayback } from '../../src/room/playback/room-playback.ts';
import type { LockGrant } from '../../src/data/frame-locker.ts';
import type { PresenterLocks } from '../../src/room/playback/presenter-seat.ts';
import type { Peer } from '../../src/state/index.ts';

export const FRAMES = 100_000;

/** A seeded source of numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type HeldLock = PresenterLock & { token: string; expiresMs: number };

interface Task {
  atMs: number;
  order: number;
  run: () => void;
}

/** Time that passes only when told, and everything that waits for it. */
class World implements Clock {
  nowMs = 1_000_000;
  #tasks: Task[] = [];
  #order = 0;

  now(): number {
    return this.nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const task = { atMs: this.nowMs + delayMs, order: (this.#order += 1), run };
    this.#tasks.push(task);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== task);
    };
  }

  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    for (;;) {
      let next: Task | undefined;
      for (const task of this.#tasks) {
        if (task.atMs > endMs) continue;
        if (next === undefined || task.atMs < next.atMs || (task.atMs === next.atMs && task.order < next.order))
          next = task;
      }
      if (next === undefined) break;
      const due = next;
      this.#tasks = this.#tasks.filter((task) => task !== due);
      this.nowMs = Math.max(this.nowMs, due.atMs);
      due.run();
      // Promises of answers settle before anything later happens.
      for (let turn = 0; turn < 6; turn += 1) await Promise.resolve();
    }
    this.nowMs = endMs;
  }
}

/** One viewer of the simulated room. */
export interface Viewer {
  id: number;
  playback: RoomPlaybackControl;
  isAlive: boolean;
}

/**
 * A room with an authority and viewers around it. Every message takes its own time, so that any two can overtake each
 * other; as with the real ones, a newer lock, document or state of a person is never replaced by an older one.
 */
export class PresenterRoom {
  readonly world: World = new World();
  readonly viewers: Viewer[] = [];
  readonly #random: () => number;
  readonly #maxDelayMs: number;
  #lock: HeldLock | undefined;
  #lockVersion = 0;
  #fence = 0;
  #committed: PlaybackRecord | undefined;
  #committedVersion = 0;
  #last: PlaybackPosition | undefined;
  readonly #people = new Map<number, { clock: number; state: PresenceState }>();
  readonly #receivers: {
    id: number;
    ledger: (lock: PresenterLock | undefined, version: number) => void;
    person: (id: number, clock: number, state: PresenceState | undefined) => void;
    document: (record: PlaybackRecord | undefined, version: number) => void;
  }[] = [];
  /** Every position that somebody said they present, in order. */
  readonly said: { id: number; atMs: number; playback: PlaybackPosition }[] = [];
  /** Every position that was written into the document, in order. */
  readonly written: PlaybackRecord[] = [];
  /** How often the lock was granted, and the position committed. */
  grants = 0;
  commits = 0;
  readonly #looks = new Map<number, (index: number) => void>();

  constructor(random: () => number, maxDelayMs: number) {
    this.#random = random;
    this.#maxDelayMs = maxDelayMs;
  }

  get lock(): PresenterLock | undefined {
    return this.#lock;
  }
  get committed(): PlaybackRecord | undefined {
    return this.#committed;
  }

  #later(run: () => void): void {
    this.world.after(this.#random() * this.#maxDelayMs, run);
  }

  #setLock(lock: HeldLock | undefined): void {
    const before = this.#lock;
    this.#lock = lock;
    this.#lockVersion += 1;
    if (lock === undefined && before !== undefined && this.#last?.fence === before.fence) {
      this.#commit({ frame_index: this.#last.frame_index, fence: before.fence });
    }
    this.#last = undefined;
    const version = this.#lockVersion;
    const shown = lock === undefined ? undefined : { session: lock.session, fence: lock.fence };
    for (const { ledger } of this.#receivers) this.#later(() => ledger(shown, version));
  }

  #commit(record: PlaybackRecord): void {
    this.#committed = record;
    this.written.push(record);
    this.#committedVersion += 1;
    this.commits += 1;
    const version = this.#committedVersion;
    for (const { document } of this.#receivers) this.#later(() => document(record, version));
  }

  #say(id: number, clock: number, state: PresenceState | undefined): void {
    const known = this.#people.get(id);
    if (known !== undefined && known.clock >= clock) return;
    let shown = state;
    if (state?.playback != null && this.#lock?.session !== state.session) shown = { ...state, playback: null };
    if (shown === undefined) this.#people.delete(id);
    else this.#people.set(id, { clock, state: shown });
    const { playback } = shown ?? {};
    if (playback != null && playback.fence === this.#lock?.fence) {
      this.#last = playback;
    }
    for (const receiver of this.#receivers) {
      if (receiver.id !== id) this.#later(() => receiver.person(id, clock, shown));
    }
  }

  #drop(fence: number): void {
    if (this.#lock?.fence === fence) this.#setLock(undefined);
  }

  #locksFor(id: number, isAlive: () => boolean): PresenterLocks {
    /** A request and its answer; neither reaches, or comes from, the dead. */
    const call = <T>(work: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        this.#later(() => {
          if (!isAlive()) return;
          let done: () => void;
          try {
            const value = work();
            done = () => resolve(value);
          } catch (error) {
            done = () => reject(error);
          }
          this.#later(() => {
            if (isAlive()) done();
          });
        });
      });
    const expire = (fence: number): void => {
      const lock = this.#lock;
      if (lock?.fence !== fence) return;
      if (lock.expiresMs <= this.world.now()) this.#drop(fence);
      else this.world.after(lock.expiresMs - this.world.now(), () => expire(fence));
    };
    return {
      grantLock: (name, { ttlMs = 5_000 } = {}) =>
        call((): LockGrant => {
          if (this.#lock !== undefined) throw new CovalenceError('lock/held', 'held');
          this.#fence += 1 + Math.floor(this.#random() * 3);
          const fence = this.#fence;
          const token = `t${fence}`;
          this.grants += 1;
          this.#setLock({ session: `s${id}`, fence, token, expiresMs: this.world.now() + ttlMs });
          this.world.after(ttlMs, () => expire(fence));
          return { name, token, fence, expiresInMs: ttlMs };
        }),
      renewLock: (name, token) =>
        call((): LockGrant => {
          if (this.#lock?.token !== token) throw new CovalenceError('lock/lost', 'lost');
          this.#lock.expiresMs = this.world.now() + 5_000;
          return { name, token, fence: this.#lock.fence, expiresInMs: 5_000 };
        }),
      releaseLock: (_name, token) =>
        call(() => {
          if (this.#lock?.token === token) this.#setLock(undefined);
        }),
    };
  }

  /** Somebody comes; they know at once what the room knew when they came. */
  join(): Viewer {
    const id = this.viewers.length + 1;
    const viewer: Viewer = { id, isAlive: true, playback: undefined as unknown as RoomPlaybackControl };
    let clock = 0;
    let own: PresenceState = { session: `s${id}` };
    let lock: PresenterLock | undefined =
      this.#lock === undefined ? undefined : { session: this.#lock.session, fence: this.#lock.fence };
    let lockVersion = this.#lockVersion;
    let committed = this.#committed;
    let committedVersion = this.#committedVersion;
    const people = new Map(this.#people);
    const gone = new Map<number, number>();
    let peers: Peer[] = [];
    const settle = (): void => {
      peers = [
        { ...own, clientId: id, isSelf: true },
        ...[...people].map(([clientId, { state }]) => ({ ...state, clientId, isSelf: false })),
      ];
      viewer.playback?.refresh();
    };
    const show = (patch: Partial<PresenceState>): void => {
      if (patch.playback != null) this.said.push({ id, atMs: this.world.now(), playback: patch.playback });
      own = { ...own, ...patch };
      clock += 1;
      const said = { clock, state: own };
      this.#later(() => {
        if (viewer.isAlive) this.#say(id, said.clock, said.state);
      });
      settle();
    };
    peers = [{ ...own, clientId: id, isSelf: true }];
    viewer.playback = roomPlayback({
      clock: this.world,
      count: () => FRAMES,
      shared: {
        locks: this.#locksFor(id, () => viewer.isAlive),
        session: () => `s${id}`,
        mayPresent: () => true,
        lock: () => lock,
        peers: () => peers,
        show,
        committed: () => committed,
        commit: (record) => {
          committed = record;
          this.#later(() => {
            if (!viewer.isAlive) return;
            const before = this.#committed;
            this.#commit(record);
            // As the server does: what is told of an earlier lead does not stay.
            if (before !== undefined && (record.fence ?? 0) < (before.fence ?? 0)) this.#commit(before);
          });
        },
        framesOf: () => undefined,
      },
    });
    this.#receivers.push({
      id,
      ledger: (fresh, version) => {
        if (!viewer.isAlive || version <= lockVersion) return;
        lockVersion = version;
        lock = fresh;
        viewer.playback.refresh();
      },
      person: (other, at, state) => {
        const known = Math.max(people.get(other)?.clock ?? 0, gone.get(other) ?? 0);
        if (!viewer.isAlive || at <= known) return;
        if (state === undefined) {
          people.delete(other);
          gone.set(other, at);
        } else people.set(other, { clock: at, state });
        settle();
      },
      document: (record, version) => {
        if (!viewer.isAlive || version <= committedVersion) return;
        committedVersion = version;
        committed = record;
        viewer.playback.refresh();
      },
    });
    this.#looks.set(id, (index) => show({ frame: { id: `f${index}`, index } }));
    this.viewers.push(viewer);
    show({});
    settle();
    return viewer;
  }

  /** Tells the others which frame a viewer shows, as its picture does. */
  look(viewer: Viewer, index: number): void {
    this.#looks.get(viewer.id)?.(index);
  }

  /** The tab is gone without a word; the server notices when its socket closes. */
  crash(viewer: Viewer): void {
    viewer.isAlive = false;
    void viewer.playback.close();
    const session = `s${viewer.id}`;
    this.#later(() => {
      this.#say(viewer.id, Number.MAX_SAFE_INTEGER, undefined);
      this.world.after(5_000, () => {
        if (this.#lock?.session === session) this.#setLock(undefined);
      });
    });
  }
}
