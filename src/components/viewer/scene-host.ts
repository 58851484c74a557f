import { asCovalenceError, type CovalenceError } from '../../protocol/errors.ts';
import { createSceneView } from '../scene/create-scene-view.ts';
import type { SceneView } from '../scene/scene-view.ts';

/** What the owner of a scene is told. */
export interface SceneHostOptions {
  /** The scene is there: give it everything it should show. */
  onScene: (scene: SceneView) => void;
  onDrawn: () => void;
  onCamera: () => void;
  onError: (error: CovalenceError) => void;
}

/** Keeps one scene on one canvas: its size, its colours from the styles around it, its life. */
export class SceneHost {
  readonly #options: SceneHostOptions;
  #scene: SceneView | undefined;
  #undo: (() => void)[] = [];

  constructor(options: SceneHostOptions) {
    this.#options = options;
  }

  /** The scene while the canvas is in a page and can be drawn on. */
  get scene(): SceneView | undefined {
    return this.#scene;
  }

  /** Starts drawing on the canvas in `stage`, which fills it; safe to call again. */
  attach(stage: HTMLElement): void {
    const canvas = stage.querySelector('canvas');
    if (this.#scene !== undefined || canvas === null) return;
    let scene: SceneView;
    try {
      scene = createSceneView(canvas, {
        onTrouble: (error) => (error === undefined ? this.#options.onScene(scene) : this.#options.onError(error)),
      });
    } catch (error) {
      this.#options.onError(asCovalenceError(error, 'render/unavailable'));
      return;
    }
    this.#scene = scene;
    const resize = (): void => {
      const { clientWidth, clientHeight } = stage;
      if (clientWidth > 0 && clientHeight > 0)
        scene.resize(clientWidth, clientHeight, globalThis.devicePixelRatio || 1);
    };
    const observer = new ResizeObserver(resize);
    observer.observe(stage);
    const sight = new IntersectionObserver((seen) => scene.setInSight(seen.at(-1)?.isIntersecting === true));
    sight.observe(stage);
    const { top, bottom } = stage.getBoundingClientRect();
    scene.setInSight(bottom >= 0 && top <= globalThis.innerHeight);
    const paint = (): void => {
      const style = getComputedStyle(scene.canvas);
      scene.setTheme({ background: style.backgroundColor, cell: style.color, highlight: style.outlineColor });
    };
    // A change of theme, from wherever, changes the canvas's own background, and its transition tells us.
    stage.addEventListener('transitionend', paint);
    resize();
    paint();
    this.#undo = [
      () => observer.disconnect(),
      () => sight.disconnect(),
      () => stage.removeEventListener('transitionend', paint),
      scene.onDrawn(this.#options.onDrawn),
      scene.onCamera(this.#options.onCamera),
    ];
    this.#options.onScene(scene);
  }

  /** Frees everything; `attach` may follow. */
  detach(): void {
    for (const undo of this.#undo) undo();
    this.#undo = [];
    this.#scene?.dispose();
    this.#scene = undefined;
  }
}
