/**
 * Stands before the graphics interface: counts what is uploaded, drawn and read back, leaves drawing out when told, and
 * knows the contexts of the page so that one can wait until they have finished. To be loaded before any library.
 */
const counts = { uploads: 0, uploadBytes: 0, draws: 0, vertices: 0, readBacks: 0, contexts: 0 };
const contexts = [];
let isDrawing = true;
let isUploading = true;

const pixelBytes = (gl, format, type) => {
  const parts =
    { [gl.RGBA]: 4, [gl.RGB]: 3, 0x8d99: 4, 0x8d98: 3, 0x8227: 2, 0x8228: 2, 0x1902: 1 }[format] ??
    (format === gl.LUMINANCE_ALPHA ? 2 : 1);
  return parts * ({ [gl.FLOAT]: 4, [gl.UNSIGNED_INT]: 4, [gl.INT]: 4, 0x140b: 2, 0x8d61: 2 }[type] ?? 1);
};

function sizeOf(data) {
  return typeof data === 'number' ? 0 : (data?.byteLength ?? 0);
}

function wrap(proto, name, before, isDraw) {
  const plain = proto?.[name];
  if (plain === undefined) return;
  proto[name] = function wrapped(...args) {
    before(this, args);
    if (isDraw ? isDrawing : isUploading) return plain.apply(this, args);
    return undefined;
  };
}

function watch(proto) {
  wrap(proto, 'bufferData', (_gl, [, data]) => note(sizeOf(data)));
  wrap(proto, 'bufferSubData', (_gl, [, , data, , length]) =>
    note(length > 0 ? length * (data.BYTES_PER_ELEMENT ?? 1) : sizeOf(data)),
  );
  wrap(proto, 'texImage2D', (gl, args) => {
    if (args.length < 9) note(4 * (args.at(-1)?.width ?? 0) * (args.at(-1)?.height ?? 0));
    else if (args[8] !== null && args[8] !== undefined) note(args[3] * args[4] * pixelBytes(gl, args[6], args[7]));
  });
  wrap(proto, 'texSubImage2D', (gl, args) => {
    if (args.length >= 9) note(args[4] * args[5] * pixelBytes(gl, args[6], args[7]));
  });
  const drawn = (count, instances) => {
    counts.draws += 1;
    counts.vertices += count * instances;
  };
  wrap(proto, 'drawArrays', (_gl, [, , count]) => drawn(count, 1), true);
  wrap(proto, 'drawElements', (_gl, [, count]) => drawn(count, 1), true);
  wrap(proto, 'drawArraysInstanced', (_gl, [, , count, instances]) => drawn(count, instances), true);
  wrap(proto, 'drawElementsInstanced', (_gl, [, count, , , instances]) => drawn(count, instances), true);
  const read = proto?.readPixels;
  if (read !== undefined)
    proto.readPixels = function wrapped(...args) {
      counts.readBacks += 1;
      return read.apply(this, args);
    };
}

function note(bytes) {
  if (bytes === 0) return;
  counts.uploads += 1;
  counts.uploadBytes += bytes;
}

for (const Kind of [globalThis.HTMLCanvasElement, globalThis.OffscreenCanvas]) {
  const plain = Kind.prototype.getContext;
  Kind.prototype.getContext = function wrapped(kind, ...rest) {
    const context = plain.call(this, kind, ...rest);
    if (context !== null && /webgl/.test(kind) && !contexts.includes(context)) {
      contexts.push(context);
      counts.contexts = contexts.length;
    }
    return context;
  };
}
const readPixels = Reflect.get(WebGL2RenderingContext.prototype, 'readPixels');
watch(globalThis.WebGLRenderingContext?.prototype);
watch(globalThis.WebGL2RenderingContext?.prototype);

globalThis.graphics = {
  counts: () => ({ ...counts }),
  /** Draws or not, uploads or not, from now on. */
  let(draws, uploads = true) {
    isDrawing = draws;
    isUploading = uploads;
  },
  /** Resolves once everything asked for so far has been drawn: reading a pixel waits. */
  finish() {
    const pixel = new Uint8Array(4);
    for (const gl of contexts) {
      if (gl.isContextLost()) continue;
      readPixels.call(gl, 0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
    }
  },
};
