import { ContextConsumer, ContextProvider } from '@lit/context';
import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { classMap } from 'lit/directives/class-map.js';
import { asCovalenceError, throwOurs, type CovalenceError } from '../../protocol/errors.ts';
import type { Frame } from '../../protocol/frames.ts';
import type { CameraPose } from '../../protocol/presence.ts';
import type { Room } from '../../room/room.ts';
import { FrameController } from '../controllers/frame-controller.ts';
import { CoErrorEvent, CoFileDropEvent, CoFrameShownEvent, CoHoverEvent, CoRoomChangedEvent } from '../events.ts';
import { roomOpeningContext, type RoomSource } from '../room-context.ts';
import { ownLooksContext } from '../own-looks.ts';
import { RoomElement } from '../room-element.ts';
import { roomExpressions } from '../room-expressions.ts';
import { roomView } from '../room-view.ts';
import type { SceneFrame, SceneView } from '../scene/scene-view.ts';
import { controls } from '../styles/controls.styles.ts';
import { tokens } from '../styles/tokens.styles.ts';
import { placeAnchors } from './anchors.ts';
import { runCommand } from './commands.ts';
import { FirstView } from './first-view.ts';
import { Hover } from './hover.ts';
import { commandOf } from './keyboard.ts';
import { noticeTemplate, peerTemplate, rectangleTemplate, toolbarTemplate, tooltipTemplate } from './overlay.ts';
import { LazyPanels } from './lazy-panels.ts';
import { LazyRepeat } from './lazy-repeat.ts';
import { picturePart } from './picture-part.ts';
import { Nearness } from './nearness.ts';
import { openFilesHere, openUrlHere, PrivateRoom } from './private-room.ts';
import { RoomPicture } from './room-picture.ts';
import { DRAWN_KEYS, sceneFrameOf } from './scene-frame.ts';
import { SceneHost } from './scene-host.ts';
import { ViewerHand } from './viewer-hand.ts';
import type { ViewerMode } from './viewer-mode.ts';
import { viewerDescription, viewerNotice } from './viewer-notice.ts';
import { viewerStyles } from './viewer.styles.ts';

/** How long a viewer may be out of the page before a file it opened itself is closed. */
const GRACE_MS = 50;

/**
 * Draws the frame a room is at and everything people share about it; turns, selects, measures and moves atoms by mouse, touch and
 * keyboard.
 *
 * @summary The picture of a molecule or material.
 * @slot toolbar - Further buttons below the viewer's own; shown with `controls`.
 * @slot overlay - Anything on top of the picture.
 * @slot empty - In place of the sentence shown while there is nothing to draw.
 * @event co-selection-changed - The person here changed their selection.
 * @event co-hover - Another atom, or none, is under the pointer.
 * @event co-frame-shown - A frame has been handed to the picture.
 * @event co-camera-changed - The camera moved.
 * @event co-measured - Two, three or four atoms were measured.
 * @event co-file-drop - Files were dropped; cancel it to open them yourself.
 * @event co-room-changed - The viewer shows a room, or another one.
 * @event co-error - Something could not be shown; a sentence stands in the picture.
 * @csspart canvas - The picture.
 * @csspart toolbar - The viewer's own buttons.
 * @csspart tooltip - What is known about an atom.
 * @csspart measurement - A measured distance, angle or dihedral.
 * @csspart gizmo - Arrows and ring by which atoms are moved, and the lasso.
 * @csspart mode - The bar that says what a tool waits for.
 * @csspart select - The menu Select.
 * @csspart repeat - The menu Cell and copies.
 * @csspart notice - The sentence in place of a picture.
 * @csspart legend - What colours and arrows mean.
 * @csspart label - Words at an atom.
 * @csspart looks - The menu Show as.
 * @csspart help - Keys and gestures.
 * @csspart stage - What takes the pointer: the picture and everything pinned to it.
 * @csspart peer - Another person's pointer on an atom.
 * @cssproperty --co-background - Behind the picture.
 * @cssproperty --co-cell - Edges of the unit cell.
 * @cssproperty --co-highlight - The atom pointed at.
 * @cssproperty --co-accent - Focus, selection rectangle, progress.
 */
export class CoViewer extends RoomElement implements RoomSource {
  static override styles: CSSResultGroup = [tokens, controls, viewerStyles];

  /** `lazy` opens `src` only when the viewer comes near what is seen of the page. */
  @property() loading: 'eager' | 'lazy' = 'eager';
  /** File, or Zarr store, to open in this page alone, without a server. */
  @property() src: string | undefined;
  /** Address of the file that says which atoms `src` has, for trajectories without elements. */
  @property() topology: string | undefined;
  /** What the picture shows, for those who cannot see it. */
  @property() alt: string | undefined;
  /** Shows the viewer's own buttons. */
  @property({ type: Boolean }) controls = false;
  /** What a click and a drag do: turn and select, select an area, measure, or move the selected atoms. */
  @property({ reflect: true }) mode: ViewerMode = 'select';
  /** `low` draws simple discs, for weak machines; found out from the device when not set. */
  @property() quality: 'high' | 'low' | undefined;
  /** Whether the unit cell is drawn; `auto` draws one that repeats, but not that of a protein or nucleic acid. */
  @property() cell: 'auto' | 'show' | 'hide' = 'auto';
  /** Draws each of the `atoms` inside a cell that repeats, or `molecules` in one piece there; as the room says when not set. */
  @property() wrap: 'atoms' | 'molecules' | undefined;

  /** Selected atoms where the selection is the page's own: clicks tell what it would be and change no record. */
  @property({ attribute: false }) selected: readonly number[] | undefined;

  @state() private error: CovalenceError | undefined;
  @state() private frameError: CovalenceError | undefined;
  @state() private liveText = '';
  @query('.stage') private stage!: HTMLElement;
  @query('.overlay') private overlayElement!: HTMLElement;

  readonly #roomOpening = new ContextConsumer(this, { context: roomOpeningContext, subscribe: true });
  #lastRoom: Room | undefined;
  #closing: ReturnType<typeof setTimeout> | undefined;
  #sceneFrame: SceneFrame | undefined;
  #wantedCamera: CameraPose | undefined;
  readonly #first = new FirstView();
  #undoHand: (() => void) | undefined;
  readonly #near = new Nearness(this);

  readonly #own = new PrivateRoom({
    onRoom: (room) => (this.room = room),
    onChange: (error) => {
      if (error === undefined) this.error = undefined;
      else this.#fail(error);
      this.requestUpdate();
    },
  });
  readonly #host = new SceneHost({
    onScene: () => this.#furnish(),
    onDrawn: () => this.#place(),
    onCamera: () => this.hand.cameraMoved(),
    onError: (error) => this.#fail(error),
  });
  readonly #frames = new FrameController({
    keys: DRAWN_KEYS,
    further: () => (this.activeRoom ? roomExpressions(this.activeRoom).keys : []),
    onAsked: () => this.#show(this.frame),
    onFrame: (frame) => this.#show(frame),
    onError: (error) => {
      this.frameError = error;
      if (error !== undefined) this.dispatchEvent(new CoErrorEvent(error));
    },
  });
  readonly #repeat = new LazyRepeat(this, () => this.#furnish());
  readonly #picture = new RoomPicture(picturePart(this, (keys) => this.#frames.want(keys)));
  /** @internal */
  readonly panels: LazyPanels = new LazyPanels(this);
  /** @internal */
  readonly hover: Hover = new Hover(() => this.#hovered());
  /** @internal */
  readonly hand: ViewerHand = new ViewerHand(this);

  /** The scene, for the viewer's own parts. @internal */
  get scene(): SceneView | undefined {
    return this.#repeat.scene(this.#host.scene);
  }

  /** @internal */
  get sceneFrame(): SceneFrame | undefined {
    return this.#sceneFrame;
  }

  /** @internal */
  get isCellShown(): boolean {
    if (this.cell !== 'auto') return this.cell === 'show';
    const { looks } = this.#picture;
    const frame = this.sceneFrame;
    return looks?.isCellShown ?? (frame?.isPolymer !== true && frame?.pbc?.some((repeats) => repeats !== 0) === true);
  }

  /** The frame in the picture. */
  get frame(): Frame | undefined {
    return this.#frames.frame;
  }

  /** The point of view. Set before the first picture, it is kept instead of showing everything. */
  get camera(): CameraPose | undefined {
    return this.scene?.camera ?? this.#wantedCamera;
  }
  set camera(pose: CameraPose | undefined) {
    this.#wantedCamera = pose;
    if (pose === undefined || !this.#first.isShown) return;
    this.hand.flight.stop();
    this.scene?.setCamera(pose);
  }

  /** Brings everything, or some atoms, into the picture. */
  fit(atoms?: Iterable<number>): void {
    this.hand.fit(atoms === undefined ? undefined : Uint32Array.from(atoms));
  }

  /** Where an atom is, in CSS pixels from the viewer's top left; undefined when it is not in the picture. */
  project(atom: number): { x: number; y: number; depth: number } | undefined {
    return this.scene?.project(atom);
  }

  /** The picture as PNG, labels, measurements and legend included unless `words` is false, in pixels of any size. Rejects with `render/unavailable` when there is none. */
  async toBlob(options: { width?: number; height?: number; background?: string; words?: boolean } = {}): Promise<Blob> {
    const scene = this.scene;
    if (scene === undefined)
      throw this.error ?? asCovalenceError(new Error('There is no picture yet.'), 'render/unavailable');
    return await import('./picture-words.ts').then((all) => all.pictureWithWords(this, scene, options), throwOurs);
  }

  /** Does what a key press asks for, as if the viewer had the focus; true when the key means something here. */
  handleKey(event: KeyboardEvent): boolean {
    const command = commandOf(event);
    if (command === undefined) return false;
    // Without anything to move, these keys are the browser's way back and forth.
    if (command.startsWith('nudge-') && !this.hand.canNudge) return false;
    event.preventDefault();
    runCommand(this.hand, command);
    return true;
  }

  /** Gives the picture the keyboard. */
  override focus(options?: FocusOptions): void {
    this.stage?.focus(options);
  }

  /** Opens or closes the overlay with keys and gestures. */
  toggleHelp(isOpen?: boolean): void {
    this.panels.toggle('help', isOpen);
  }

  /** Shows a frame that is not stored yet; undefined shows the stored one again. @internal */
  preview(frame: Frame | undefined): void {
    this.#show(frame ?? this.frame);
  }

  /** Fits the first view again, unless somebody chose one: what is drawn turned out to be less. @internal */
  refit(): void {
    this.#first.again(this.scene, this.#sceneFrame);
  }

  /** Says something to those who hear the page. @internal */
  say(text: string): void {
    this.liveText = text;
  }

  constructor() {
    super();
    this.addController(new ContextProvider(this, { context: ownLooksContext, initialValue: this.#picture.own }));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    clearTimeout(this.#closing);
    if (!this.hasUpdated) return;
    this.#start();
    if (this.src !== undefined && this.room === undefined) void this.#openSource();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // Moved within the page it looks as before.
    this.#wantedCamera = this.#first.isShown ? this.scene?.camera : this.#wantedCamera;
    this.#first.isShown = false;
    this.#undoHand?.();
    this.#near.stop();
    this.#host.detach();
    this.#closing = setTimeout(() => this.#own.close(), GRACE_MS);
  }

  protected override connectRoom(room: Room): readonly (() => void)[] {
    if (this.#lastRoom !== undefined && this.#lastRoom !== room) {
      this.#wantedCamera = undefined;
      this.#first.isShown = false;
    }
    this.#lastRoom = room;
    const undo = [
      this.#repeat.connect(room),
      this.#picture.connect(room),
      this.hover.connect(room),
      this.hand.connect(room),
      this.#frames.connect(room),
      roomExpressions(room).onChange(() => this.#frames.again()),
      room.presence.onChange(() => this.requestUpdate()),
      room.frames.onChange(() => this.requestUpdate()),
      room.onStatus(() => this.requestUpdate()),
      roomView(room).onShow((what) => this.hand.show(what)),
    ];
    queueMicrotask(() => this.dispatchEvent(new CoRoomChangedEvent(room)));
    return undo;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if ((changed.has('src') || changed.has('topology')) && (this.src !== undefined || this.hasUpdated))
      void this.#openSource();
    if (changed.has('quality') && this.quality !== undefined) this.scene?.setQuality(this.quality);
    if (changed.has('selected')) this.#picture.select(this.selected);
    if (changed.has('wrap')) this.#repeat.refresh();
    if (changed.has('mode')) this.hand.tools.loaded?.modeChanged(this.mode);
  }

  protected override firstUpdated(): void {
    this.#start();
  }

  protected override updated(): void {
    this.scene?.setCellVisible(this.isCellShown);
    this.#place();
  }

  protected override render(): TemplateResult {
    const { atom, facts } = this.hover;
    const tools = this.hand.tools.loaded;
    const opening = this.activeRoom === undefined ? this.#roomOpening.value : undefined;
    const notice = viewerNotice({
      error: this.error ?? opening?.error,
      frameError: this.frameError,
      frame: this.frame,
      room: this.activeRoom,
      isOpening: this.#near.isAwaited || this.#own.isOpening || opening?.isOpening === true,
    });
    return html`
      <div
        class=${classMap({ stage: true, 'on-atom': atom !== undefined })}
        part="stage"
        role="application"
        aria-roledescription="molecule viewer"
        aria-label=${this.alt ?? viewerDescription(this.#sceneFrame?.atomCount)}
        aria-keyshortcuts="? F Space"
        aria-describedby="keys"
        tabindex="0"
        @keydown=${(event: KeyboardEvent) => this.handleKey(event)}
      >
        <canvas part="canvas" aria-hidden="true"></canvas>
      </div>
      <p id="keys" class="visually-hidden">Arrow keys turn, plus and minus zoom. Press question mark for all keys.</p>
      <div class="overlay" aria-hidden="true">
        ${this.#picture.looks?.labelsTemplate()} ${tools?.template()}
        ${peerTemplate(this.activeRoom?.presence.peers ?? [], this.frame?.id)}
        ${atom === undefined || facts === undefined ? nothing : tooltipTemplate(atom, facts)}
        ${this.hand.rectangle === undefined ? nothing : rectangleTemplate(this.hand.rectangle)}
      </div>
      ${this.#picture.looks?.legendTemplate()} ${tools?.bar()}
      <slot name="overlay"></slot>
      ${notice === undefined ? nothing : html`<slot name="empty">${noticeTemplate(notice)}</slot>`}
      ${this.controls ? toolbarTemplate(this.hand.buttons) : nothing} ${this.panels.template()}
      <div class="visually-hidden" role="status">${this.liveText}</div>
    `;
  }

  #start(): void {
    if (!this.isConnected) return;
    this.#host.attach(this.stage);
    this.#undoHand = this.hand.attach(this.stage);
  }

  #furnish(): void {
    this.error = undefined;
    if (this.quality !== undefined) this.scene?.setQuality(this.quality);
    this.scene?.setCellVisible(this.isCellShown);
    this.#picture.refresh();
    if (this.frame !== undefined) this.#show(this.frame);
  }

  #show(frame: Frame | undefined): void {
    if (this.activeRoom !== undefined) roomExpressions(this.activeRoom).setFrame(frame, this.#frames.asked);
    const sceneFrame = (this.#sceneFrame = this.#repeat.arrange(frame && sceneFrameOf(frame)));
    this.scene?.setCellVisible(this.isCellShown);
    this.#picture.setFrame(frame, sceneFrame);
    this.hover.setFrame(frame);
    this.hand.tools.loaded?.frameChanged();
    this.requestUpdate();
    const scene = this.scene;
    if (frame === undefined || sceneFrame === undefined || scene === undefined) return;
    this.#first.show(scene, sceneFrame, this.#wantedCamera);
    this.dispatchEvent(new CoFrameShownEvent(frame));
  }

  #hovered(): void {
    this.scene?.setHover(this.hover.atom);
    this.requestUpdate();
    this.dispatchEvent(new CoHoverEvent(this.hover.atom));
  }

  #place(): void {
    const scene = this.scene;
    if (scene === undefined || !this.hasUpdated) return;
    placeAnchors(this.overlayElement, scene);
    this.hand.tools.loaded?.place();
  }

  #fail(error: CovalenceError): void {
    this.error = error;
    this.dispatchEvent(new CoErrorEvent(error));
  }

  async #openSource(): Promise<void> {
    const { src } = this;
    if (this.loading === 'lazy' && !this.#near.check(() => void this.#openSource())) return;
    if (src === undefined || src === '') this.#own.close();
    else await this.#own.open((signal) => openUrlHere(src, signal, this.topology));
  }

  /** Opens dropped files in this viewer, for this page alone. */
  async openFiles(files: readonly File[]): Promise<void> {
    if (files.length === 0 || !this.dispatchEvent(new CoFileDropEvent(files))) return;
    await this.#own.open((signal) => openFilesHere(files, signal));
  }
}
