import { DEPTH, LIGHT, TABLES } from './common.ts';
import { SPAN } from './span.ts';

/**
 * A bond an instance: the quadric of revolution that touches the spheres at both ends along a circle each, between these
 * circles. Its waist is a part of the thinner end, however far the atoms are.
 */
export const HYPERBALL_VERTEX: string = /* glsl */ `${TABLES}${SPAN}
uniform usampler2D bonds;
uniform vec3 wraps;
uniform float longest;
flat out vec3 from;
flat out vec3 axis;
// Where along the axis it begins, ends and is cut: a bond through the cell has a half at either end.
flat out vec3 span;
// Squared distance from the axis at height h: x h h + y h + z.
flat out vec3 shape;
flat out vec4 albedo;
flat out vec4 otherAlbedo;
flat out vec4 mark;
flat out vec2 manner;
out vec3 point;
void main() {
  int half_ = quad() & 1;
  uvec4 bond = texelFetch(bonds, place(quad() >> 1), 0);
  int atom = int(half_ == 1 ? bond.y : bond.x);
  int other = int(half_ == 1 ? bond.x : bond.y);
  vec3 shift = vec3(ivec3(int(bond.z & 1023u), int((bond.z >> 10) & 1023u), int((bond.z >> 20) & 1023u)) - 512);
  uvec4 state = texelFetch(states, place(atom), 0);
  uvec4 otherState = texelFetch(states, place(other), 0);
  gl_Position = NOWHERE;
  if (((state.a | otherState.a) & 1u) > 0u) return;
  vec4 stick = texelFetch(palette, ivec2(255, state.g), 0);
  if (!(stick.b > 0.0)) return;
  vec4 entry = texelFetch(palette, ivec2(state.r, state.g), 0);
  vec4 otherEntry = texelFetch(palette, ivec2(otherState.r, otherState.g), 0);
  float p = entry.a;
  float q = abs(otherEntry.a);
  vec3 start = positionOf(atom);
  vec3 way = positionOf(other) - start + cell * (half_ == 1 ? -shift : shift);
  way -= cell * (round(cellInverse * way) * wraps);
  float d = length(way);
  if (!(p > 0.0) || !(d > 0.01) || d > longest) return;
  // Touching both spheres: (1 - u) of the way between the circles; u from the waist that is asked for.
  float w = stick.b * min(p, max(q, 0.05));
  float e = (p * p - q * q) / d;
  float b = 2.0 * e * d - 4.0 * (p * p - w * w);
  float rest = b * b - 4.0 * d * d * e * e;
  float u = rest > 0.0 ? (-b + sqrt(rest)) / (2.0 * d * d) : 0.9;
  u = clamp(u, 0.02, 0.98);
  float alpha = 1.0 / (1.0 - u);
  float low = 0.5 * (d + e - d * (1.0 - u));
  float high = 0.5 * (d + e + d * (1.0 - u));
  shape = vec3(alpha - 1.0, -2.0 * alpha * low, p * p + alpha * low * low);
  low = clamp(low, -p, d);
  high = clamp(high, low, d + q);
  float middle = clamp(d * 0.5, low, high);
  span = vec3(low, middle, d);
  albedo = vec4(albedoOf(atom, entry.rgb), p);
  otherAlbedo = vec4(albedoOf(other, otherEntry.rgb), q);
  mark = vec4(0.0);
  if (state.b > 0u && otherState.b > 0u) mark = vec4(texelFetch(palette, ivec2(state.b, 0), 0).rgb, 1.0);
  manner = stick.rg;
  axis = mat3(view) * way / d;
  from = toView(start);
  vec3 a = from + axis * low;
  vec3 z = from + axis * middle;
  float radius = sqrt(max(max(dot(shape, vec3(low * low, low, 1.0)), dot(shape, vec3(middle * middle, middle, 1.0))), 1e-6));
  if (isPerspective > 0.5 && (a.z + radius > -near || z.z + radius > -near)) return;
  point = spanPoint(a, z, radius);
  gl_Position = projection * vec4(point, 1.0);
}`;

/** Where the ray meets the quadric between its ends. */
export const HYPERBALL_FRAGMENT: string = /* glsl */ `
#extension GL_EXT_conservative_depth : enable
precision highp float;
flat in vec3 from;
flat in vec3 axis;
flat in vec3 span;
flat in vec3 shape;
flat in vec4 albedo;
flat in vec4 otherAlbedo;
flat in vec4 mark;
flat in vec2 manner;
in vec3 point;
layout(location = 0) out vec4 pixel;
${DEPTH}
${LIGHT}
void main() {
  if (isVeiled(manner.x)) discard;
  vec3 direction = isPerspective > 0.5 ? normalize(point) : vec3(0.0, 0.0, -1.0);
  // Measured from the plane of the quad, which keeps precision far from the camera.
  vec3 offset = point - from;
  float alongRay = dot(direction, axis);
  float alongStart = dot(offset, axis);
  vec3 across = direction - alongRay * axis;
  vec3 beside = offset - alongStart * axis;
  float a = dot(across, across) - shape.x * alongRay * alongRay;
  float b = dot(beside, across) - shape.x * alongStart * alongRay - 0.5 * shape.y * alongRay;
  float c = dot(beside, beside) - dot(shape, vec3(alongStart * alongStart, alongStart, 1.0));
  float rest = b * b - a * c;
  if (rest < 0.0) discard;
  float root = sqrt(rest);
  // The two hits in the order of the ray; numerically safe also where a vanishes.
  float sum = -b - (b < 0.0 ? -root : root);
  float one = sum / (abs(a) < 1e-9 ? 1e-9 : a);
  float two = c / (abs(sum) < 1e-12 ? 1e-12 : sum);
  float t = min(one, two);
  float height = alongStart + t * alongRay;
  if (t < 0.0 || height < span.x || height > span.y) {
    t = max(one, two);
    height = alongStart + t * alongRay;
    if (t < 0.0 || height < span.x || height > span.y) discard;
  }
  vec3 outward = beside + across * t - axis * (shape.x * height + 0.5 * shape.y);
  vec3 normal = normalize(outward);
  if (dot(normal, direction) > 0.0) discard;
  float z = point.z + direction.z * t;
  writeDepth(z);
  // Colours flow into one another around the middle of what is seen between the balls.
  float low = max(albedo.a * 0.6, 0.0);
  float part = 0.5 * smoothstep(0.0, 1.0, clamp((height - low) / max(span.z * 0.5 - low, 0.01), 0.0, 1.0));
  vec3 base = mix(albedo.rgb, otherAlbedo.rgb, part);
  vec3 color = shade(mix(base, mark.rgb, 0.2 * mark.a), normal, -direction, 0.8, manner.y);
  pixel = vec4(inFog(encode(color), -z), 1.0);
}`;
