import { CovalenceError } from '../../../protocol/errors.ts';
import { LIMITS } from '../../../protocol/limits.ts';
import type { RoomData } from '../room-data.ts';

const SLICE = /^(-?\d{1,15})?:(-?\d{1,15})?(?::(\d{1,15}))?$/;
const SINGLE = /^-?\d{1,15}$/;

/**
 * Ids of the frames that a query asks for, in order: `id=a,b`, or `index=` with what numpy understands: `7`, `-1`,
 * `10:26`, `:5`, `-3:`, `::10`, or several with commas. Throws `frame/range-invalid` for anything else and for more
 * frames than one request may ask, `frame/not-found` for a single frame that is not there.
 */
export function framesAsked(room: RoomData, query: URLSearchParams): string[] {
  const ids = query.get('id');
  const index = query.get('index');
  if (ids !== null && index !== null) throw invalid('frames are named by "index" or by "id", not by both', '');
  if (ids !== null) {
    const named = ids.split(',').filter((id) => id !== '');
    assertFew(named.length);
    return named;
  }
  const { count } = room;
  const asked: string[] = [];
  for (const part of (index ?? ':').split(',')) {
    const [start, stop, step] = rangeOf(part.trim(), count);
    assertFew(asked.length + Math.ceil(Math.max(0, stop - start) / step));
    const span = room.ids(start, stop);
    for (let i = 0; i < span.length; i += step) asked.push(span[i]);
  }
  return asked;
}

function rangeOf(text: string, count: number): [start: number, stop: number, step: number] {
  if (SINGLE.test(text)) {
    const given = Number(text);
    const at = given < 0 ? given + count : given;
    if (at >= 0 && at < count) return [at, at + 1, 1];
    throw new CovalenceError('frame/not-found', `There is no frame ${given}; the trajectory has ${count}.`, {
      index: given,
      count,
    });
  }
  const slice = SLICE.exec(text);
  if (slice === null) throw invalid(`"${text.slice(0, 40)}" is no frame number and no range`, text);
  const edge = (given: string | undefined, missing: number): number => {
    if (given === undefined) return missing;
    const at = Number(given);
    return Math.max(0, Math.min(count, at < 0 ? at + count : at));
  };
  const step = slice[3] === undefined ? 1 : Number(slice[3]);
  if (step < 1) throw invalid('the step of a range is 1 or more', text);
  const start = edge(slice[1], 0);
  return [start, Math.max(start, edge(slice[2], count)), step];
}

function assertFew(asked: number): void {
  if (asked <= LIMITS.framesPerBatch) return;
  throw new CovalenceError(
    'frame/range-invalid',
    `${asked} frames were asked, one request gives at most ${LIMITS.framesPerBatch}. Ask for them in several.`,
    { asked, limit: LIMITS.framesPerBatch },
  );
}

function invalid(reason: string, given: string): CovalenceError {
  return new CovalenceError(
    'frame/range-invalid',
    `These frames cannot be found: ${reason}. Write e.g. index=7, index=-1, index=10:26, index=-3: or id=f7,f8.`,
    { index: given.slice(0, 80) },
  );
}
