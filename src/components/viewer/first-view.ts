import type { CameraPose } from '../../protocol/presence.ts';
import type { SceneFrame, SceneView } from '../scene/scene-view.ts';
import { atomsToFit } from './framing.ts';

/** How a picture is seen before anybody turns it. */
export class FirstView {
  isShown = false;
  #pose: string | undefined;

  /** Once: from where was wanted, or so that everything is seen. */
  show(scene: SceneView, frame: SceneFrame, wanted: CameraPose | undefined): void {
    if (this.isShown) return;
    this.isShown = true;
    if (wanted === undefined) scene.fit(atomsToFit(frame));
    else scene.setCamera(wanted);
    this.#pose = wanted === undefined ? JSON.stringify(scene.camera) : undefined;
  }

  /** So that everything is seen that is drawn by now, unless somebody chose another view. */
  again(scene: SceneView | undefined, frame: SceneFrame | undefined): void {
    if (frame === undefined || JSON.stringify(scene?.camera) !== this.#pose) return;
    scene?.fit(atomsToFit(frame));
  }
}
