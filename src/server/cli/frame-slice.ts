import { refuse } from './read-flags.ts';

/** Which frames: `[start, end)` in steps; negative numbers count from the end, as in Python. */
export interface FrameSlice {
  start: number | undefined;
  end: number | undefined;
  step: number;
}

const NUMBER = /^-?\d+$/;

/** Reads `7`, `10:20`, `:5`, `::10`. Throws `command/invalid`. */
export function frameSlice(text: string): FrameSlice {
  const parts = text.split(':');
  if (parts.length > 3 || !parts.every((part) => part === '' || NUMBER.test(part)) || text.trim() === '') wrong(text);
  const [start, end, step] = parts.map((part) => (part === '' ? undefined : Number(part)));
  if (parts.length === 1 && start !== undefined) return { start, end: start === -1 ? undefined : start + 1, step: 1 };
  if (step !== undefined && step < 1) wrong(text);
  return { start, end, step: step ?? 1 };
}

/** The frames of `count` that a slice means, in order. */
export function* framesIn({ start, end, step }: FrameSlice, count: number): Generator<number> {
  const at = (position: number): number => Math.min(count, Math.max(0, position < 0 ? count + position : position));
  for (let index = at(start ?? 0); index < at(end ?? count); index += step) yield index;
}

function wrong(text: string): never {
  return refuse(`--frames takes a number or a range such as 10:20 or ::10, found "${text}".`);
}
