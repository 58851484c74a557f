import { ExternalTexture, type WebGLRenderer } from 'three';
import { CovalenceError } from '../../protocol/errors.ts';

/** How elements lie in a table: components of one texel and their type. */
type TexelKind = 'rgb32f' | 'rgba32f' | 'rgba8ui' | 'rgba32ui' | 'r32ui';

/** Texels of a row of the big tables. Shaders address element i at (i & 4095, i >> 12). */
const TABLE_WIDTH = 4096;

/**
 * An array on the GPU, read by shaders through texelFetch. Uploading takes the caller's array as it is, whole rows and
 * the begun last one, and allocates only when the array outgrows the texture.
 */
export class DataTexture {
  /** For the `value` of a uniform. */
  readonly texture: ExternalTexture = new ExternalTexture();
  private readonly renderer: WebGLRenderer;
  private readonly kind: TexelKind;
  private readonly width: number;
  private handle: WebGLTexture | null = null;
  private height = 0;

  constructor(renderer: WebGLRenderer, kind: TexelKind, width: number = TABLE_WIDTH) {
    this.renderer = renderer;
    this.kind = kind;
    this.width = width;
  }

  /** Writes `count` texels from the start of `data`; with `first` only from that texel's row on. */
  upload(data: Float32Array | Uint8Array | Uint32Array, count: number, first = 0): void {
    const gl = this.renderer.getContext() as WebGL2RenderingContext;
    const { internal, format, type, components } = formatOf(gl, this.kind);
    const rows = Math.max(1, Math.ceil(count / this.width));
    const isNew = this.handle === null || rows > this.height;
    if (isNew) this.allocate(gl, internal, rows);
    else this.bind(gl);
    const { state } = this.renderer;
    state.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    state.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    state.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
    const start = isNew ? 0 : Math.floor(first / this.width);
    const whole = Math.floor(count / this.width);
    const rest = count - whole * this.width;
    const stride = this.width * components;
    if (whole > start)
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, start, this.width, whole - start, format, type, data, start * stride);
    if (rest > 0) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, whole, rest, 1, format, type, data, whole * stride);
  }

  /** Forgets the texture of a context that was lost. */
  forget(): void {
    this.handle = null;
    this.height = 0;
    this.texture.sourceTexture = null;
  }

  dispose(): void {
    if (this.handle) (this.renderer.getContext() as WebGL2RenderingContext).deleteTexture(this.handle);
    this.forget();
  }

  private allocate(gl: WebGL2RenderingContext, internal: number, rows: number): void {
    const most = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number;
    if (rows > most)
      throw new CovalenceError(
        'render/unavailable',
        `This graphics device holds tables of ${most * this.width} elements; the picture needs ${rows * this.width}.`,
      );
    const height = this.height === 0 ? rows : Math.min(most, Math.ceil(rows * 1.5));
    this.dispose();
    this.handle = gl.createTexture();
    this.height = height;
    this.texture.sourceTexture = this.handle;
    this.bind(gl);
    gl.texStorage2D(gl.TEXTURE_2D, 1, internal, this.width, height);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  }

  private bind(gl: WebGL2RenderingContext): void {
    // The active unit must be the one bound here; a binding already in three's cache would skip switching to it.
    if (!this.handle) return;
    this.renderer.state.activeTexture(gl.TEXTURE0);
    this.renderer.state.bindTexture(gl.TEXTURE_2D, this.handle);
  }
}

function formatOf(
  gl: WebGL2RenderingContext,
  kind: TexelKind,
): { internal: number; format: number; type: number; components: number } {
  switch (kind) {
    case 'rgb32f':
      return { internal: gl.RGB32F, format: gl.RGB, type: gl.FLOAT, components: 3 };
    case 'rgba32f':
      return { internal: gl.RGBA32F, format: gl.RGBA, type: gl.FLOAT, components: 4 };
    case 'rgba8ui':
      return { internal: gl.RGBA8UI, format: gl.RGBA_INTEGER, type: gl.UNSIGNED_BYTE, components: 4 };
    case 'rgba32ui':
      return { internal: gl.RGBA32UI, format: gl.RGBA_INTEGER, type: gl.UNSIGNED_INT, components: 4 };
    case 'r32ui':
      return { internal: gl.R32UI, format: gl.RED_INTEGER, type: gl.UNSIGNED_INT, components: 1 };
  }
}
