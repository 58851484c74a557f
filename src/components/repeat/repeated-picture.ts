import type { Room } from '../../room/room.ts';
import type { SceneFrame, SceneView } from '../scene/scene-view.ts';
import { selectionAtoms, selectionOf } from '../selection-atoms.ts';
import { arrangeFrame } from './arrange-frame.ts';
import { repeatedScene, type RepeatedScene } from './repeated-scene.ts';
import { MoleculeKeeper } from './molecule-keeper.ts';
import { repeatSettings, type RepeatSettings } from './scene-settings.ts';

/** Draws the frames of a room wrapped, centred and repeated as its `scene.*` settings say. */
export class RepeatedPicture {
  readonly #room: Room;
  #inner: SceneView | undefined;
  #repeated: RepeatedScene | undefined;

  readonly #ownWrap: () => RepeatSettings['wrap'] | undefined;
  readonly #molecules: MoleculeKeeper;
  readonly #undo: () => void;

  /** `changed` is called when the atoms in the middle, or the molecules, are others; `ownWrap` wins over the room. */
  constructor(room: Room, changed: () => void, ownWrap: () => RepeatSettings['wrap'] | undefined = () => undefined) {
    this.#room = room;
    this.#ownWrap = ownWrap;
    this.#molecules = new MoleculeKeeper(changed);
    this.#undo = room.selections.onChange(() => {
      if (!['all', undefined].includes(repeatSettings(room).center)) changed();
    });
  }

  close(): void {
    this.#undo();
    this.#molecules.close();
  }

  /** The scene through which everything goes; the same one for the same scene. */
  scene(inner: SceneView): SceneView {
    if (inner !== this.#inner) {
      this.#inner = inner;
      this.#repeated = repeatedScene(inner);
      this.#repeated.setCopies(repeatSettings(this.#room).copies);
    }
    return this.#repeated?.scene ?? inner;
  }

  /** The frame at the images that are drawn. Indices stay. */
  arrange(frame: SceneFrame): SceneFrame {
    const { wrap: roomWrap, center, copies } = repeatSettings(this.#room);
    this.#repeated?.setCopies(copies);
    const wanted = this.#ownWrap() ?? roomWrap;
    const wrap = wanted === 'molecules' ? this.#molecules.bondsOf(frame) : wanted;
    if (center === undefined || center === 'all') return arrangeFrame(frame, { wrap, center });
    const atoms = selectionAtoms(this.#room, selectionOf(this.#room, center), frame.atomCount);
    return arrangeFrame(frame, { wrap, center: atoms.length === 0 ? undefined : atoms });
  }
}
