import { openGraphics, type Graphics } from './graphics.ts';

/** Where the drawings of one view go. */
export interface Surface {
  readonly graphics: Graphics;
  /** The canvas in the page; another one after the view began to share its drawing context. */
  readonly canvas: HTMLCanvasElement;
  /** Makes room for a drawing of this many device pixels. */
  begin(width: number, height: number): void;
  /** Brings what was drawn into the page. */
  present(): void;
  /** Frees what belongs to this view alone. */
  release(): void;
}

/** What a view is told. */
export interface SurfaceOwner {
  /** Another canvas is in the page: draw on it. */
  onMoved: () => void;
  /** The graphics device was taken away; and is there again, without anything that was uploaded. */
  onLost: () => void;
  onRestored: () => void;
}

/** The surfaces in use in this page. */
const surfaces = new Set<PageSurface>();
/** The drawing context of the page while several views draw with it. */
let shared: Graphics | undefined;

/**
 * A surface on `canvas`. The only view of a page draws straight into its canvas. As soon as there is another one, both
 * draw with the first one's context, of which browsers allow few: its canvas leaves the page, and each view has a plain
 * one in its place, into which its drawings are copied. Throws `render/unavailable` where there is no WebGL2.
 */
export function openSurface(canvas: HTMLCanvasElement, owner: SurfaceOwner): Surface {
  const surface = new PageSurface(canvas, owner);
  surfaces.add(surface);
  return surface;
}

class PageSurface implements Surface {
  readonly graphics: Graphics;
  canvas: HTMLCanvasElement;
  private readonly owner: SurfaceOwner;
  private copy: CanvasRenderingContext2D | null = null;
  private width = 0;
  private height = 0;

  constructor(canvas: HTMLCanvasElement, owner: SurfaceOwner) {
    this.canvas = canvas;
    this.owner = owner;
    const [alone] = surfaces;
    if (shared === undefined && alone !== undefined) {
      shared = alone.graphics;
      alone.leave();
      alone.owner.onMoved();
    }
    this.graphics = shared ?? openGraphics(canvas);
    if (shared !== undefined) this.leave();
    this.listen(true);
  }

  begin(width: number, height: number): void {
    const { renderer } = this.graphics;
    const { domElement } = renderer;
    const isShared = this.copy !== null;
    // A context that several use only grows: another size for each would be another buffer for each.
    const across = isShared ? Math.max(width, domElement.width) : width;
    const down = isShared ? Math.max(height, domElement.height) : height;
    if (domElement.width !== across || domElement.height !== down) renderer.setSize(across, down, false);
    if (isShared) {
      renderer.setViewport(0, 0, width, height);
      renderer.setScissor(0, 0, width, height);
      renderer.setScissorTest(true);
    }
    this.width = width;
    this.height = height;
  }

  present(): void {
    const { copy, width, height, canvas } = this;
    if (copy === null) return;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    copy.globalCompositeOperation = 'copy';
    const { domElement } = this.graphics.renderer;
    copy.drawImage(domElement, 0, domElement.height - height, width, height, 0, 0, width, height);
  }

  release(): void {
    const { renderer, gl } = this.graphics;
    surfaces.delete(this);
    this.listen(false);
    // A canvas that was copied into can have no drawing context of its own any more; whoever is next may want one.
    if (this.copy !== null) this.replaceCanvas();
    this.copy = null;
    if (this.graphics === shared && surfaces.size > 0) return;
    renderer.setRenderTarget(null);
    // The canvas keeps its context; whoever draws on it next expects it as new.
    renderer.resetState();
    renderer.dispose();
    if (this.graphics !== shared) return;
    shared = undefined;
    // Nobody has its canvas: nothing else would free it soon.
    gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  /** From drawing into the canvas to being copied into one that takes its place. */
  private leave(): void {
    this.replaceCanvas();
    this.copy = this.canvas.getContext('2d');
  }

  private replaceCanvas(): void {
    const next = this.canvas.cloneNode() as HTMLCanvasElement;
    this.canvas.replaceWith(next);
    this.canvas = next;
  }

  private listen(isOn: boolean): void {
    const { domElement } = this.graphics.renderer;
    const change = isOn ? 'addEventListener' : 'removeEventListener';
    domElement[change]('webglcontextlost', this.lost);
    domElement[change]('webglcontextrestored', this.owner.onRestored);
  }

  private readonly lost = (event: Event): void => {
    // Only then the browser gives it back.
    event.preventDefault();
    this.owner.onLost();
  };
}
