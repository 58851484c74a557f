import type { Room } from '../../room/room.ts';
import type { RepeatedPicture } from '../repeat/repeated-picture.ts';
import type { SceneFrame, SceneView } from '../scene/scene-view.ts';

/** Wrapped, centred and repeated pictures, whose code comes with the first room that asks for one. */
export class LazyRepeat {
  readonly #changed: () => void;
  readonly #fail: (error: unknown) => void;
  #picture: RepeatedPicture | undefined;

  /** `changed` is called when everything is to be given to the scene anew. */
  constructor(changed: () => void, fail: (error: unknown) => void) {
    this.#changed = changed;
    this.#fail = fail;
  }

  /** Follows the settings of a room until the returned function is called. */
  connect(room: Room): () => void {
    let isOver = false;
    const settings = ['scene.wrap', 'scene.center', 'scene.copies'].map((key) => room.state.ref(key));
    const follow = (): void => {
      if (this.#picture !== undefined) this.#changed();
      else if (settings.some(({ exists }) => exists))
        import('../repeat/repeated-picture.ts').then(({ RepeatedPicture: Picture }) => {
          if (isOver) return;
          this.#picture ??= new Picture(room, this.#changed);
          this.#changed();
        }, this.#fail);
    };
    const undo = settings.map((setting) => setting.onChange(follow));
    follow();
    return () => {
      isOver = true;
      for (const each of undo) each();
      const had = this.#picture !== undefined;
      this.#picture?.close();
      this.#picture = undefined;
      if (had) this.#changed();
    };
  }

  scene(inner: SceneView | undefined): SceneView | undefined {
    return inner && (this.#picture?.scene(inner) ?? inner);
  }

  arrange(frame: SceneFrame | undefined): SceneFrame | undefined {
    return frame && (this.#picture?.arrange(frame) ?? frame);
  }
}
