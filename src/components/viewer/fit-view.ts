import type { CameraPose } from '../../protocol/presence.ts';
import { add, cross, lengthOf, normalized, subtract } from '../scene/vector.ts';

/** Around the centre of an atom, angstrom. */
const ATOM_RADIUS = 1;

/**
 * A point of view that was chosen in a picture of `pose.aspect`, as a narrower picture shows it: farther away, so that
 * every atom that was seen there is seen here, and no farther than shows all of what was seen. Wider pictures, and poses
 * that do not say how wide theirs was, take it as it is. `positions` are (N,3) angstrom.
 */
export function fitView(pose: CameraPose, aspect: number, positions: ArrayLike<number>): CameraPose {
  const wide = pose.aspect;
  if (wide === undefined || !(aspect > 0) || !(wide > aspect * 1.001)) return pose;
  const { position, target, up, fov } = pose;
  const offset = subtract(position, target);
  const distance = lengthOf(offset);
  const back = normalized(offset);
  const right = normalized(cross(up, back));
  const rise = cross(back, right);
  const tangent = fov === undefined ? undefined : Math.tan((fov * Math.PI) / 360);
  const halfHeight = (pose.height ?? 1) / 2;
  let step = 0;
  let half = halfHeight;
  for (let i = 0; i + 2 < positions.length; i += 3) {
    const x = positions[i] - position[0];
    const y = positions[i + 1] - position[1];
    const z = positions[i + 2] - position[2];
    const depth = -(x * back[0] + y * back[1] + z * back[2]);
    const across = Math.abs(x * right[0] + y * right[1] + z * right[2]);
    const above = Math.abs(x * rise[0] + y * rise[1] + z * rise[2]);
    const reach = tangent === undefined ? halfHeight : tangent * depth;
    if (!(reach > 0) || above > reach || across > reach * wide) continue;
    if (tangent === undefined) half = Math.max(half, (across + ATOM_RADIUS) / aspect);
    else step = Math.max(step, (across + ATOM_RADIUS) / (tangent * aspect) - depth);
  }
  if (tangent === undefined) return { ...pose, aspect, height: 2 * Math.min(half, (halfHeight * wide) / aspect) };
  const away = Math.min(step, distance * (wide / aspect - 1));
  return { ...pose, aspect, position: add(position, back, away) };
}
