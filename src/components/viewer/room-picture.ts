import type { Frame } from '../../protocol/frames.ts';
import type { Room } from '../../room/room.ts';
import { OwnLooks } from '../own-looks.ts';
import { roomExpressions } from '../room-expressions.ts';
import { roomView } from '../room-view.ts';
import type { DataLooks, LooksOwner } from '../looks/data-looks.ts';
import type { SceneFrame } from '../scene/scene-view.ts';
import { drawnFrameOf } from './scene-frame.ts';
import { glideTime } from './glide-time.ts';
import { withAutomatic } from './polymer-frame.ts';
import { PLAIN_HIGHLIGHT, sceneHighlights } from './scene-highlights.ts';
import { lacksElements, withTypes } from './unknown-elements.ts';
import { asksForData, sceneStyles, visualiserLayers, type VisualiserLayer } from './scene-styles.ts';

/** Keeps a scene like the shared records of a room: one redraw for any number of changes in a turn of the loop. */
export class RoomPicture {
  /** What comes when a record first asks for it: most pictures show elements only. */
  looks: DataLooks | undefined;
  #isLoading = false;
  /** What the page itself declares, for this picture alone. */
  readonly own: OwnLooks = new OwnLooks(() => this.refresh());
  readonly #owner: LooksOwner;
  #room: Room | undefined;
  #atomCount = 0;
  #frame: Frame | undefined;
  /** The same at the places where its atoms are drawn. */
  #drawnFrame: Frame | undefined;
  #isPolymer = false;
  #isBare = false;
  #isRefitted = false;
  #isStale = false;
  #selected = new Uint32Array(0);

  constructor(owner: LooksOwner) {
    this.#owner = owner;
  }

  /** Follows a room until the returned function is called. */
  connect(room: Room): () => void {
    this.#room = room;
    this.#isRefitted = false;
    const undo = [
      room.selections.onChange(this.refresh),
      room.visualisers.onChange(this.refresh),
      room.state.collection('scene.').onChange(this.refresh),
      roomView(room).onPoint(this.refresh),
      roomExpressions(room).onChange(this.refresh),
    ];
    this.refresh();
    return () => {
      for (const each of undo) each();
      this.#room = undefined;
      this.refresh();
    };
  }

  /** Shows a frame; selections are looked up again when the number of atoms changed. */
  setFrame(frame: Frame | undefined, sceneFrame: SceneFrame | undefined): void {
    const room = this.#room;
    const isSmooth = room !== undefined && roomView(room).isSmooth;
    const glideMs = isSmooth ? glideTime(room.playback, this.#frame, frame) : 0;
    this.#owner.scene?.setFrame(sceneFrame, glideMs);
    const atomCount = sceneFrame?.atomCount ?? 0;
    this.#frame = frame;
    this.#drawnFrame = frame && drawnFrameOf(frame, sceneFrame);
    this.looks?.setFrame(this.#drawnFrame, atomCount);
    if ((this.#owner.scene?.placeless ?? 0) > 0) this.#load();
    const isPolymer = sceneFrame?.isPolymer === true;
    const isBare = lacksElements(sceneFrame);
    if (atomCount === this.#atomCount && isPolymer === this.#isPolymer && isBare === this.#isBare) return;
    this.#atomCount = atomCount;
    this.#isPolymer = isPolymer;
    this.#isBare = isBare;
    this.#draw();
  }

  /** Outlines atoms that the page itself selected, besides what the room selected. */
  select(atoms: readonly number[] | undefined): void {
    this.#selected = Uint32Array.from(atoms ?? []);
    this.refresh();
  }

  /** Looks everything up again soon. */
  readonly refresh = (): void => {
    if (this.#isStale) return;
    this.#isStale = true;
    queueMicrotask(() => this.#draw());
  };

  #draw(): void {
    this.#isStale = false;
    const { scene } = this.#owner;
    if (scene === undefined) return;
    const room = this.#room;
    if (room === undefined) {
      scene.setStyles([]);
      scene.setHighlights([]);
      this.looks?.setScene({});
      this.looks?.setLayers([], []);
      return;
    }
    const said = visualiserLayers(room, this.#atomCount, this.own.all);
    const shaped = this.#isPolymer ? withAutomatic(said) : said;
    const layers = this.#isBare ? withTypes(shaped) : shaped;
    const keys = room.frames.trajectory?.keys.map(({ name }) => name) ?? [];
    scene.setStyles(this.looks?.styles(layers, keys) ?? sceneStyles(layers));
    if (shaped !== said && !this.#isRefitted && this.looks?.hasChains === true) {
      this.#isRefitted = true;
      this.#owner.refit();
    }
    this.#drawData(layers, keys, room.state.collection('scene.').snapshot());
    const highlights = sceneHighlights(room, this.#atomCount, roomView(room).pointedSelection);
    const own = this.#selected.filter((atom) => atom < this.#atomCount);
    scene.setHighlights(own.length === 0 ? highlights : [...highlights, { atoms: own, color: PLAIN_HIGHLIGHT }]);
  }

  #drawData(layers: readonly VisualiserLayer[], keys: readonly string[], settings: object): void {
    const { looks } = this;
    if (looks !== undefined) {
      looks.setScene(settings as Record<string, unknown>);
      looks.setLayers(layers, keys);
    } else if (Object.keys(settings).length > 0 || layers.some(({ record }) => asksForData(record))) this.#load();
  }

  /** Fetches what most pictures do without. */
  #load(): void {
    if (this.#isLoading || this.looks !== undefined) return;
    this.#isLoading = true;
    import('../looks/data-looks.ts').then(
      ({ DataLooks: Looks }) => {
        this.looks = new Looks(this.#owner, this.refresh);
        this.looks.setFrame(this.#drawnFrame, this.#atomCount);
        this.refresh();
      },
      (error: unknown) => {
        this.#isLoading = false;
        this.#owner.fail(error);
      },
    );
  }
}
