import type { SceneView } from '../scene/scene-view.ts';

/** Puts everything that is pinned to an atom where that is in the picture now. */
export function placeAnchors(overlay: HTMLElement, scene: SceneView): void {
  const elements = overlay.querySelectorAll<HTMLElement>('.anchored');
  if (elements.length === 0) return;
  const size = overlay.getBoundingClientRect();
  for (const element of elements) {
    const at = scene.project(Number(element.dataset['atom']));
    element.style.visibility = at === undefined ? 'hidden' : 'visible';
    if (at === undefined) continue;
    let { x, y } = at;
    if (element.classList.contains('tooltip')) {
      const { offsetWidth, offsetHeight } = element;
      x = x + 16 + offsetWidth > size.width - 8 ? Math.max(8, x - 16 - offsetWidth) : x + 16;
      y = Math.max(8, Math.min(y + 12, size.height - offsetHeight - 8));
    }
    element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }
}
