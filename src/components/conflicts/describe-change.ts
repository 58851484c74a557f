import { isFrameArray, type Frame, type FrameData } from '../../protocol/frames.ts';
import { formatLength, formatPlural } from '../format-number.ts';

/** What differs between two versions of a frame, as the end of a sentence: "moved 3 atoms by up to 0.42 Å". */
export function describeChange(before: Pick<Frame, 'data' | 'hashes'>, after: Pick<Frame, 'data' | 'hashes'>): string {
  const keys = [...new Set([...Object.keys(before.data), ...Object.keys(after.data)])].filter(
    (key) => before.hashes[key] !== after.hashes[key],
  );
  const moved = keys.includes('positions') ? describeMove(before.data, after.data) : undefined;
  const others = keys.filter((key) => key !== 'positions' || moved === undefined);
  const parts = [...(moved === undefined ? [] : [moved]), ...(others.length === 0 ? [] : [`changed ${words(others)}`])];
  return parts.length === 0 ? 'changed other values' : parts.join(' and ');
}

/** Which atoms lie elsewhere, and how far at most; undefined when the number of atoms changed. */
export function describeMove(before: FrameData, after: FrameData): string | undefined {
  const [one, other] = [before['positions'], after['positions']];
  if (!isFrameArray(one) || !isFrameArray(other) || one.data.length !== other.data.length) return undefined;
  let atoms = 0;
  let furthest = 0;
  for (let i = 0; i < one.data.length; i += 3) {
    const distance = Math.hypot(
      other.data[i] - one.data[i],
      other.data[i + 1] - one.data[i + 1],
      other.data[i + 2] - one.data[i + 2],
    );
    if (distance === 0) continue;
    atoms += 1;
    furthest = Math.max(furthest, distance);
  }
  return `moved ${formatPlural(atoms, 'atom')} by ${atoms > 1 ? 'up to ' : ''}${formatLength(furthest)}`;
}

function words(keys: readonly string[]): string {
  const names = keys.map((key) => key.replace(/^(arrays|info)\./, ''));
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
