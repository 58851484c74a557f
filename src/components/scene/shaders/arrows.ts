import { DEPTH, LIGHT, TABLES } from './common.ts';
import { SPAN } from './span.ts';

/** One quad an arrow: from the surface of its atom along its vector. */
export const ARROW_VERTEX: string = /* glsl */ `${TABLES}${SPAN}
uniform sampler2D vectors;
uniform usampler2D chosen;
uniform float isChosen;
uniform float perUnit;
uniform vec3 color;
flat out vec3 from;
flat out vec3 axis;
// Length of the arrow and of its head, radius of shaft and head.
flat out vec4 size;
flat out vec3 albedo;
out vec3 point;
void main() {
  int atom = isChosen > 0.5 ? int(texelFetch(chosen, place(quad()), 0).r) : quad();
  uvec4 state = texelFetch(states, place(atom), 0);
  vec3 way = texelFetch(vectors, place(atom), 0).xyz * perUnit;
  float whole = length(way);
  gl_Position = NOWHERE;
  if ((state.a & 1u) > 0u || !(whole > 0.04) || whole > 1e4) return;
  axis = mat3(view) * way / whole;
  float grow = clamp(whole, 0.25, 1.0);
  size = vec4(whole, min(0.42 * grow, whole * 0.55), 0.075 * grow, 0.19 * grow);
  albedo = color;
  from = toView(positionOf(atom)) + axis * texelFetch(palette, ivec2(state.r, state.g), 0).a * 0.95;
  vec3 a = from;
  vec3 b = from + axis * whole;
  if (isPerspective > 0.5 && (a.z > -near || b.z > -near)) return;
  point = spanPoint(a, b, size.w);
  gl_Position = projection * vec4(point, 1.0);
}`;

/** The nearest of where the ray meets shaft, tail, head and the head's underside. */
export const ARROW_FRAGMENT: string = /* glsl */ `
#extension GL_EXT_conservative_depth : enable
precision highp float;
flat in vec3 from;
flat in vec3 axis;
flat in vec4 size;
flat in vec3 albedo;
in vec3 point;
layout(location = 0) out vec4 pixel;
${DEPTH}
${LIGHT}
const float FAR = 1e9;
void main() {
  vec3 direction = isPerspective > 0.5 ? normalize(point) : vec3(0.0, 0.0, -1.0);
  // Measured from the plane of the quad, which keeps precision far from the camera.
  vec3 offset = point - from;
  float alongRay = dot(direction, axis);
  float alongStart = dot(offset, axis);
  vec3 across = direction - alongRay * axis;
  vec3 beside = offset - alongStart * axis;
  float neck = size.x - size.y;
  float best = FAR;
  vec3 normal = axis;
  // Shaft.
  float a = max(dot(across, across), 1e-9);
  float half_ = dot(beside, across);
  float rest = half_ * half_ - a * (dot(beside, beside) - size.z * size.z);
  if (rest >= 0.0) {
    float t = (-half_ - sqrt(rest)) / a;
    float height = alongStart + t * alongRay;
    if (height >= 0.0 && height <= neck) {
      best = t;
      normal = (beside + across * t) / size.z;
    }
  }
  // Head: a cone whose radius falls with the height above the neck.
  float slope = size.w / size.y;
  float toTip = size.x - alongStart;
  float ca = dot(across, across) - slope * slope * alongRay * alongRay;
  float cb = dot(beside, across) + slope * slope * toTip * alongRay;
  float cc = dot(beside, beside) - slope * slope * toTip * toTip;
  rest = cb * cb - ca * cc;
  if (rest >= 0.0 && abs(ca) > 1e-9) {
    float root = sqrt(rest);
    for (int side = -1; side <= 1; side += 2) {
      float t = (-cb + float(side) * root) / ca;
      float height = alongStart + t * alongRay;
      if (height < neck || height > size.x || t >= best) continue;
      best = t;
      vec3 outward = normalize(beside + across * t);
      normal = normalize(outward + slope * axis);
    }
  }
  // Underside of the head, tail of the shaft.
  if (alongRay > 1e-6) {
    for (int lid = 0; lid < 2; lid += 1) {
      float t = ((lid == 0 ? neck : 0.0) - alongStart) / alongRay;
      vec3 inside = beside + across * t;
      float radius = lid == 0 ? size.w : size.z;
      if (t >= best || dot(inside, inside) > radius * radius) continue;
      best = t;
      normal = -axis;
    }
  }
  if (best >= FAR) discard;
  float z = point.z + direction.z * best;
  writeDepth(z);
  pixel = vec4(inFog(encode(shade(albedo, normal, -direction, 0.5, 0.0)), -z), 1.0);
}`;
