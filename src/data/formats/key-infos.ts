import { FRAME_KEYS, isFrameArray, type FrameData, type FrameKeyInfo } from '../../protocol/frames.ts';

/** Keys of a frame with type, shape and unit; sizes that are the number of atoms or bonds become null. */
export function keyInfosOf(data: FrameData): FrameKeyInfo[] {
  const { numbers, positions } = data;
  const atoms = isFrameArray(positions) ? positions.shape[0] : isFrameArray(numbers) ? numbers.shape[0] : -1;
  return Object.entries(data).map(([name, value]) => {
    const rule = FRAME_KEYS[name];
    const unit = rule?.unit === undefined ? {} : { unit: rule.unit };
    if (!isFrameArray(value))
      return { name, dtype: typeof value as 'number' | 'boolean' | 'string', shape: [], ...unit };
    const shape =
      rule === undefined
        ? value.shape.map((size, axis) => (axis === 0 && size === atoms && !name.startsWith('info.') ? null : size))
        : rule.shape.map((size, axis) => (typeof size === 'number' ? value.shape[axis] : null));
    return { name, dtype: value.table === undefined ? value.dtype : 'string', shape, ...unit };
  });
}
