import type { CSSResult, ReactiveElement } from 'lit';
import { asCovalenceError } from '../../protocol/errors.ts';
import { CoErrorEvent } from '../events.ts';
import type { LooksOwner } from '../looks/data-looks.ts';
import type { SceneView } from '../scene/scene-view.ts';

/** Takes styles that came later into an element's own; once each. */
export function adoptStyles(element: ReactiveElement, { styleSheet }: CSSResult): void {
  const root = element.shadowRoot;
  if (styleSheet === undefined || root === null || root.adoptedStyleSheets.includes(styleSheet)) return;
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, styleSheet];
}

/** A viewer, as looks that depend on data need it. */
export function picturePart(
  viewer: ReactiveElement & { readonly scene: SceneView | undefined; refit(): void },
  want: LooksOwner['want'],
): LooksOwner {
  return {
    get scene() {
      return viewer.scene;
    },
    want,
    refit: () => viewer.refit(),
    changed: () => viewer.requestUpdate(),
    fail: (error, isShown = false) => viewer.dispatchEvent(new CoErrorEvent(asCovalenceError(error), isShown)),
    adopt: (styles) => adoptStyles(viewer, styles),
  };
}
