/** Reading the tables; shared by all vertex shaders. */
export const TABLES = /* glsl */ `
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp usampler2D;
uniform sampler2D positions;
uniform sampler2D positionsBefore;
uniform float glide;
uniform mat3 cell;
uniform mat3 cellInverse;
uniform vec3 periodic;
uniform usampler2D states;
uniform sampler2D palette;
uniform usampler2D tints;
uniform float isTinted;
uniform mat4 view;
uniform mat4 projection;
uniform float isPerspective;
uniform float near;
uniform float pixelTangent;

ivec2 place(int i) { return ivec2(i & 4095, i >> 12); }
// Far moves are jumps: out of a box without a cell, or into another run.
const float FARTHEST = 12.0;
vec3 positionOf(int atom) {
  vec3 p = texelFetch(positions, place(atom), 0).xyz;
  if (glide >= 1.0) return p;
  vec3 way = p - texelFetch(positionsBefore, place(atom), 0).xyz;
  way -= cell * (round(cellInverse * way) * periodic);
  return length(way) < FARTHEST ? p - way * (1.0 - glide) : p;
}
// An atom's own colour where it has one, in linear light; else that of its style.
vec3 albedoOf(int atom, vec3 styled) {
  if (isTinted < 0.5) return styled;
  uvec4 tint = texelFetch(tints, place(atom), 0);
  vec3 c = vec3(tint.rgb) / 255.0;
  return tint.a == 0u ? styled : mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c));
}
vec3 toView(vec3 p) { return (view * vec4(p, 1.0)).xyz; }
const vec4 NOWHERE = vec4(2.0, 2.0, 2.0, 1.0);
// Six vertices without attributes make a quad; which one, and its corner: -1 or 1 on either axis.
int quad() { return gl_VertexID / 6; }
vec2 quadCorner() {
  int vertex = gl_VertexID % 6;
  return vec2(float(vertex == 1 || vertex > 3), float(vertex == 2 || vertex == 3 || vertex == 5)) * 2.0 - 1.0;
}
// Angstrom per pixel at a depth.
float pixelAt(float z) { return isPerspective > 0.5 ? -z * pixelTangent : pixelTangent; }
`;

/** Writing the true depth of a ray-cast point. The quad lies in front of it, so early depth tests stay possible. */
export const DEPTH = /* glsl */ `
#ifdef GL_EXT_conservative_depth
layout(depth_greater) out highp float gl_FragDepth;
#endif
uniform mat4 projection;
uniform float isPerspective;
uniform float veil;
// What is see-through leaves out a share of its pixels, others in each drawing; their mean is the true mixture.
bool isVeiled(float opacity) {
  if (opacity >= 1.0) return false;
  ivec2 p = ivec2(gl_FragCoord.xy);
  int q = p.x ^ p.y;
  int rank = ((q & 1) << 3) | ((p.y & 1) << 2) | (q & 2) | ((p.y & 2) >> 1);
  return fract((float(rank) + 0.5) / 16.0 + veil * 0.4375) >= opacity;
}
void writeDepth(float z) {
  float clip = projection[2][2] * z + projection[3][2];
  float w = projection[2][3] * z + projection[3][3];
  gl_FragDepth = clamp(0.5 + 0.5 * clip / w, 0.0, 1.0);
}
`;

/** Light: a key from the upper left of the camera, a sky and a ground, a soft highlight, a rim. Linear in and out. */
export const LIGHT = /* glsl */ `
uniform vec3 fogColor;
uniform vec3 fog;
const vec3 KEY = vec3(-0.4264, 0.6396, 0.6396);
const vec3 FILL = vec3(0.8018, -0.2673, 0.5345);
// With plain 1 a flat colour with a dark rim.
vec3 shade(vec3 albedo, vec3 normal, vec3 toEye, float gloss, float plain) {
  float facing = max(dot(normal, toEye), 0.0);
  if (plain > 0.0) return albedo * (0.1 + 0.84 * smoothstep(0.26, 0.34, facing));
  float key = max(dot(normal, KEY) * 0.88 + 0.12, 0.0);
  float fill = max(dot(normal, FILL), 0.0);
  vec3 sky = mix(vec3(0.17, 0.165, 0.19), vec3(0.46, 0.49, 0.55), 0.5 + 0.5 * normal.y);
  vec3 color = albedo * (sky + vec3(1.0, 0.97, 0.92) * key * 0.72 + vec3(0.10, 0.12, 0.16) * fill);
#ifdef SIMPLE
  // Stands in for ambient light and contours: edges turned away are darker.
  color *= 0.45 + 0.55 * min(facing * 1.6, 1.0);
#else
  float halfway = max(dot(normal, normalize(KEY + toEye)), 0.0);
  float grazing = 1.0 - facing;
  grazing *= grazing;
  grazing *= grazing;
  color += gloss * (vec3(0.30) * pow(halfway, 90.0) + vec3(0.055) * pow(halfway, 14.0));
  color += (albedo * 0.35 + vec3(0.09, 0.10, 0.12)) * grazing * (0.55 + 0.45 * normal.y);
#endif
  return color;
}
vec3 encode(vec3 linear) {
  vec3 c = clamp(linear, 0.0, 1.0);
#ifdef SIMPLE
  // A root is a fraction of the price of three powers where a processor draws; at most 6 of 255 off, near black.
  vec3 root = sqrt(c);
  return root * (1.138 - 0.138 * root);
#endif
  return mix(c * 12.92, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c));
}
// Depth cue in the display's own space, where equal steps look equal. fog: start, end, strength.
vec3 inFog(vec3 encoded, float distance) {
  float amount = fog.z * smoothstep(fog.x, fog.y, distance);
  return mix(encoded, fogColor, amount);
}
`;
