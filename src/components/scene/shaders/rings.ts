import { TABLES } from './common.ts';

/** Six triangles a ring about its middle, from the positions of its atoms; drawn with the light of sweeps. */
export const RING_VERTEX: string = /* glsl */ `${TABLES}
uniform usampler2D rings;
uniform vec3 wraps;
uniform float longest;
out vec3 place_;
out vec3 facing;
out vec4 tone;
out vec4 mark;
flat out vec2 manner;
void main() {
  int base = 2 * (gl_VertexID / 18);
  int corner = gl_VertexID % 3;
  int wedge = (gl_VertexID % 18) / 3;
  uvec4 low = texelFetch(rings, place(base), 0);
  uvec4 high = texelFetch(rings, place(base + 1), 0);
  int count = int(high.z);
  gl_Position = NOWHERE;
  place_ = facing = vec3(0.0);
  tone = mark = vec4(0.0);
  manner = vec2(1.0, 0.0);
  if (wedge >= count) return;
  int atoms[6] = int[6](int(low.x), int(low.y), int(low.z), int(low.w), int(high.x), int(high.y));
  vec3 places[6];
  vec3 first = positionOf(atoms[0]);
  vec3 middle = vec3(0.0);
  uint bits = 0u;
  for (int i = 0; i < count; i += 1) {
    vec3 way = positionOf(atoms[i]) - first;
    places[i] = first + way - cell * (round(cellInverse * way) * wraps);
    middle += places[i] / float(count);
    bits |= texelFetch(states, place(atoms[i]), 0).a;
  }
  if ((bits & 1u) > 0u) return;
  int next = (wedge + 1) % count;
  for (int i = 0; i < count; i += 1) if (distance(places[i], middle) > longest) return;
  int own = corner == 2 ? next : wedge;
  uvec4 state = texelFetch(states, place(atoms[own]), 0);
  vec3 point = corner == 0 ? middle : places[own];
  tone = vec4(albedoOf(atoms[own], texelFetch(palette, ivec2(state.r, state.g), 0).rgb), 1.0);
  if (state.b > 0u) mark = vec4(texelFetch(palette, ivec2(state.b, 0), 0).rgb, 0.5);
  manner = texelFetch(palette, ivec2(255, state.g), 0).rg;
  facing = mat3(view) * cross(places[wedge] - middle, places[next] - middle);
  place_ = toView(point);
  gl_Position = projection * vec4(place_, 1.0);
}`;
