import type { Room } from '../../room/room.ts';
import { roomView } from '../room-view.ts';
import type { SceneFrame, SceneView } from '../scene/scene-view.ts';
import { sceneHighlights } from './scene-highlights.ts';
import { sceneStyles } from './scene-styles.ts';

/** Keeps a scene like the shared records of a room: one redraw for any number of changes in a turn of the loop. */
export class RoomPicture {
  readonly #scene: () => SceneView | undefined;
  #room: Room | undefined;
  #atomCount = 0;
  #isStale = false;

  constructor(scene: () => SceneView | undefined) {
    this.#scene = scene;
  }

  /** Follows a room until the returned function is called. */
  connect(room: Room): () => void {
    this.#room = room;
    const undo = [
      room.selections.onChange(this.refresh),
      room.visualisers.onChange(this.refresh),
      roomView(room).onPoint(this.refresh),
    ];
    this.refresh();
    return () => {
      for (const each of undo) each();
      this.#room = undefined;
      this.refresh();
    };
  }

  /** Shows a frame; selections are looked up again when the number of atoms changed. */
  setFrame(frame: SceneFrame | undefined): void {
    this.#scene()?.setFrame(frame);
    const atomCount = frame?.atomCount ?? 0;
    if (atomCount === this.#atomCount) return;
    this.#atomCount = atomCount;
    this.#draw();
  }

  /** Looks everything up again soon. */
  readonly refresh = (): void => {
    if (this.#isStale) return;
    this.#isStale = true;
    queueMicrotask(() => this.#draw());
  };

  #draw(): void {
    this.#isStale = false;
    const scene = this.#scene();
    if (scene === undefined) return;
    const room = this.#room;
    if (room === undefined) {
      scene.setStyles([]);
      scene.setHighlights([]);
      return;
    }
    scene.setStyles(sceneStyles(room, this.#atomCount));
    scene.setHighlights(sceneHighlights(room, this.#atomCount, roomView(room).pointedSelection));
  }
}
