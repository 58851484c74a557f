import type { Room } from '../../room/room.ts';
import { currentSelection, hideSelection } from '../own-selection.ts';
import { loadPerson } from '../person.ts';
import type { SceneView } from '../scene/scene-view.ts';
import type { ViewerCommand } from './keyboard.ts';
import type { PanelName } from './panel-owner.ts';
import type { ViewerMode } from './viewer-mode.ts';

/** What commands act on: the viewer, as far as they need it. */
export interface CommandTarget {
  readonly scene: SceneView | undefined;
  readonly activeRoom: Room | undefined;
  /** The person here moves the camera: whatever else moved it ends. */
  takeOver(): void;
  readonly atomCount: number;
  readonly hoveredAtom: number | undefined;
  /** Moves the keyboard's cursor to an atom and says what it is. */
  pointAt(atom: number): void;
  pick(atom: number | undefined, isMore: boolean): void;
  selectAll(): void;
  /** Leaves a mode, closes help, forgets measurements, or else selects nothing. */
  clear(): void;
  fit(): void;
  focusSelection(): void;
  toggleMode(mode: ViewerMode): void;
  toggleCell(): void;
  togglePanel(name: PanelName): void;
  /** Whatever else there is, which is the tools' matter. */
  use(command: ViewerCommand): void;
  /** Takes back, or does again, what was done here last. */
  revert(direction: 'undo' | 'redo'): void;
}

/** Degrees of freedom per key press, in CSS pixels of a drag. */
const STEP = 24;

type Vector = readonly [number, number];

const TURNS: Readonly<Partial<Record<ViewerCommand, Vector>>> = {
  'turn-left': [-STEP, 0],
  'turn-right': [STEP, 0],
  'turn-up': [0, -STEP],
  'turn-down': [0, STEP],
};

const MOVES: Readonly<Partial<Record<ViewerCommand, Vector>>> = {
  'move-left': [-STEP, 0],
  'move-right': [STEP, 0],
  'move-up': [0, -STEP],
  'move-down': [0, STEP],
};

const MODES: Readonly<Partial<Record<ViewerCommand, ViewerMode>>> = {
  box: 'box',
  lasso: 'lasso',
  measure: 'measure',
  'measure-distance': 'measure',
  'measure-angle': 'angle',
  'measure-dihedral': 'dihedral',
  move: 'move',
};

const PANELS: Readonly<Partial<Record<ViewerCommand, PanelName>>> = {
  help: 'help',
  looks: 'looks',
  selecting: 'select',
  repeat: 'repeat',
};

function stepAtom(target: CommandTarget, step: number): void {
  const { atomCount, hoveredAtom } = target;
  if (atomCount === 0) return;
  const from = hoveredAtom ?? (step > 0 ? -1 : atomCount);
  target.pointAt((from + step + atomCount) % atomCount);
}

function playback(room: Room | undefined, command: ViewerCommand): void {
  if (room === undefined) return;
  const { playback, frames } = room;
  const last = Math.max(0, frames.count - 1);
  if (command === 'play') {
    if (playback.isPlaying) playback.pause();
    else playback.play();
    return;
  }
  playback.pause();
  if (command === 'next-frame') playback.seek(Math.min(last, playback.frameIndex + 1));
  if (command === 'previous-frame') playback.seek(Math.max(0, playback.frameIndex - 1));
  if (command === 'first-frame') playback.seek(0);
  if (command === 'last-frame') playback.seek(last);
}

function hideCurrent(room: Room | undefined): void {
  const current = room === undefined ? undefined : currentSelection(room, loadPerson());
  if (room !== undefined && current !== undefined) hideSelection(room, current.key, true);
}

/** Does what a key asks for. */
export function runCommand(target: CommandTarget, command: ViewerCommand): void {
  const { scene, activeRoom } = target;
  const turn = TURNS[command];
  const move = MOVES[command];
  const mode = MODES[command];
  const panel = PANELS[command];
  if (turn !== undefined || move !== undefined || command === 'closer' || command === 'farther') target.takeOver();
  if (turn !== undefined) scene?.orbit(...turn);
  else if (move !== undefined) scene?.pan(...move);
  else if (mode !== undefined) target.toggleMode(mode);
  else if (panel !== undefined) target.togglePanel(panel);
  else if (/^(nudge|step|bookmark)/.test(command)) target.use(command);
  else if (command === 'closer') scene?.zoom(0.88);
  else if (command === 'farther') scene?.zoom(1 / 0.88);
  else if (command === 'fit') target.fit();
  else if (command === 'focus-selection') target.focusSelection();
  else if (command === 'next-atom') stepAtom(target, 1);
  else if (command === 'previous-atom') stepAtom(target, -1);
  else if (command === 'pick-atom') target.pick(target.hoveredAtom, false);
  else if (command === 'pick-more') target.pick(target.hoveredAtom, true);
  else if (command === 'select-all') target.selectAll();
  else if (command === 'clear') target.clear();
  else if (command === 'hide-selection') hideCurrent(activeRoom);
  else if (command === 'cell') target.toggleCell();
  else if (command === 'undo') target.revert('undo');
  else if (command === 'redo') target.revert('redo');
  else playback(activeRoom, command);
}
