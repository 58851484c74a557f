import type { SceneView } from '../scene/scene-view.ts';
import { projectPoint, type Measurement } from './measurements.ts';

interface Place {
  x: number;
  y: number;
}

function placeOf(
  element: HTMLElement,
  scene: SceneView,
  results: readonly Measurement[],
  size: DOMRect,
): Place | undefined {
  const { atom, measurement } = element.dataset;
  if (atom !== undefined) return scene.project(Number(atom));
  const result = measurement === undefined ? undefined : results[Number(measurement)];
  return result && projectPoint(scene.camera, result.middle, size.width, size.height);
}

/** Puts everything that is pinned to an atom or a measured line where that is in the picture now. */
export function placeAnchors(overlay: HTMLElement, scene: SceneView, results: readonly Measurement[]): void {
  const elements = overlay.querySelectorAll<HTMLElement>('.anchored');
  if (elements.length === 0) return;
  const size = overlay.getBoundingClientRect();
  for (const element of elements) {
    const at = placeOf(element, scene, results, size);
    element.style.visibility = at === undefined ? 'hidden' : 'visible';
    if (at === undefined) continue;
    let { x, y } = at;
    if (element.classList.contains('tooltip')) {
      const { offsetWidth, offsetHeight } = element;
      x = x + 16 + offsetWidth > size.width - 8 ? Math.max(8, x - 16 - offsetWidth) : x + 16;
      y = Math.max(8, Math.min(y + 12, size.height - offsetHeight - 8));
    } else if (element.classList.contains('measurement')) {
      x -= element.offsetWidth / 2;
      y -= element.offsetHeight / 2;
    }
    element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }
}
