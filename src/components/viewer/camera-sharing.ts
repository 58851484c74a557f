import type { CameraPose } from '../../protocol/presence.ts';
import type { Room } from '../../room/room.ts';
import type { Peer } from '../../state/index.ts';
import { mixPoses, prefersStillness } from './camera-flight.ts';
import { fitView } from './fit-view.ts';

/** Others are told about the camera at most this often. */
const SHARE_MS = 80;
/** How fast a followed camera is caught up with: after this time two thirds of the way are done. */
const EASE_MS = 90;

/** The picture, as far as sharing its point of view needs it. */
export interface SharedView {
  readonly camera: CameraPose | undefined;
  /** Width over height. */
  readonly aspect: number;
  /** Of the atoms shown now, (N,3) angstrom. */
  readonly positions: ArrayLike<number>;
  setCamera(pose: CameraPose): void;
}

/** Whose point of view is shown: a person who is followed, or whoever presents on purpose. */
export function cameraLeader({ playback, presence }: Pick<Room, 'playback' | 'presence'>): Peer | undefined {
  const { following, presenter } = playback;
  if (typeof following === 'number') return presence.peers.find(({ clientId }) => clientId === following);
  if (following === 'nobody' || presenter === undefined || presenter.isSelf) return undefined;
  return playback.isPresentingOnPurpose ? presenter : undefined;
}

/** Tells others where the camera is, and moves it along with somebody else's. */
export class CameraSharing {
  readonly #view: SharedView;
  #room: Room | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request = 0;
  #beforeMs = 0;
  #goal: CameraPose | undefined;
  /** As it was said: the goal is how this picture shows it. */
  #said: CameraPose | undefined;
  #leader: number | undefined;
  /** Turned by hand since the leader was last chosen. */
  #isFree = false;

  constructor(view: SharedView) {
    this.#view = view;
  }

  connect(room: Room): () => void {
    this.#room = room;
    const undo = [
      room.presence.onChange(({ joined }) => {
        if (joined.some((peer) => !peer.isSelf)) this.moved();
        this.#follow();
      }),
      room.playback.onChange(() => this.#follow()),
    ];
    this.#follow();
    this.moved();
    return () => {
      for (const each of undo) each();
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#stop();
      this.#room = undefined;
    };
  }

  /** Called when the camera moved, whoever moved it. */
  moved(): void {
    if (this.#room === undefined || this.#goal !== undefined) return;
    if (this.#room.presence.peers.length < 2) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const { camera, aspect } = this.#view;
      if (camera !== undefined) this.#room?.presence.update({ camera: { ...camera, aspect } });
    }, SHARE_MS);
  }

  /** Called when the person here turns, moves or zooms: the view is theirs again. */
  byHand(): void {
    const room = this.#room;
    if (room === undefined || this.#leader === undefined) return;
    this.#isFree = true;
    this.#stop();
    if (typeof room.playback.following === 'number') room.playback.follow('room');
  }

  #follow(): void {
    const leader = this.#room === undefined ? undefined : cameraLeader(this.#room);
    if (leader?.clientId !== this.#leader) this.#isFree = false;
    this.#leader = leader?.clientId;
    if (leader?.camera == null || this.#isFree) {
      this.#stop();
      return;
    }
    if (leader.camera === this.#said) return;
    this.#said = leader.camera;
    this.#goal = fitView(leader.camera, this.#view.aspect, this.#view.positions);
    if (prefersStillness() || document.visibilityState === 'hidden') {
      this.#view.setCamera(this.#goal);
      return;
    }
    if (this.#request !== 0) return;
    this.#beforeMs = performance.now();
    this.#request = requestAnimationFrame(this.#ease);
  }

  readonly #ease = (nowMs: number): void => {
    this.#request = 0;
    const goal = this.#goal;
    const from = this.#view.camera;
    if (goal === undefined) return;
    const part = from === undefined ? 1 : 1 - Math.exp(-Math.max(1, nowMs - this.#beforeMs) / EASE_MS);
    this.#beforeMs = nowMs;
    const next = from === undefined ? goal : mixPoses(from, goal, part);
    const left = Math.max(...next.position.map((value, axis) => Math.abs(value - goal.position[axis])));
    const size = Math.hypot(...goal.position.map((value, axis) => value - goal.target[axis])) || 1;
    if (left < size * 1e-4) this.#view.setCamera(goal);
    else {
      this.#view.setCamera(next);
      this.#request = requestAnimationFrame(this.#ease);
    }
  };

  #stop(): void {
    cancelAnimationFrame(this.#request);
    this.#request = 0;
    this.#goal = this.#said = undefined;
  }
}
