import { LinearSRGBColorSpace, WebGLRenderer } from 'three';
import { CovalenceError } from '../../protocol/errors.ts';

/** The drawing context of a canvas. */
export interface Graphics {
  renderer: WebGLRenderer;
  gl: WebGL2RenderingContext;
  /** True when the pictures are computed by the processor: SwiftShader, llvmpipe and their like. */
  isSoftware: boolean;
}

/** Makes the drawing context of a canvas; throws `render/unavailable` where there is no WebGL2. */
export function openGraphics(canvas: HTMLCanvasElement | OffscreenCanvas): Graphics {
  const gl = canvas.getContext('webgl2', {
    alpha: true,
    antialias: false,
    depth: true,
    stencil: false,
    premultipliedAlpha: true,
    powerPreference: 'high-performance',
  });
  if (!gl)
    throw new CovalenceError(
      'render/unavailable',
      'This picture needs WebGL2, which this browser does not offer here; turn on hardware acceleration or use another browser.',
    );
  try {
    const renderer = new WebGLRenderer({ canvas, context: gl, alpha: true });
    // Shaders write what the display is to show; three.js must convert nothing, the clear colour neither.
    renderer.outputColorSpace = LinearSRGBColorSpace;
    renderer.autoClear = false;
    renderer.sortObjects = false;
    renderer.debug.checkShaderErrors = false;
    return { renderer, gl, isSoftware: isSoftwareName(rendererName(gl)) };
  } catch (cause) {
    throw new CovalenceError('render/unavailable', 'WebGL2 is there but could not be set up.', {}, { cause });
  }
}

/** True for the names software renderers give themselves. */
function isSoftwareName(name: string): boolean {
  return /swiftshader|llvmpipe|softpipe|software|basic render|paravirtual/i.test(name);
}

function rendererName(gl: WebGL2RenderingContext): string {
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  return String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
}
