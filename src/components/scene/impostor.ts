import {
  BufferAttribute,
  CustomBlending,
  GLSL3,
  InstancedBufferGeometry,
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

/** Instances of one quad, four vertices without attributes: shaders read all they need from tables by instance. */
export function impostor(options: ImpostorOptions): Mesh<InstancedBufferGeometry, RawShaderMaterial> {
  const geometry = new InstancedBufferGeometry();
  geometry.setIndex(new BufferAttribute(Uint16Array.of(0, 1, 2, 2, 1, 3), 1));
  geometry.setDrawRange(0, 6);
  geometry.instanceCount = 0;
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
  });
  const mesh = new Mesh(geometry, material);
  mesh.frustumCulled = false;
  mesh.matrixAutoUpdate = false;
  mesh.matrixWorldAutoUpdate = false;
  return mesh;
}
