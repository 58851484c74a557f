import {
  BufferGeometry,
  CustomBlending,
  GLSL3,
  Mesh,
  NoBlending,
  OneFactor,
  OneMinusSrcAlphaFactor,
  RawShaderMaterial,
  type IUniform,
} from 'three';

/** How a drawing meets what is there already. */
export interface ImpostorOptions {
  vertex: string;
  fragment: string;
  uniforms: Record<string, IUniform>;
  /** Blends premultiplied colour over the picture and leaves depth as it is. */
  isOverlay?: boolean;
  /** Neither reads nor writes depth: a quad over the whole picture. */
  isFlat?: boolean;
  /** Adds to what is there. */
  isAdding?: boolean;
  defines?: Record<string, string>;
}

/**
 * Quads without attributes, six vertices each: shaders read all they need from tables by the number of the quad. One
 * plain draw, since instances of four vertices cost software renderers a draw each.
 */
export function impostor(options: ImpostorOptions): Mesh<BufferGeometry, RawShaderMaterial> {
  const geometry = new BufferGeometry();
  geometry.setDrawRange(0, 0);
  const isOverlay = options.isOverlay === true;
  const isFlat = options.isFlat === true;
  const isAdding = options.isAdding === true;
  const material = new RawShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: options.vertex,
    fragmentShader: options.fragment,
    uniforms: options.uniforms,
    defines: options.defines ?? {},
    depthTest: !isFlat,
    depthWrite: !isFlat && !isOverlay,
    blending: isOverlay || isAdding ? CustomBlending : NoBlending,
    blendSrc: OneFactor,
    blendDst: isAdding ? OneFactor : OneMinusSrcAlphaFactor,
    transparent: isOverlay || isAdding,
    side: 2,
    // Else three draws what blends twice, and makes its program up anew for either side, in every picture.
    forceSinglePass: true,
  });
  const mesh = new Mesh(geometry, material);
  mesh.frustumCulled = false;
  mesh.matrixAutoUpdate = false;
  mesh.matrixWorldAutoUpdate = false;
  // three would compute both in every drawing; the shaders here have the view among their own uniforms.
  mesh.modelViewMatrix.multiplyMatrices = () => mesh.modelViewMatrix;
  mesh.normalMatrix.getNormalMatrix = () => mesh.normalMatrix;
  return mesh;
}

/** How many quads to draw. */
export function setQuadCount(mesh: Mesh<BufferGeometry, RawShaderMaterial>, count: number): void {
  mesh.geometry.setDrawRange(0, 6 * count);
  mesh.visible = count > 0;
}
