/** Finding view-space points again from the depth of a picture. */
const UNPROJECT = /* glsl */ `
precision highp float;
precision highp sampler2D;
uniform sampler2D depth;
uniform mat4 projection;
uniform float isPerspective;
uniform float pixelTangent;
uniform vec2 viewport;
float viewZ(float window) {
  float ndc = window * 2.0 - 1.0;
  return isPerspective > 0.5 ? -projection[3][2] / (ndc + projection[2][2]) : (ndc - projection[3][2]) / projection[2][2];
}
vec3 viewPoint(vec2 pixel) {
  float window = texelFetch(depth, ivec2(clamp(pixel, vec2(0.0), viewport - 1.0)), 0).r;
  float z = viewZ(window);
  vec2 ndc = (floor(pixel) + 0.5) / viewport * 2.0 - 1.0;
  vec2 xy = isPerspective > 0.5
    ? (ndc + vec2(projection[2][0], projection[2][1])) * -z
    : ndc - vec2(projection[3][0], projection[3][1]);
  return vec3(xy / vec2(projection[0][0], projection[1][1]), z);
}
`;

/** A quad over the whole picture. */
export const FULL_VERTEX: string = /* glsl */ `
precision highp float;
void main() {
  vec2 corner = vec2(float(gl_VertexID == 1 || gl_VertexID > 3), float(gl_VertexID == 2 || gl_VertexID == 3 || gl_VertexID == 5));
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

/**
 * How much of the sky each point sees, from the depths around it at two scales: clefts between neighbours and the
 * hollows of the whole. Red is the openness, green and blue the distance for the smoothing that follows.
 */
export const AMBIENT_FRAGMENT: string = /* glsl */ `${UNPROJECT}
uniform vec2 reaches;
uniform float turn;
uniform vec2 range;
layout(location = 0) out vec4 pixel;
const int TAPS = 8;
float occlusion(vec3 point, vec3 normal, vec2 at, float reach, float phase) {
  float pixels = reach / (isPerspective > 0.5 ? -point.z * pixelTangent : pixelTangent);
  float limited = min(pixels, viewport.y * 0.2);
  if (limited < 1.5) return 0.0;
  float world = reach * limited / pixels;
  float squaredReach = world * world;
  float sum = 0.0;
  for (int i = 0; i < TAPS; i += 1) {
    float part = (float(i) + 0.35 + 0.5 * fract(phase * 7.31)) / float(TAPS);
    float angle = 6.2831853 * (phase + float(i) * 0.381966);
    vec3 way = viewPoint(at + vec2(cos(angle), sin(angle)) * max(part * limited, 1.0)) - point;
    float squared = dot(way, way);
    float near = max(squaredReach - squared, 0.0) / squaredReach;
    float rise = max(dot(way, normal) - 0.02 * world, 0.0) / (squared + 0.004 * squaredReach);
    sum += near * near * near * rise;
  }
  return sum * world * 5.0 / float(TAPS);
}
void main() {
  vec2 at = gl_FragCoord.xy;
  float window = texelFetch(depth, ivec2(at), 0).r;
  if (window >= 1.0) { pixel = vec4(1.0, 1.0, 1.0, 0.0); return; }
  vec3 point = viewPoint(at);
  vec3 right = viewPoint(at + vec2(1.0, 0.0)) - point;
  vec3 left = point - viewPoint(at - vec2(1.0, 0.0));
  vec3 above = viewPoint(at + vec2(0.0, 1.0)) - point;
  vec3 below = point - viewPoint(at - vec2(0.0, 1.0));
  vec3 normal = normalize(cross(abs(right.z) < abs(left.z) ? right : left, abs(above.z) < abs(below.z) ? above : below));
  ivec2 tile = ivec2(at) & 3;
  float phase = fract(float((tile.x * 5 + tile.y * 7 + tile.x * tile.y * 3) & 15) / 16.0 + turn);
  float dark = 0.27 * occlusion(point, normal, at, reaches.x, phase) + 0.29 * occlusion(point, normal, at, reaches.y, fract(phase + 0.5));
  float far = clamp((-point.z - range.x) / (range.y - range.x), 0.0, 0.9999);
  pixel = vec4(0.35 + 0.65 * exp(-dark), floor(far * 255.0) / 255.0, fract(far * 255.0), 1.0);
}`;
