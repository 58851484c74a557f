import { DEPTH, LIGHT, TABLES } from './common.ts';
import { SPAN } from './span.ts';

/**
 * Half a bond an instance: from one atom to the middle of the way to its neighbour's nearest image, in the atom's own
 * colour. A bond through a face of the cell so becomes two stubs, never a line across.
 */
export const BOND_VERTEX: string = /* glsl */ `${TABLES}${SPAN}
uniform usampler2D bonds;
uniform vec3 wraps;
uniform float longest;
// Sticks of one bond, by lane: how far aside and how thick, in thicknesses of a single one; where it begins and ends, in
// halves of a bond. Between balls there is more room than within the round ends of sticks.
const vec4 APART[9] = vec4[9](vec4(0.0, 1.0, 0.0, 1.0), vec4(-1.2, 0.62, 0.0, 1.0), vec4(1.2, 0.62, 0.0, 1.0),
  vec4(0.0, 0.5, 0.0, 1.0), vec4(-1.6, 0.5, 0.0, 1.0), vec4(1.6, 0.5, 0.0, 1.0),
  vec4(-0.9, 0.62, 0.0, 1.0), vec4(1.3, 0.5, 0.42, 0.64), vec4(1.3, 0.5, 0.84, 1.0));
const vec2 WITHIN = vec2(0.44, 0.56);
flat out vec3 from;
flat out vec3 axis;
flat out vec4 size;
flat out vec3 albedo;
flat out vec4 mark;
out vec3 point;
void main() {
  uvec4 bond = texelFetch(bonds, place(quad() >> 1), 0);
  bool isSecond = (quad() & 1) == 1;
  int atom = int(isSecond ? bond.y : bond.x);
  int other = int(isSecond ? bond.x : bond.y);
  vec3 shift = vec3(ivec3(int(bond.z & 1023u), int((bond.z >> 10) & 1023u), int((bond.z >> 20) & 1023u)) - 512);
  uvec4 state = texelFetch(states, place(atom), 0);
  uvec4 otherState = texelFetch(states, place(other), 0);
  gl_Position = NOWHERE;
  if (((state.a | otherState.a) & 1u) > 0u) return;
  vec4 stick = texelFetch(palette, ivec2(255, state.g), 0);
  float radius = stick.a;
  if (!(radius > 0.0) || stick.b != 0.0) return;
  vec4 entry = texelFetch(palette, ivec2(state.r, state.g), 0);
  vec3 start = positionOf(atom);
  vec3 way = positionOf(other) - start + cell * (isSecond ? -shift : shift);
  way -= cell * (round(cellInverse * way) * wraps);
  float whole = length(way);
  if (!(whole > 0.0) || whole > longest) return;
  albedo = albedoOf(atom, entry.rgb);
  mark = vec4(0.0);
  if (state.b > 0u && otherState.b > 0u) mark = vec4(texelFetch(palette, ivec2(state.b, 0), 0).rgb, 1.0);
  vec3 along = way / whole;
  vec4 lane = APART[0];
  int order = int(bond.w >> 24);
  if (order > 0) {
    // Too small to tell apart they are one.
    bool isSingle = texelFetch(palette, ivec2(254, state.g), 0).r < 0.5 || 5.0 * pixelAt(toView(start).z) > 2.0 * radius;
    if (isSingle && order != 1 && order != 3 && order != 6) return;
    if (!isSingle) {
      lane = APART[order];
      bool isWithin = entry.a < radius * 1.5;
      if (isWithin) lane.xy *= WITHIN;
      radius *= lane.y;
      vec3 aside = vec3(0.0);
      if ((bond.w & 0xffffffu) > 0u) {
        aside = positionOf(int(bond.w & 0xffffffu) - 1) - positionOf(int(bond.x));
        aside -= cell * (round(cellInverse * aside) * wraps);
        aside -= along * dot(aside, along);
      }
      // Atoms in a row lie in no plane: seen side by side then, from wherever. Both halves have the same side.
      if (dot(aside, aside) < 0.01)
        aside = cross(along, vec3(view[0].z, view[1].z, view[2].z)) * (isSecond ? -1.0 : 1.0) + vec3(1e-5);
      start += normalize(aside) * (lane.x * stick.a);
    }
  }
  axis = mat3(view) * along;
  vec3 a = toView(start) + axis * (0.5 * whole * lane.z);
  size = vec4(radius, 0.5 * whole * (lane.w - lane.z), stick.rg);
  vec3 b = a + axis * size.y;
  from = a;
  if (isPerspective > 0.5 && (a.z > -near || b.z > -near)) return;
  point = spanPoint(a, b, radius);
  gl_Position = projection * vec4(point, 1.0);
}`;

/** The point where the ray meets the open cylinder, or its far lid. */
export const BOND_FRAGMENT: string = /* glsl */ `
#extension GL_EXT_conservative_depth : enable
precision highp float;
flat in vec3 from;
flat in vec3 axis;
flat in vec4 size;
flat in vec3 albedo;
flat in vec4 mark;
in vec3 point;
layout(location = 0) out vec4 pixel;
${DEPTH}
${LIGHT}
void main() {
  if (isVeiled(size.z)) discard;
  vec3 direction = isPerspective > 0.5 ? normalize(point) : vec3(0.0, 0.0, -1.0);
  vec3 origin = isPerspective > 0.5 ? vec3(0.0) : vec3(point.xy, 0.0);
  vec3 offset = origin - from;
  float alongRay = dot(direction, axis);
  float alongStart = dot(offset, axis);
  vec3 across = direction - alongRay * axis;
  vec3 beside = offset - alongStart * axis;
  float a = max(dot(across, across), 1e-9);
  // Measured from the nearest approach, which keeps precision far from the camera.
  float closest = -dot(beside, across) / a;
  vec3 gap = beside + across * closest;
  float rest = size.x * size.x - dot(gap, gap);
  if (rest < 0.0) discard;
  float t = closest - sqrt(rest / a);
  float height = alongStart + t * alongRay;
  vec3 normal = (beside + across * t) / size.x;
  if (height < 0.0 || height > size.y) {
    float lid = height < 0.0 ? 0.0 : size.y;
    if ((height < 0.0) == (alongRay < 0.0)) discard;
    t = (lid - alongStart) / alongRay;
    vec3 inside = beside + across * t;
    if (dot(inside, inside) > size.x * size.x) discard;
    normal = height < 0.0 ? -axis : axis;
  }
  float z = origin.z + direction.z * t;
  writeDepth(z);
  vec3 color = shade(mix(albedo, mark.rgb, 0.2 * mark.a), normal, -direction, 0.7, size.w);
  pixel = vec4(inFog(encode(color), -z), 1.0);
}`;
