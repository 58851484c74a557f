import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/** What parts of three are replaced by, as far as its renderer touches them when nobody uses them. */
const STUBS: Readonly<Record<string, string>> = {
  'math/Box3': 'export class Box3 {}',
  'math/Frustum': 'export class Frustum { setFromProjectionMatrix() {} }',
  'math/FrustumArray': 'export class FrustumArray {}',
  'math/Plane': 'export class Plane {}',
  'math/Ray': 'export class Ray {}',
  'math/Sphere': 'export class Sphere {}',
  'math/Triangle': 'export class Triangle {}',
  'materials/MeshBasicMaterial': 'export class MeshBasicMaterial {}',
  'renderers/shaders/ShaderChunk': 'export const ShaderChunk = {};',
  'renderers/shaders/ShaderLib': 'export const ShaderLib = {};',
  'renderers/shaders/UniformsLib': 'export const UniformsLib = {};',
  'renderers/shaders/DFGLUTData': 'export const getDFGLUT = () => null;',
  'renderers/webgl/WebGLBackground': `
    import { Color } from '../../math/Color.js';
    export function WebGLBackground(renderer, environments, state, objects, alpha, premultipliedAlpha) {
      const color = new Color(0);
      let opacity = alpha ? 0 : 1;
      const set = () => state.buffers.color.setClear(color.r, color.g, color.b, opacity, premultipliedAlpha);
      return {
        getClearColor: () => color,
        getClearAlpha: () => opacity,
        setClearColor(given, a = 1) { color.set(given); opacity = a; set(); },
        setClearAlpha(a) { opacity = a; set(); },
        render: set,
        addToRenderList() {},
        dispose() {},
      };
    }`,
  'renderers/webgl/WebGLClipping': `export class WebGLClipping {
    uniform = { value: null, needsUpdate: false }; numPlanes = 0; numIntersection = 0; init() { return false; }
  }`,
  'renderers/webgl/WebGLEnvironments': 'export class WebGLEnvironments { get() { return null; } dispose() {} }',
  'renderers/webgl/WebGLLights': `export class WebGLLights {
    state = { version: 0, numSpotLightShadowsWithMaps: 0, numLightProbes: 0, sun: [], directional: [], point: [],
      spot: [], spotLightMap: [], rectArea: [], hemi: [], sunShadowMap: [], directionalShadowMap: [],
      pointShadowMap: [], spotShadowMap: [] };
    setup() {} setupView() {}
  }`,
  'renderers/webgl/WebGLMaterials': `export class WebGLMaterials {
    refreshFogUniforms() {}
    refreshMaterialUniforms(uniforms, material) { material.uniformsNeedUpdate = false; }
  }`,
  'renderers/webgl/WebGLMorphtargets': 'export class WebGLMorphtargets {}',
  'renderers/webgl/WebGLOutput': 'export class WebGLOutput {}',
  'renderers/webgl/WebGLShadowMap': `export class WebGLShadowMap {
    enabled = false; autoUpdate = false; needsUpdate = false; type = 1; render() {}
  }`,
  'renderers/webgl/WebGLUniformsGroups': 'export class WebGLUniformsGroups { dispose() {} update() {} bind() {} }',
  'renderers/webxr/WebXRManager': `export class WebXRManager {
    enabled = false; isPresenting = false; cameraAutoUpdate = false;
    addEventListener() {} removeEventListener() {} setAnimationLoop() {} dispose() {}
    getEnvironmentBlendMode() { return null; } hasDepthSensing() { return false; }
  }`,
};

/**
 * three as sources, so that what the drawing does not name falls away, and without its stock shaders, lights, shadows,
 * backgrounds, environment maps, culling, ray casts and virtual reality: the drawing brings its own shaders and finds
 * what is under a point itself. Keep in step with the version of three.
 */
export const slimThree: Plugin = {
  name: 'slim-three',
  enforce: 'pre',
  resolveId: {
    filter: { id: /^three$/ },
    handler: () => fileURLToPath(new URL('../node_modules/three/src/Three.js', import.meta.url)),
  },
  load: {
    filter: { id: /\/three\/src\/(?:math|materials|renderers)\/.*\.js$/ },
    handler: (id) => STUBS[id.replace(/^.*\/three\/src\/|\.js$/g, '')],
  },
};
