import type { ReactiveElement } from 'lit';
import type { Frame } from '../../protocol/frames.ts';
import type { CameraPose } from '../../protocol/presence.ts';
import type { Room } from '../../room/room.ts';
import type { SelectMode } from '../own-selection.ts';
import type { SceneFrame, SceneView } from '../scene/scene-view.ts';
import type { ViewerMode } from '../viewer/viewer-mode.ts';

/** What tools work on: a viewer and the hand that holds them. */
export interface ToolOwner {
  readonly element: ReactiveElement;
  mode: ViewerMode;
  readonly activeRoom: Room | undefined;
  readonly scene: SceneView | undefined;
  /** The frame as it is drawn, and as it is stored or being moved. */
  readonly sceneFrame: SceneFrame | undefined;
  readonly frame: Frame | undefined;
  readonly camera: CameraPose | undefined;
  readonly atomCount: number;
  selectedAtoms(): Uint32Array;
  select(atoms: Iterable<number>, mode: SelectMode): void;
  /** Whether atoms may be moved here; says why not. */
  mayMove(): boolean;
  preview(frame: Frame | undefined): void;
  say(text: string): void;
  fail(error: unknown): void;
}
