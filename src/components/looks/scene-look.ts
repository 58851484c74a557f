import type { CameraPose } from '../../protocol/presence.ts';
import type { SceneView } from '../scene/scene-view.ts';

/** Kinds of projection. */
type Projection = 'perspective' | 'orthographic';

const DEFAULT_FOV = 30;

/** A strength that a setting asks for: a truth value or a number from 0 to 1; the usual one when it says nothing. */
function strength(value: unknown): number {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 1;
}

/** The same point of view, and the same size at the target, in another projection. */
export function inProjection(pose: CameraPose, projection: Projection): CameraPose {
  const { position, target, up } = pose;
  const distance = Math.hypot(...position.map((x, axis) => x - target[axis]));
  const isParallel = pose.fov === undefined;
  if (isParallel === (projection === 'orthographic')) return pose;
  if (!isParallel)
    return { position, target, up, height: 2 * distance * Math.tan(((pose.fov ?? DEFAULT_FOV) * Math.PI) / 360) };
  // As far away as the same height at the target asks for.
  const wanted = (pose.height ?? 1) / (2 * Math.tan((DEFAULT_FOV * Math.PI) / 360));
  const factor = distance > 0 ? wanted / distance : 1;
  const moved = position.map((x, axis) => target[axis] + (x - target[axis]) * factor) as [number, number, number];
  return { position: moved, target, up, fov: DEFAULT_FOV };
}

/** What the settings `scene.*` of a room, shared by everybody in it, mean for one picture. */
export class SceneLook {
  /** Whether the unit cell is drawn, where somebody decided. */
  isCellShown: boolean | undefined;
  private projection: Projection | undefined;
  private scene: SceneView | undefined;
  private undo: (() => void) | undefined;

  /** Takes the settings; `scene` is undefined while there is no picture. */
  apply(settings: Readonly<Record<string, unknown>>, scene: SceneView | undefined): void {
    const { 'scene.background': background, 'scene.projection': projection, 'scene.cell': cell } = settings;
    this.isCellShown = typeof cell === 'boolean' ? cell : undefined;
    const wanted = projection === 'orthographic' || projection === 'perspective' ? projection : undefined;
    // Whoever takes the setting away gets back what there was before.
    this.projection = wanted ?? (this.projection === 'orthographic' ? 'perspective' : undefined);
    if (scene !== this.scene) {
      this.undo?.();
      this.undo = scene?.onCamera(this.project);
      this.scene = scene;
    }
    if (scene === undefined) return;
    const stage = scene.canvas.parentElement;
    // The canvas tells its theme by its own background, as with every other change of colours; a moment later.
    const isColor = typeof background === 'string' && CSS.supports('color', background);
    if (isColor) stage?.style.setProperty('--_background', background);
    else stage?.style.removeProperty('--_background');
    scene.setTheme({
      ...(isColor && { background }),
      ambient: strength(settings['scene.ambient_occlusion']),
      outline: strength(settings['scene.outline']),
      fog: strength(settings['scene.depth_cue']),
    });
    this.project();
    if (wanted === undefined) this.projection = undefined;
  }

  private readonly project = (): void => {
    const { scene, projection } = this;
    if (scene === undefined || projection === undefined) return;
    const pose = inProjection(scene.camera, projection);
    if (pose !== scene.camera && (pose.fov === undefined) !== (scene.camera.fov === undefined)) scene.setCamera(pose);
  };
}
