import type { Room } from '../../room/room.ts';
import type { SceneFrame, SceneView } from '../scene/scene-view.ts';
import type { CameraSharing, SharedView } from './camera-sharing.ts';

/** A viewer, as far as sharing its point of view needs it. */
interface SharingOwner extends HTMLElement {
  readonly scene: SceneView | undefined;
  readonly sceneFrame: SceneFrame | undefined;
}

/** {@link CameraSharing} that comes with the first other person: most pictures are looked at alone. */
export class LazySharing {
  readonly #view: SharedView;
  #sharing: CameraSharing | undefined;

  constructor(viewer: SharingOwner) {
    this.#view = {
      get camera() {
        return viewer.scene?.camera;
      },
      get aspect() {
        return viewer.clientWidth / Math.max(1, viewer.clientHeight);
      },
      get positions() {
        return viewer.sceneFrame?.positions ?? [];
      },
      setCamera: (pose) => viewer.scene?.setCamera(pose),
    };
  }

  connect(room: Room): () => void {
    let undo: (() => void) | undefined;
    let isLoading = false;
    const look = (): void => {
      if (isLoading || room.presence.peers.length < 2) return;
      isLoading = true;
      import('./camera-sharing.ts').then(
        ({ CameraSharing: Sharing }) => {
          if (undo === ended) return;
          undo?.();
          undo = (this.#sharing ??= new Sharing(this.#view)).connect(room);
        },
        () => (isLoading = false), // tried again with the next news of somebody
      );
    };
    const ended = (): void => undefined;
    undo = room.presence.onChange(look);
    look();
    return () => {
      undo?.();
      undo = ended;
    };
  }

  /** Called when the camera moved, whoever moved it. */
  moved(): void {
    this.#sharing?.moved();
  }

  /** Called when the person here turns, moves or zooms: the view is theirs again. */
  byHand(): void {
    this.#sharing?.byHand();
  }
}
