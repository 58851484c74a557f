import { nothing, type TemplateResult } from 'lit';
import { isFrameArray, type Frame } from '../../protocol/frames.ts';
import type { SceneFrame } from '../scene/scene-view.ts';
import { add, normalized, scaled, type Vector } from '../scene/vector.ts';
import type { HeldKeys, ToolDrag } from '../viewer/pointer-gestures.ts';
import { AtomMover } from './atom-mover.ts';
import {
  alongAxis,
  axisVector,
  gizmoShape,
  gizmoTemplate,
  handleAt,
  middleOf,
  type GizmoShape,
  type Handle,
} from './gizmo.ts';
import type { Motion } from './motion.ts';
import type { ToolOwner } from './tool-owner.ts';
import { shiftInPlane, viewAxes, type Pixel } from './view-plane.ts';

/** How far one key press moves the selected atoms, angstrom, and turns them, degrees. */
const STEP_LENGTH = 0.1;
const STEP_ANGLE = 5;

/** What the keys do: a direction as seen (right, up, towards the viewer) and an axis as seen to turn about. */
const STEPS: Readonly<Record<string, { move?: Vector; turn?: Vector }>> = {
  left: { move: [-1, 0, 0] },
  right: { move: [1, 0, 0] },
  up: { move: [0, 1, 0] },
  down: { move: [0, -1, 0] },
  nearer: { move: [0, 0, 1] },
  away: { move: [0, 0, -1] },
  'turn-left': { turn: [0, 0, 1] },
  'turn-right': { turn: [0, 0, -1] },
  'turn-up': { turn: [-1, 0, 0] },
  'turn-down': { turn: [1, 0, 0] },
};

/** Moves the selected atoms: by a gizmo, by dragging them, by keys. */
export class MoveTool {
  readonly mover: AtomMover;
  readonly #owner: ToolOwner;
  #held: Handle | undefined;
  #hovered: Handle | undefined;
  #shape: GizmoShape | undefined;

  constructor(owner: ToolOwner) {
    this.#owner = owner;
    this.mover = new AtomMover(owner);
  }

  /** One step by key. */
  nudge(name: string): void {
    const { activeRoom: room, frame, camera } = this.#owner;
    const step = STEPS[name];
    const atoms = [...this.#owner.selectedAtoms()];
    if (room === undefined || frame === undefined || camera === undefined || step === undefined) return;
    if (atoms.length === 0 || !this.#owner.mayMove()) return;
    room.playback.pause();
    const axes = viewAxes(camera);
    const seen = ([x, y, z]: Vector): Vector => add(add(scaled(axes[0], x), axes[1], y), axes[2], z);
    const motion: Motion = { shift: step.move === undefined ? [0, 0, 0] : scaled(seen(step.move), STEP_LENGTH) };
    const center = storedMiddle(frame, atoms);
    if (step.turn === undefined || center === undefined) this.mover.step(room, frame, atoms, motion);
    else {
      const turn = { center, axis: normalized(seen(step.turn)), radians: (STEP_ANGLE * Math.PI) / 180 };
      this.mover.step(room, frame, atoms, { ...motion, turn });
    }
  }

  /** The frame in the picture is another one: what is being dragged belongs to the one before. */
  setFrame(frame: Frame | undefined): void {
    const { draggedFrame } = this.mover;
    if (draggedFrame === undefined || frame?.id === draggedFrame) return;
    this.#held = undefined;
    if (this.mover.cancel()) this.#owner.say('Another frame is shown; nothing was moved');
  }

  /** True when the pointer is on the gizmo. */
  hover(at: Pixel | undefined): boolean {
    const handle = at === undefined || this.#shape === undefined ? undefined : handleAt(this.#shape, at, false);
    if (handle !== this.#hovered) {
      this.#hovered = handle;
      this.#owner.element.requestUpdate();
    }
    return handle !== undefined;
  }

  grab(at: Pixel, keys: HeldKeys, isTouch: boolean): ToolDrag | undefined {
    const { activeRoom: room, frame, scene, camera, sceneFrame } = this.#owner;
    if (room === undefined || frame === undefined || scene === undefined || camera === undefined || !sceneFrame)
      return undefined;
    let handle = this.#shape && handleAt(this.#shape, at, isTouch);
    const found = handle === undefined ? scene.pick(at.x, at.y) : undefined;
    if (handle === undefined && (found === undefined || keys.isShift)) return undefined;
    if (!this.#owner.mayMove()) return { move: () => undefined, end: () => undefined, cancel: () => undefined };
    if (found !== undefined && !this.#owner.selectedAtoms().includes(found.atom))
      this.#owner.select([found.atom], 'replace');
    handle ??= 'plane';
    const atoms = [...this.#owner.selectedAtoms()];
    const center = middleOf(sceneFrame.positions, atoms);
    if (center === undefined) return undefined;
    room.playback.pause();
    this.mover.begin(room, frame, atoms);
    this.#held = handle;
    const pivot = storedMiddle(frame, atoms) ?? center;
    const motionTo = this.#motions(handle, { drawn: center, stored: pivot }, found?.point ?? center, at);
    this.#owner.element.requestUpdate();
    const end = (): void => {
      this.#held = undefined;
      this.#owner.element.requestUpdate();
    };
    return {
      move: (to, { isShift }) => this.mover.drag(motionTo(to, isShift ? 0.1 : 1)),
      end: () => {
        end();
        void this.mover.flush();
      },
      cancel: () => {
        end();
        this.mover.cancel();
      },
    };
  }

  /** What a drag from `from` means, for the camera at its beginning; `share` makes it finer. */
  #motions(
    handle: Handle,
    center: { drawn: Vector; stored: Vector },
    point: Vector,
    from: Pixel,
  ): (to: Pixel, share: number) => Motion {
    const { camera, element } = this.#owner;
    const { clientWidth: width, clientHeight: height } = element;
    const shape = camera && gizmoShape(camera, center.drawn, width, height);
    if (camera === undefined || shape === undefined) return () => ({ shift: [0, 0, 0] });
    if (handle === 'plane')
      return ({ x, y }, share) => ({
        shift: shiftInPlane(camera, point, height, (x - from.x) * share, (y - from.y) * share),
      });
    if (handle === 'ring') {
      const [, , back] = viewAxes(camera);
      const angle = ({ x, y }: Pixel): number => Math.atan2(shape.center.y - y, x - shape.center.x);
      return (to, share) => {
        const turned = angle(to) - angle(from);
        const radians = Math.atan2(Math.sin(turned), Math.cos(turned)) * share;
        return { shift: [0, 0, 0], turn: { center: center.stored, axis: back, radians } };
      };
    }
    const axis = shape.axes.find(({ name }) => name === handle);
    return ({ x, y }, share) => {
      const length = axis === undefined ? 0 : alongAxis(axis.perAngstrom, x - from.x, y - from.y) * share;
      return { shift: scaled(axisVector(handle), length) };
    };
  }

  /** The gizmo where the selected atoms are now; nothing while none are. */
  template(frame: SceneFrame | undefined): TemplateResult<2> | typeof nothing {
    const { camera, element } = this.#owner;
    const center = frame && middleOf(frame.positions, this.#owner.selectedAtoms());
    this.#shape =
      camera === undefined || center === undefined
        ? undefined
        : gizmoShape(camera, center, element.clientWidth, element.clientHeight);
    return this.#shape === undefined ? nothing : gizmoTemplate(this.#shape, this.#held ?? this.#hovered);
  }

  /** Puts back what is being dragged; false when nothing is. */
  cancel(): boolean {
    this.#held = undefined;
    return this.mover.cancel();
  }

  /** Where the gizmo is, for whoever points at it. */
  get shape(): GizmoShape | undefined {
    return this.#shape;
  }
}

/** Middle of atoms where they are stored, which need not be where they are drawn: there they may be wrapped. */
function storedMiddle(frame: Frame, atoms: readonly number[]): Vector | undefined {
  const { positions } = frame.data;
  return isFrameArray(positions) ? middleOf(positions.data, atoms) : undefined;
}
