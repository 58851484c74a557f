import type { CameraPose } from '../../protocol/presence.ts';
import { add, cross, dot, lengthOf, normalized, rotated, scaled, subtract, type Vector } from './vector.ts';

/** Full vertical angle of a new camera, degrees. */
const DEFAULT_FOV = 30;

/** A ray from the camera; `direction` has length 1. */
export interface Ray {
  origin: Vector;
  direction: Vector;
}

/** What the GPU needs of a camera: the view's rotation and shift, and the projection's shape. */
export interface CameraUniforms {
  /** World to view, column-major. */
  view: Float32Array;
  /** View to clip, column-major. */
  projection: Float32Array;
  isPerspective: boolean;
  near: number;
  far: number;
}

/** A camera that turns about a target without poles. Lengths in angstrom, screen lengths in CSS pixels. */
export class OrbitCamera {
  private position: Vector = [26, -88, 36];
  private target: Vector = [0, 0, 0];
  private up: Vector = [0, 0, 1];
  private fov: number | undefined = DEFAULT_FOV;
  private height = 50;
  private width = 1;
  private pixels = 1;

  /** Size of the canvas in CSS pixels. */
  resize(widthPixels: number, heightPixels: number): void {
    this.width = Math.max(1, widthPixels);
    this.pixels = Math.max(1, heightPixels);
  }

  get pose(): CameraPose {
    const { position, target, fov } = this;
    const [, up] = this.axes();
    return {
      position: [...position],
      target: [...target],
      up,
      ...(fov === undefined ? { height: this.height } : { fov }),
    };
  }

  /** Takes over a pose; one with a field that is not finite, or with camera and target in one place, is ignored. */
  set pose(pose: CameraPose) {
    const numbers = [...pose.position, ...pose.target, ...pose.up, pose.fov ?? pose.height ?? 1];
    if (!numbers.every(Number.isFinite) || lengthOf(subtract(pose.position, pose.target)) < 1e-6) return;
    this.position = [...pose.position];
    this.target = [...pose.target];
    this.up = [...pose.up];
    this.fov = pose.fov === undefined ? undefined : Math.min(120, Math.max(1, pose.fov));
    if (pose.fov === undefined) this.height = Math.max(1e-3, pose.height ?? this.height);
  }

  get distance(): number {
    return lengthOf(subtract(this.position, this.target));
  }

  /** Right, up and back (towards the viewer), orthonormal. */
  axes(): [Vector, Vector, Vector] {
    const back = normalized(subtract(this.position, this.target));
    let right = cross(this.up, back);
    if (lengthOf(right) < 1e-6) right = cross(Math.abs(back[2]) < 0.9 ? [0, 0, 1] : [0, 1, 0], back);
    right = normalized(right, [1, 0, 0]);
    return [right, cross(back, right), back];
  }

  /** Looks from the direction `back` with `up` upwards, keeping target and distance. */
  turnTo(back: Vector, up: Vector): void {
    this.position = add(this.target, normalized(back), this.distance);
    this.up = [...up];
  }

  /** Dragging over the whole height of the canvas turns by half a circle. */
  orbit(deltaX: number, deltaY: number): void {
    const [right, up] = this.axes();
    const speed = Math.PI / this.pixels;
    const turn = (v: Vector): Vector => rotated(rotated(v, up, -deltaX * speed), right, -deltaY * speed);
    this.position = add(this.target, turn(subtract(this.position, this.target)));
    this.up = turn(up);
  }

  /** Moves the picture with the pointer, exactly so for what lies at the target's depth. */
  pan(deltaX: number, deltaY: number): void {
    const [right, up] = this.axes();
    const step = this.pixelSize(this.distance);
    const move = add(scaled(right, -deltaX * step), up, deltaY * step);
    this.position = add(this.position, move);
    this.target = add(this.target, move);
  }

  /** Scales the distance (or the height) by `factor`, keeping what is under the pixel at the target's depth in place. */
  zoom(factor: number, x: number = this.width / 2, y: number = this.pixels / 2): void {
    if (!Number.isFinite(factor) || factor <= 0) return;
    const [right, up, back] = this.axes();
    const distance = this.distance;
    const size = this.fov === undefined ? this.height : distance;
    const applied = Math.min(1e6, Math.max(1e-2, size * factor)) / size;
    const step = this.pixelSize(distance);
    const offset = add(scaled(right, (x - this.width / 2) * step), up, (this.pixels / 2 - y) * step);
    this.target = add(this.target, offset, 1 - applied);
    if (this.fov === undefined) {
      this.height *= applied;
      this.position = add(this.target, back, distance);
    } else this.position = add(this.target, back, distance * applied);
  }

  /** Angstrom per pixel at a distance in front of the camera. */
  pixelSize(distance: number): number {
    return (2 * this.tangent(distance)) / this.pixels;
  }

  /** Puts `center` in the middle and steps back to `distance` (perspective) or shows `height` (orthographic). */
  place(center: Vector, distance: number, height: number): void {
    const [, , back] = this.axes();
    this.target = center;
    this.height = Math.max(1e-2, height);
    this.position = add(center, back, Math.max(1e-2, distance));
  }

  /** Half angles of the view in radians, horizontal and vertical; undefined when orthographic. */
  halfAngles(): [number, number] | undefined {
    if (this.fov === undefined) return undefined;
    const vertical = (this.fov * Math.PI) / 360;
    return [Math.atan((Math.tan(vertical) * this.width) / this.pixels), vertical];
  }

  get aspect(): number {
    return this.width / this.pixels;
  }

  /** The ray under a pixel. */
  ray(x: number, y: number): Ray {
    const [right, up, back] = this.axes();
    const half = this.tangent(1);
    const across = ((2 * x) / this.width - 1) * half * this.aspect;
    const upwards = (1 - (2 * y) / this.pixels) * half;
    const offset = add(scaled(right, across), up, upwards);
    if (this.fov !== undefined) return { origin: [...this.position], direction: normalized(subtract(offset, back)) };
    return { origin: add(this.position, offset), direction: scaled(back, -1) };
  }

  /** Where a point is in CSS pixels, and its distance along the view; undefined behind the camera. */
  project(point: Vector): { x: number; y: number; depth: number } | undefined {
    const at = new Float64Array(3);
    if (!this.projector()(point[0], point[1], point[2], at)) return undefined;
    return { x: at[0], y: at[1], depth: at[2] };
  }

  /** The same for many points: writes x, y and depth to `out` and tells whether the point is in front of the camera. */
  projector(): (x: number, y: number, z: number, out: Float64Array) => boolean {
    const [right, up, back] = this.axes();
    const [px, py, pz] = this.position;
    const { width, pixels } = this;
    const isPerspective = this.fov !== undefined;
    const slope = this.tangent(1);
    const scale = pixels / 2;
    return (x, y, z, out) => {
      const ex = x - px;
      const ey = y - py;
      const ez = z - pz;
      const depth = -(ex * back[0] + ey * back[1] + ez * back[2]);
      if (isPerspective && !(depth > 1e-9)) return false;
      const zoom = scale / (isPerspective ? slope * depth : slope);
      out[0] = width / 2 + (ex * right[0] + ey * right[1] + ez * right[2]) * zoom;
      out[1] = pixels / 2 - (ex * up[0] + ey * up[1] + ez * up[2]) * zoom;
      out[2] = depth;
      return true;
    };
  }

  /**
   * Matrices for the GPU. The near plane is as far out as the sphere (`center`, `radius`) allows; `jitter` moves the
   * picture by parts of the clip width, for anti-aliasing over several drawings.
   */
  uniforms(center: Vector, radius: number, jitter: readonly [number, number] = [0, 0]): CameraUniforms {
    const [right, up, back] = this.axes();
    const p = this.position;
    const depth = -dot(subtract(center, p), back);
    const isPerspective = this.fov !== undefined;
    const far = Math.max(depth + radius, 1);
    const near = isPerspective ? Math.max(depth - radius, Math.min(this.distance, far) * 0.02, 1e-3) : depth - radius;
    const view = Float32Array.from(
      [
        [right[0], up[0], back[0], 0],
        [right[1], up[1], back[1], 0],
        [right[2], up[2], back[2], 0],
        [-dot(right, p), -dot(up, p), -dot(back, p), 1],
      ].flat(),
    );
    const projection = new Float32Array(16);
    const half = this.tangent(1);
    projection[0] = 1 / (half * this.aspect);
    projection[5] = 1 / half;
    if (isPerspective) {
      projection[8] = -jitter[0];
      projection[9] = -jitter[1];
      projection[10] = -(far + near) / (far - near);
      projection[11] = -1;
      projection[14] = (-2 * far * near) / (far - near);
    } else {
      projection[10] = -2 / (far - near);
      projection[12] = jitter[0];
      projection[13] = jitter[1];
      projection[14] = -(far + near) / (far - near);
      projection[15] = 1;
    }
    return { view, projection, isPerspective, near, far };
  }

  /** Half the height of the view at a distance. */
  private tangent(distance: number): number {
    return this.fov === undefined ? this.height / 2 : Math.tan((this.fov * Math.PI) / 360) * distance;
  }
}
