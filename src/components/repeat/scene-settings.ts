import type { Room } from '../../room/room.ts';
import type { Copies } from './arrange-frame.ts';

/** What `scene.*` says about how a cell that repeats is drawn. */
export interface RepeatSettings {
  /** True for each atom by itself inside the cell, `molecules` for molecules in one piece. */
  wrap: boolean | 'molecules';
  /** `all`, the key of a selection, or undefined. */
  center: string | undefined;
  copies: Copies;
}

/** Most copies along one vector. */
export const MOST_COPIES = 20;
const KEYS = ['scene.wrap', 'scene.molecules', 'scene.center', 'scene.copies'] as const;
const NONE: RepeatSettings = { wrap: false, center: undefined, copies: [1, 1, 1] };

/** The settings of a room; values that say nothing sensible are as if absent. */
export function repeatSettings(room: Room): RepeatSettings {
  const [wrap, molecules, center, copies] = KEYS.map((key) => room.state.get(key));
  return {
    wrap: molecules === true ? 'molecules' : wrap === true,
    center: center === true ? 'all' : typeof center === 'string' && center !== '' ? center : undefined,
    copies: isCopies(copies) ? copies : NONE.copies,
  };
}

/** Changes settings for everybody; what is as usual is not stored. */
export function setRepeat(room: Room, settings: Partial<RepeatSettings>): void {
  if (!room.can('write')) return;
  const { wrap, center, copies } = { ...repeatSettings(room), ...settings };
  const values = {
    'scene.wrap': wrap === true ? true : undefined,
    'scene.molecules': wrap === 'molecules' ? true : undefined,
    'scene.center': center,
    'scene.copies': copies.every((count) => count === 1) ? undefined : [...copies],
  };
  room.state.transact(() => {
    for (const [key, value] of Object.entries(values))
      if (value !== undefined) room.state.set(key, value);
      else if (room.state.has(key)) room.state.remove(key);
  });
}

function isCopies(value: unknown): value is Copies {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((count) => Number.isInteger(count) && count >= 1 && count <= MOST_COPIES)
  );
}
