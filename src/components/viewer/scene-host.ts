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

  /** Starts drawing on `canvas`; safe to call again with the same one. */
  attach(canvas: HTMLCanvasElement): void {
    if (this.#scene !== undefined) return;
    let scene: SceneView;
    try {
      scene = createSceneView(canvas);
    } catch (error) {
      this.#options.onError(asCovalenceError(error, 'render/unavailable'));
      return;
    }
    this.#scene = scene;
    const resize = (): void => {
      const { clientWidth, clientHeight } = canvas;
      if (clientWidth > 0 && clientHeight > 0)
        scene.resize(clientWidth, clientHeight, globalThis.devicePixelRatio || 1);
    };
    const observer = new ResizeObserver(resize);
    observer.observe(canvas);
    const paint = (): void => {
      const style = getComputedStyle(canvas);
      scene.setTheme({ background: style.backgroundColor, cell: style.color, highlight: style.outlineColor });
    };
    // A change of theme, from wherever, changes the canvas's own background, and its transition tells us.
    canvas.addEventListener('transitionend', paint);
    resize();
    paint();
    this.#undo = [
      () => observer.disconnect(),
      () => canvas.removeEventListener('transitionend', paint),
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
