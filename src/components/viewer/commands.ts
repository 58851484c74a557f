import type { Room } from '../../room/room.ts';
import { currentSelection, hideSelection } from '../own-selection.ts';
import { loadPerson } from '../person.ts';
import type { SceneView } from '../scene/scene-view.ts';
import type { ViewerCommand } from './keyboard.ts';
import type { NudgeDirection } from './nudging.ts';

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
  toggleMode(mode: 'box' | 'measure'): void;
  toggleCell(): void;
  toggleHelp(): void;
  /** Opens or closes the menu of looks. */
  toggleLooks(): void;
  /** Moves the selected atoms one step in a direction as seen. */
  nudge(direction: NudgeDirection): void;
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

const NUDGES: Readonly<Partial<Record<ViewerCommand, NudgeDirection>>> = {
  'nudge-left': [-1, 0, 0],
  'nudge-right': [1, 0, 0],
  'nudge-up': [0, 1, 0],
  'nudge-down': [0, -1, 0],
  'nudge-nearer': [0, 0, 1],
  'nudge-away': [0, 0, -1],
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
  const nudge = NUDGES[command];
  if (turn !== undefined || move !== undefined || command === 'closer' || command === 'farther') target.takeOver();
  if (turn !== undefined) scene?.orbit(...turn);
  else if (move !== undefined) scene?.pan(...move);
  else if (nudge !== undefined) target.nudge(nudge);
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
  else if (command === 'box' || command === 'measure') target.toggleMode(command);
  else if (command === 'cell') target.toggleCell();
  else if (command === 'help') target.toggleHelp();
  else if (command === 'looks') target.toggleLooks();
  else if (command === 'undo') target.revert('undo');
  else if (command === 'redo') target.revert('redo');
  else playback(activeRoom, command);
}
