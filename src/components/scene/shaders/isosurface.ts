import { TABLES } from './common.ts';

/**
 * Corners of a surface that was found around the atoms of this frame; each goes along with its atom while that glides.
 * Lit as sweeps are. `own` is a colour (linear) and 1, or 0 for that of the atoms; `opacity` below 0 is that of theirs.
 */
export const ISOSURFACE_VERTEX: string = /* glsl */ `${TABLES}
in vec3 corner;
in vec3 outward;
in uvec2 atom;
in float share;
uniform vec4 own;
uniform float opacity;
out vec3 place_;
out vec3 facing;
out vec4 tone;
out vec4 mark;
flat out vec2 manner;
vec4 toneOf(int atom, uvec4 state) {
  return vec4(albedoOf(atom, texelFetch(palette, ivec2(state.r, state.g), 0).rgb), 1.0);
}
vec4 markOf(uvec4 state) {
  if (state.b > 0u) return vec4(texelFetch(palette, ivec2(state.b, 0), 0).rgb, 1.0);
  return (state.a & 2u) > 0u ? vec4(1.0, 1.0, 1.0, 0.5) : vec4(0.0);
}
void main() {
  ivec2 nearest = ivec2(atom);
  uvec4 state = texelFetch(states, place(nearest.x), 0);
  uvec4 next = texelFetch(states, place(nearest.y), 0);
  tone = own.a > 0.0 ? own : mix(toneOf(nearest.x, state), toneOf(nearest.y, next), share);
  mark = mix(markOf(state), markOf(next), share);
  manner = vec2(opacity < 0.0 ? texelFetch(palette, ivec2(255, state.g), 0).r : opacity, 0.0);
  vec3 drift = glide < 1.0 ? positionOf(nearest.x) - texelFetch(positions, place(nearest.x), 0).xyz : vec3(0.0);
  place_ = toView(corner + drift);
  facing = mat3(view) * outward;
  gl_Position = projection * vec4(place_, 1.0);
}`;
