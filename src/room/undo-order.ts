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

type Direction = 'undo' | 'redo';

/** Joins the undo of the shared state and that of the frames to one. */
export function undoOrder(
  state: Pick<SharedState, 'undo' | 'redo' | 'undoCount' | 'redoCount' | 'forgetUndone' | 'onUndo'>,
  frames: Pick<RoomFrames, 'undo' | 'redo' | 'onCommit'>,
): UndoOrder {
  const done: FrameStep[] = [];
  let undone: FrameStep[] = [];
  /** Grows with every new step: what was undone before it is not redone after it. */
  let age = 0;
  let isRevertingState = false;
  /** Commits that were made while the server is asked to take one back: the answer says which of them that was. */
  let meanwhile: FrameStep[] | undefined;
  let known = state.undoCount;

  /** Slow answers come late, in whatever order; what the shared state had by then tells where they belong. */
  const insert = (step: FrameStep): void => {
    const place = done.findLastIndex(({ stateSteps }) => stateSteps <= step.stateSteps);
    done.splice(place + 1, 0, step);
    if (done.length > MAX_STEPS) done.shift();
  };
  const note = (step: FrameStep): void => {
    insert(step);
    undone = [];
    age += 1;
    if (state.redoCount > 0) state.forgetUndone();
  };
  const ends = [
    frames.onCommit((seq) => {
      const step = { seq, stateSteps: state.undoCount };
      if (meanwhile === undefined) note(step);
      else meanwhile.push(step);
    }),
    state.onUndo(() => {
      // Whoever goes on working after undoing does not get the undone back.
      if (!isRevertingState && state.undoCount > known) {
        undone = [];
        age += 1;
      }
      known = state.undoCount;
    }),
  ];
  const revertState = (direction: Direction, above: number): boolean => {
    isRevertingState = true;
    try {
      return state[direction]({ above });
    } finally {
      isRevertingState = false;
    }
  };
  const revertFrames = async (direction: Direction, step: FrameStep): Promise<true> => {
    const before = age;
    const { undoCount, redoCount } = state;
    meanwhile = [];
    let own: number | undefined;
    try {
      own = (await frames[direction](step.seq)).seq;
      if (direction === 'redo') insert({ seq: step.seq, stateSteps: undoCount });
      else if (age === before) undone.push({ seq: step.seq, stateSteps: redoCount });
      return true;
    } catch (error) {
      // What cannot be taken back any more must not stand in the way of what was done before it.
      if (isCovalenceError(error, 'server/unreachable', 'lock/held')) {
        if (direction === 'undo') insert(step);
        else if (age === before) undone.push(step);
      }
      throw error;
    } finally {
      const others = meanwhile.filter(({ seq }) => seq !== own);
      meanwhile = undefined;
      for (const other of others) note(other);
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
    // Of newer steps of the state nothing may be left: then the commit is the newest.
    if (state.undoCount > (step?.stateSteps ?? 0) && revertState('undo', step?.stateSteps ?? 0)) return true;
    if (step === undefined) return false;
    done.pop();
    return revertFrames('undo', step);
  }

  async function redo(): Promise<boolean> {
    const step = undone.at(-1);
    if (state.redoCount > (step?.stateSteps ?? 0) && revertState('redo', step?.stateSteps ?? 0)) return true;
    if (step === undefined) return false;
    undone.pop();
    return revertFrames('redo', step);
  }
}
