import { DEPTH, LIGHT, TABLES } from './common.ts';

/**
 * A curve's stretch between two controls an instance, a ring of points a step. With NOODLE controls are atoms and the
 * curve is a round tube, drawn to its middle from either end; else they are texels with a place, a side and sizes.
 */
export const SWEEP_VERTEX: string = /* glsl */ `${TABLES}
uniform usampler2D spans;
uniform sampler2D controls;
uniform vec3 wraps;
uniform float longest;
out vec3 place_;
out vec3 facing;
out vec4 tone;
out vec4 mark;
flat out vec2 manner;

vec3 curve(vec3 a, vec3 b, vec3 c, vec3 d, float t) {
  return 0.5 * (2.0 * b + t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * b - a - 3.0 * c + d))));
}
vec3 slope(vec3 a, vec3 b, vec3 c, vec3 d, float t) {
  return 0.5 * (c - a + t * (2.0 * (2.0 * a - 5.0 * b + 4.0 * c - d) + t * 3.0 * (3.0 * b - a - 3.0 * c + d)));
}
vec4 toneOf(uvec4 state, int atom) {
  vec4 entry = texelFetch(palette, ivec2(state.r, state.g), 0);
  return vec4(albedoOf(atom, entry.rgb), entry.a);
}
vec4 markOf(uvec4 state) {
  vec4 found = vec4(0.0);
  if (state.b > 0u) found = vec4(texelFetch(palette, ivec2(state.b, 0), 0).rgb, 1.0);
  if ((state.a & 2u) > 0u) found = state.b > 0u ? found : vec4(1.0, 1.0, 1.0, 0.5);
  return found;
}
// Between two frames a control is where its atom is on the way.
vec3 drift(float atom) {
  return glide >= 1.0 ? vec3(0.0) : positionOf(int(atom)) - texelFetch(positions, place(int(atom)), 0).xyz;
}
vec3 nearest(vec3 way) { return way - cell * (round(cellInverse * way) * wraps); }

void main() {
  int ring = gl_VertexID / SIDES;
  float angle = 6.2831853 * (float(gl_VertexID - ring * SIDES) + 0.5) / float(SIDES);
  vec2 turn = vec2(cos(angle), sin(angle));
  uvec4 span = texelFetch(spans, place(gl_InstanceID), 0);
  gl_Position = NOWHERE;
  tone = mark = vec4(0.0);
  place_ = facing = vec3(0.0);
  manner = vec2(1.0, 0.0);
#ifdef NOODLE
  uvec4 state = texelFetch(states, place(int(span.y)), 0);
  uvec4 otherState = texelFetch(states, place(int(span.z)), 0);
  vec4 stick = texelFetch(palette, ivec2(255, state.g), 0);
  if (((state.a | otherState.a) & 1u) > 0u || !(stick.b < 0.0)) return;
  vec3 b = positionOf(int(span.y));
  vec3 c = b + nearest(positionOf(int(span.z)) - b);
  vec3 a = span.x == span.y ? b : b + nearest(positionOf(int(span.x)) - b);
  vec3 d = span.w == span.z ? c : c + nearest(positionOf(int(span.w)) - c);
  if (!(distance(b, c) > 0.01) || distance(b, c) > longest) return;
  float t = 0.5 * float(ring) / float(STEPS);
  vec2 size = vec2(stick.a);
  float box = 0.0;
  vec3 side = cross(c - b, abs(c.x - b.x) < abs(c.y - b.y) ? vec3(1.0, 0.0, 0.0) : vec3(0.0, 1.0, 0.0));
  float lid = 0.0;
  tone = toneOf(state, int(span.y));
  mark = state.b > 0u && otherState.b > 0u ? markOf(state) : vec4(0.0);
  manner = stick.rg;
#else
  ivec4 at = 3 * ivec4(span);
  vec4 p0 = texelFetch(controls, place(at.x), 0);
  vec4 p1 = texelFetch(controls, place(at.y), 0);
  vec4 p2 = texelFetch(controls, place(at.z), 0);
  vec4 p3 = texelFetch(controls, place(at.w), 0);
  vec4 s1 = texelFetch(controls, place(at.y + 1), 0);
  vec4 s2 = texelFetch(controls, place(at.z + 1), 0);
  vec4 w1 = texelFetch(controls, place(at.y + 2), 0);
  vec4 w2 = texelFetch(controls, place(at.z + 2), 0);
  vec3 a = p0.xyz + drift(p0.w);
  vec3 b = p1.xyz + drift(p1.w);
  vec3 c = p2.xyz + drift(p2.w);
  vec3 d = p3.xyz + drift(p3.w);
  // Ends without a neighbour go on straight.
  if (span.x == span.y) a = 2.0 * b - c;
  if (span.w == span.z) d = 2.0 * c - b;
  // Rings 0 and 1 are the step from the sizes that end here to those that begin, the last two the step at the end.
  float t = clamp(float(ring - 2) / float(STEPS), 0.0, 1.0);
  float ease = t * t * (3.0 - 2.0 * t);
  vec2 size = mix(w1.zw, w2.xy, w1.z > w1.x + 0.3 ? t : ease);
  float box = mix(floor(s1.w), fract(s2.w) * 2.0, ease);
  float lid = 0.0;
  if (ring < 2) {
    lid = -1.0;
    box = floor(s1.w);
    size = ring == 0 ? (span.x == span.y ? vec2(0.0) : w1.xy) : w1.zw;
  } else if (ring > STEPS + 2) {
    lid = 1.0;
    if (ring == STEPS + 4 && span.w == span.z) size = vec2(0.0);
  }
  vec3 side = mix(s1.xyz, s2.xyz, ease);
  int first = int(p1.w);
  int second = int(p2.w);
  uvec4 state = texelFetch(states, place(first), 0);
  uvec4 otherState = texelFetch(states, place(second), 0);
  float part = smoothstep(0.35, 0.65, t);
  tone = mix(toneOf(state, first), toneOf(otherState, second), part);
  mark = mix(markOf(state), markOf(otherState), part);
  manner = texelFetch(palette, ivec2(255, state.g), 0).rg;
#endif
  vec3 along = normalize(slope(a, b, c, d, t));
  vec3 across = side - along * dot(side, along);
  across = dot(across, across) > 1e-8 ? normalize(across) : normalize(cross(along, vec3(0.31, 0.83, 0.46)));
  vec3 up = cross(along, across);
  float bend = mix(1.0, 0.3, box);
  vec2 out_ = sign(turn) * pow(abs(turn), vec2(bend));
  vec2 slant = sign(turn) * pow(abs(turn), vec2(2.0 - bend)) / max(size, vec2(1e-4));
  vec3 point = curve(a, b, c, d, t) + across * out_.x * size.x + up * out_.y * size.y;
  vec3 normal = lid != 0.0 ? along * lid : normalize(across * slant.x + up * slant.y);
  place_ = toView(point);
  facing = mat3(view) * normal;
  gl_Position = projection * vec4(place_, 1.0);
}`;

// Depth is that of the surface itself, unlike that of impostors, which may promise to be behind their quads.
const PLAIN_DEPTH = DEPTH.replace(/#ifdef GL_EXT_conservative_depth[^#]*#endif/, '');

/** Light on the swept surface; both sides of it. */
export const SWEEP_FRAGMENT: string = /* glsl */ `
precision highp float;
in vec3 place_;
in vec3 facing;
in vec4 tone;
in vec4 mark;
flat in vec2 manner;
layout(location = 0) out vec4 pixel;
${PLAIN_DEPTH}
${LIGHT}
void main() {
  if (isVeiled(manner.x)) discard;
  vec3 toEye = isPerspective > 0.5 ? -normalize(place_) : vec3(0.0, 0.0, 1.0);
  vec3 normal = normalize(facing);
  if (dot(normal, toEye) < 0.0) normal = -normal;
  writeDepth(place_.z);
  vec3 color = shade(mix(tone.rgb, mark.rgb, 0.6 * mark.a), normal, toEye, 0.6, manner.y);
  pixel = vec4(inFog(encode(color), -place_.z), 1.0);
}`;
