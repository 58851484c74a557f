import type { BufferGeometry, IUniform, Mesh, RawShaderMaterial, WebGLRenderer } from 'three';

/** Atoms as they are drawn: copies of a cell are atoms of their own, after those of the frame. */
export interface LayerAtoms {
  readonly count: number;
  /** (N,3) angstrom. */
  readonly positions: Float32Array;
  /** Grows when the positions are others. */
  readonly positionsVersion: number;
  /** Four bytes an atom, of which the first is the atomic number. */
  readonly states: Uint8Array;
}

/** What a layer may read besides the tables on the GPU. */
export interface LayerSource {
  readonly atoms: LayerAtoms | undefined;
  /** Four numbers each, the first two atoms. */
  readonly bonds: { readonly records: Uint32Array; readonly count: number } | undefined;
  /** Grows when the list of bonds is another. */
  readonly bondsVersion: number;
}

/** Something that is drawn among the atoms, from tables of its own: one draw. */
export interface SceneLayer {
  drawing(quality: 'high' | 'low', source: LayerSource): Mesh<BufferGeometry, RawShaderMaterial>;
  /** True when it lets something show through. */
  readonly isSeeThrough?: boolean;
  /** The graphics context was lost: upload again. */
  forget(): void;
  dispose(): void;
}

/** Makes the layers of a picture for the device it is drawn on; `uniforms` are those that all shaders share. */
export type MakeLayers = (renderer: WebGLRenderer, uniforms: Record<string, IUniform>) => readonly SceneLayer[];
