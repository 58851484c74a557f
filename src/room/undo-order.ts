import { isCovalenceError } from '../protocol/errors.ts';
import type { SharedState } from '../state/index.ts';
import type { RoomFrames } from './room-frames.ts';

/** Taking back what was done here, selections and frames in the order in which they were done. */
export interface UndoOrder {
  undo(): Promise<boolean>;
  redo(): Promise<boolean>;
  dispose(): void;
}

/** A commit to frames made here, and how many steps of the shared state were older than it. */
interface FrameStep {
  seq: number;
  stateSteps: number;
}

const MAX_STEPS = 200;

/** Joins the undo of the shared state and that of the frames to one. */
export function undoOrder(
  state: Pick<SharedState, 'undo' | 'redo' | 'undoCount' | 'redoCount' | 'onUndo'>,
  frames: Pick<RoomFrames, 'undo' | 'redo' | 'onCommit'>,
): UndoOrder {
  const done: FrameStep[] = [];
  let undone: FrameStep[] = [];
  let isReverting = false;
  let known = state.undoCount;

  const ends = [
    frames.onCommit((seq) => {
      if (isReverting) return;
      done.push({ seq, stateSteps: state.undoCount });
      if (done.length > MAX_STEPS) done.shift();
      undone = [];
    }),
    state.onUndo(() => {
      // Whoever goes on working after undoing does not get the undone back.
      if (!isReverting && state.undoCount > known) undone = [];
      known = state.undoCount;
    }),
  ];
  const revertState = (direction: 'undo' | 'redo'): boolean => {
    isReverting = true;
    try {
      return state[direction]();
    } finally {
      isReverting = false;
    }
  };
  const revertFrames = async (direction: 'undo' | 'redo', step: FrameStep): Promise<boolean> => {
    isReverting = true;
    try {
      await frames[direction](step.seq);
      return true;
    } catch (error) {
      // What cannot be taken back any more must not stand in the way of what was done before it.
      if (isCovalenceError(error, 'server/unreachable', 'lock/held')) (direction === 'undo' ? done : undone).push(step);
      throw error;
    } finally {
      isReverting = false;
    }
  };

  /** One after the other: the next step is known only when the one before it is taken back. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (task: () => Promise<boolean>): Promise<boolean> => {
    const turn = last.then(task, task);
    last = turn;
    return turn;
  };

  return {
    undo: () => inTurn(undo),
    redo: () => inTurn(redo),
    dispose() {
      for (const end of ends) end();
    },
  };

  async function undo(): Promise<boolean> {
    const step = done.at(-1);
    if (step === undefined || state.undoCount > step.stateSteps) return revertState('undo');
    done.pop();
    const isUndone = await revertFrames('undo', step);
    undone.push({ seq: step.seq, stateSteps: state.redoCount });
    return isUndone;
  }

  async function redo(): Promise<boolean> {
    const step = undone.at(-1);
    if (step === undefined || state.redoCount > step.stateSteps) return revertState('redo');
    undone.pop();
    const isRedone = await revertFrames('redo', step);
    done.push({ seq: step.seq, stateSteps: state.undoCount });
    return isRedone;
  }
}
