import type { Room } from '../../room/room.ts';
import type { RepeatedPicture } from '../repeat/repeated-picture.ts';
import type { SceneFrame, SceneView } from '../scene/scene-view.ts';

/** Whose picture it is. */
interface RepeatOwner {
  /** What this picture alone is like. */
  readonly wrap: 'atoms' | 'molecules' | undefined;
  readonly hand: { fail(error: unknown): void };
}

/** Wrapped, centred and repeated pictures, whose code comes with the first room that asks for one. */
export class LazyRepeat {
  readonly #changed: () => void;
  readonly #viewer: RepeatOwner;
  #picture: RepeatedPicture | undefined;
  #follow: (() => void) | undefined;

  /** `changed` is called when everything is to be given to the scene anew. */
  constructor(viewer: RepeatOwner, changed: () => void) {
    this.#viewer = viewer;
    this.#changed = changed;
  }

  /** What this picture alone is like changed. */
  refresh(): void {
    this.#follow?.();
  }

  /** Follows the settings of a room until the returned function is called. */
  connect(room: Room): () => void {
    let isOver = false;
    const settings = ['scene.wrap', 'scene.molecules', 'scene.center', 'scene.copies'].map((key) =>
      room.state.ref(key),
    );
    const follow = (): void => {
      if (this.#picture !== undefined) this.#changed();
      else if (settings.some(({ exists }) => exists) || this.#viewer.wrap !== undefined)
        import('../repeat/repeated-picture.ts').then(
          ({ RepeatedPicture: Picture }) => {
            if (isOver) return;
            this.#picture ??= new Picture(room, this.#changed, () => {
              const { wrap } = this.#viewer;
              return wrap === 'atoms' ? true : wrap === 'molecules' ? wrap : undefined;
            });
            this.#changed();
          },
          (error: unknown) => this.#viewer.hand.fail(error),
        );
    };
    const undo = settings.map((setting) => setting.onChange(follow));
    this.#follow = follow;
    follow();
    return () => {
      isOver = true;
      this.#follow = undefined;
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
