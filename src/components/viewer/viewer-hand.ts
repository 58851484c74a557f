import type { ReactiveElement } from 'lit';
import { asCovalenceError, CovalenceError, isCovalenceError } from '../../protocol/errors.ts';
import type { Frame } from '../../protocol/frames.ts';
import type { CameraPose } from '../../protocol/presence.ts';
import type { Room } from '../../room/room.ts';
import { CoCameraChangedEvent, CoErrorEvent, CoSelectionChangedEvent } from '../events.ts';
import { formatPlural } from '../format-number.ts';
import { combineAtoms, currentSelection, selectAtoms, type SelectMode } from '../own-selection.ts';
import { loadPerson } from '../person.ts';
import type { SceneFrame, SceneView } from '../scene/scene-view.ts';
import { selectionAtoms, selectionOf } from '../selection-atoms.ts';
import { CameraFlight } from './camera-flight.ts';
import type { CommandTarget } from './commands.ts';
import { atomsToFit } from './framing.ts';
import type { Hover } from './hover.ts';
import type { ToolOwner } from '../tools/tool-owner.ts';
import type { Tools } from '../tools/tools.ts';
import type { ViewerCommand } from './keyboard.ts';
import { LazySharing } from './lazy-sharing.ts';
import type { LazyPanels } from './lazy-panels.ts';
import { LazyTools } from './lazy-tools.ts';
import type { PanelName } from './panel-owner.ts';
import type { ToolbarButton } from './overlay.ts';
import {
  pointerGestures,
  type GestureTarget,
  type HeldKeys,
  type PixelRectangle,
  type ToolDrag,
} from './pointer-gestures.ts';
import { toolbarButtons } from './toolbar-buttons.ts';
import type { ViewerMode } from './viewer-mode.ts';

/** From how far an atom is looked at when it is brought into focus, angstrom. */
const FOCUS_DISTANCE = 14;

/** What the hand works on: the viewer, as far as it needs it. */
export interface HandOwner extends ReactiveElement {
  mode: ViewerMode;
  cell: 'auto' | 'show' | 'hide';
  readonly isCellShown: boolean;
  readonly activeRoom: Room | undefined;
  readonly scene: SceneView | undefined;
  readonly sceneFrame: SceneFrame | undefined;
  readonly frame: Frame | undefined;
  readonly camera: CameraPose | undefined;
  readonly selected: readonly number[] | undefined;
  readonly hover: Hover;
  readonly panels: LazyPanels;
  openFiles(files: readonly File[]): Promise<void>;
  /** Shows a frame that is not stored yet; undefined shows the stored one again. */
  preview(frame: Frame | undefined): void;
  /** Says something to those who hear the page. */
  say(text: string): void;
}

/** Turns gestures and commands into changes of the camera and the shared selection; the rest is the tools'. */
export class ViewerHand implements GestureTarget, CommandTarget, ToolOwner {
  readonly flight: CameraFlight = new CameraFlight();
  /** The rectangle being drawn. */
  rectangle: PixelRectangle | undefined;
  readonly sharing: LazySharing;
  readonly #viewer: HandOwner;
  readonly tools: LazyTools = new LazyTools(this, (tools) => this.#acquaint(tools));
  #undoTools: (() => void) | undefined;
  #hoverRequest = 0;

  constructor(viewer: HandOwner) {
    this.#viewer = viewer;
    this.sharing = new LazySharing(viewer);
  }

  get scene(): SceneView | undefined {
    return this.#viewer.scene;
  }
  get activeRoom(): Room | undefined {
    return this.#viewer.activeRoom;
  }
  get atomCount(): number {
    return this.#viewer.sceneFrame?.atomCount ?? 0;
  }
  get hoveredAtom(): number | undefined {
    return this.#viewer.hover.atom;
  }
  get element(): ReactiveElement {
    return this.#viewer;
  }
  get mode(): ViewerMode {
    return this.#viewer.mode;
  }
  set mode(mode: ViewerMode) {
    this.#viewer.mode = mode === 'move' && !this.mayMove() ? 'select' : mode;
  }
  get sceneFrame(): SceneFrame | undefined {
    return this.#viewer.sceneFrame;
  }
  get frame(): Frame | undefined {
    return this.#viewer.frame;
  }
  get camera(): CameraPose | undefined {
    return this.#viewer.camera;
  }
  preview(frame: Frame | undefined): void {
    this.#viewer.preview(frame);
  }
  say(text: string): void {
    this.#viewer.say(text);
  }

  get buttons(): ToolbarButton[] {
    const { mode, panels, sceneFrame } = this.#viewer;
    return toolbarButtons({ hand: this, mode, panel: panels.shown, hasCell: sceneFrame?.cell !== undefined });
  }

  /** Listens to hands on `stage` and to files over the viewer until the returned function is called. */
  attach(stage: HTMLElement): () => void {
    const viewer = this.#viewer;
    const events = new AbortController();
    const { signal } = events;
    const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    viewer.addEventListener(
      'dragover',
      (event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        viewer.toggleAttribute('dropping', true);
      },
      { signal },
    );
    viewer.addEventListener('dragleave', () => viewer.toggleAttribute('dropping', false), { signal });
    viewer.addEventListener(
      'drop',
      (event) => {
        viewer.toggleAttribute('dropping', false);
        if (!carriesFiles(event)) return;
        event.preventDefault();
        void viewer.openFiles([...(event.dataTransfer?.files ?? [])]);
      },
      { signal },
    );
    const undoGestures = pointerGestures(stage, this);
    return () => {
      undoGestures();
      events.abort();
      this.flight.stop();
      cancelAnimationFrame(this.#hoverRequest);
    };
  }

  /** Follows the own selection of a room. */
  connect(room: Room): () => void {
    const follow = (): void => {
      const current = currentSelection(room, loadPerson());
      this.tools.loaded?.selectionChanged(current?.record.particle_ids ?? []);
      this.#viewer.requestUpdate();
    };
    const undo = [room.selections.onChange(follow), this.sharing.connect(room)];
    if (this.tools.loaded === undefined) void this.tools.load().catch(() => undefined);
    else this.#acquaint(this.tools.loaded);
    return () => {
      for (const each of undo) each();
      this.#undoTools?.();
      this.#undoTools = undefined;
    };
  }

  #acquaint(tools: Tools): void {
    const room = this.activeRoom;
    if (room === undefined) return;
    this.#undoTools?.();
    this.#undoTools = tools.connect(room);
    tools.frameChanged();
    tools.selectionChanged(currentSelection(room, loadPerson())?.record.particle_ids ?? []);
  }

  cameraMoved(): void {
    const { camera } = this.#viewer;
    if (camera !== undefined) this.#viewer.dispatchEvent(new CoCameraChangedEvent(camera));
    this.sharing.moved();
  }

  /** The person here moves the camera: whatever else moved it ends. */
  takeOver(): void {
    this.flight.stop();
    this.sharing.byHand();
  }

  orbit(deltaX: number, deltaY: number): void {
    this.takeOver();
    this.scene?.orbit(deltaX, deltaY);
  }
  pan(deltaX: number, deltaY: number): void {
    this.takeOver();
    this.scene?.pan(deltaX, deltaY);
  }
  zoom(factor: number, x: number, y: number): void {
    this.takeOver();
    this.scene?.zoom(factor, x, y);
  }

  hover(at: { x: number; y: number } | undefined): void {
    cancelAnimationFrame(this.#hoverRequest);
    const isOnTool = this.tools.loaded?.hover(at) === true;
    if (at === undefined || isOnTool) {
      this.#viewer.hover.set(undefined);
      return;
    }
    this.#hoverRequest = requestAnimationFrame(() => this.#viewer.hover.set(this.scene?.pick(at.x, at.y)?.atom));
  }

  click(x: number, y: number, keys: HeldKeys): void {
    this.pick(this.scene?.pick(x, y)?.atom, keys.isShift);
  }

  doubleClick(x: number, y: number): void {
    const found = this.scene?.pick(x, y);
    if (found === undefined) this.fit();
    else this.#focus(Uint32Array.of(found.atom));
  }

  isBoxMode(): boolean {
    return this.#viewer.mode === 'box';
  }

  grab(x: number, y: number, keys: HeldKeys, isTouch: boolean): ToolDrag | undefined {
    return this.tools.loaded?.grab(x, y, keys, isTouch);
  }

  drawRectangle(rectangle: PixelRectangle | undefined): void {
    this.rectangle = rectangle;
    this.#viewer.requestUpdate();
  }

  selectRectangle({ left, top, right, bottom }: PixelRectangle, { isShift, isAlt }: HeldKeys): void {
    const atoms = this.scene?.pickRectangle(left, top, right, bottom);
    if (atoms !== undefined) this.select(atoms, isAlt ? 'remove' : isShift ? 'add' : 'replace');
  }

  pointAt(atom: number): void {
    this.#viewer.hover.set(atom);
    const facts = this.#viewer.hover.facts;
    if (facts === undefined) return;
    const { symbol, element, facts: lines } = facts;
    this.#viewer.say(
      `${element} ${symbol}, atom ${atom}. ${lines.map(({ name, value }) => `${name} ${value}`).join(', ')}`,
    );
  }

  pick(atom: number | undefined, isMore: boolean): void {
    if (/^(measure|angle|dihedral)$/.test(this.mode)) this.tools.use((tools) => tools.pick(atom));
    else if (atom !== undefined) this.select([atom], isMore ? 'toggle' : 'replace');
    else if (!isMore) this.select([], 'replace');
  }

  selectAll(): void {
    this.select(
      Uint32Array.from({ length: this.atomCount }, (_, atom) => atom),
      'replace',
    );
  }

  clear(): void {
    const viewer = this.#viewer;
    if (viewer.panels.shown !== undefined) viewer.panels.close();
    else if (this.rectangle !== undefined) this.drawRectangle(undefined);
    else if (this.tools.loaded?.clear() === true) return;
    else if (viewer.mode !== 'select') viewer.mode = 'select';
    else this.select([], 'replace');
  }

  fit(atoms?: Uint32Array): void {
    this.takeOver();
    if (this.scene === undefined) return;
    const { sceneFrame } = this.#viewer;
    if (atoms === undefined || atoms.length === 0) this.flight.toFit(this.scene, sceneFrame && atomsToFit(sceneFrame));
    else this.#focus(atoms);
  }

  focusSelection(): void {
    const room = this.activeRoom;
    if (room === undefined) return;
    const current = currentSelection(room, loadPerson());
    if (current !== undefined) this.show(current.key);
  }

  /** Brings a selection or some atoms into the picture. */
  show(what: string | readonly number[]): void {
    const room = this.activeRoom;
    if (room === undefined) return;
    const isKey = typeof what === 'string';
    const atoms = isKey ? selectionAtoms(room, selectionOf(room, what), this.atomCount) : Uint32Array.from(what);
    if (atoms.length > 0 && atoms.every((atom) => atom < this.atomCount)) this.#focus(atoms);
  }

  toggleMode(mode: ViewerMode): void {
    this.mode = this.mode === mode ? 'select' : mode;
  }
  get isCellShown(): boolean {
    return this.#viewer.isCellShown;
  }
  toggleCell(): void {
    this.#viewer.cell = this.#viewer.isCellShown ? 'hide' : 'show';
  }
  togglePanel(name: PanelName): void {
    this.#viewer.panels.toggle(name);
  }

  /** True when atoms are selected, so that they can be moved. */
  get canNudge(): boolean {
    return this.selectedAtoms().length > 0;
  }

  use(command: ViewerCommand): void {
    this.tools.use((tools) => tools.run(command));
  }

  mayMove(): boolean {
    const room = this.activeRoom;
    if (room === undefined || room.frames.isWritable) return room !== undefined;
    this.fail(
      room.can('write')
        ? new CovalenceError('frame/read-only', 'A file without a server cannot be edited.')
        : new CovalenceError('auth/denied', 'This link is for looking only.'),
    );
    return false;
  }

  revert(direction: 'undo' | 'redo'): void {
    // What is still being moved is the newest thing done.
    const stored = this.tools.loaded?.move.mover.flush() ?? Promise.resolve();
    void stored.then(async () => {
      const room = this.activeRoom;
      try {
        await room?.[direction]();
      } catch (error) {
        if (room === undefined || !isCovalenceError(error, 'undo/conflict')) return this.fail(error);
        const isAsked = await import('../conflicts/room-conflicts.ts')
          .then(({ roomConflicts }) => roomConflicts(room).addUndo(error, direction))
          .catch(() => false);
        if (!isAsked) this.fail(error);
      }
    });
  }

  selectedAtoms(): Uint32Array {
    const room = this.activeRoom;
    const own = this.#viewer.selected;
    if (room === undefined || own !== undefined) return Uint32Array.from(own ?? []);
    return selectionAtoms(room, currentSelection(room, loadPerson())?.record, this.atomCount);
  }

  fail(error: unknown): void {
    const failed = asCovalenceError(error);
    this.#viewer.say(failed.message);
    this.#viewer.dispatchEvent(new CoErrorEvent(failed, false));
  }

  #focus(atoms: Uint32Array): void {
    const { scene } = this;
    const positions = this.#viewer.sceneFrame?.positions;
    if (scene === undefined || positions === undefined) return;
    if (atoms.length > 1) {
      this.flight.toFit(scene, atoms);
      return;
    }
    const [atom] = atoms;
    const point = [0, 1, 2].map((axis) => positions[atom * 3 + axis]) as [number, number, number];
    this.flight.toPoint(scene, point, FOCUS_DISTANCE);
  }

  select(atoms: Iterable<number>, mode: SelectMode): void {
    const room = this.activeRoom;
    if (room === undefined || this.atomCount === 0) return;
    const own = this.#viewer.selected;
    if (own !== undefined) {
      this.#viewer.dispatchEvent(new CoSelectionChangedEvent(undefined, combineAtoms(own, atoms, mode)));
      return;
    }
    let selected: ReturnType<typeof selectAtoms>;
    try {
      selected = selectAtoms(room, loadPerson(), atoms, mode);
    } catch (error) {
      this.#viewer.dispatchEvent(new CoErrorEvent(asCovalenceError(error, 'value/invalid'), false));
      return;
    }
    this.#viewer.say(
      selected.atoms.length === 0 ? 'Nothing selected' : `${formatPlural(selected.atoms.length, 'atom')} selected`,
    );
    this.#viewer.dispatchEvent(new CoSelectionChangedEvent(selected.key, selected.atoms));
  }
}
