import { TABLES } from './common.ts';

/** A ring around each marked atom, at the back of its sphere: neighbours in front cover it, so a group gets one outline. */
export const HALO_VERTEX: string = /* glsl */ `${TABLES}
uniform usampler2D marked;
uniform vec3 hoverColor;
uniform float ringPixels;
flat out vec4 color;
flat out vec4 ring;
out vec2 disc;
void main() {
  int atom = int(texelFetch(marked, place(quad()), 0).r);
  uvec4 state = texelFetch(states, place(atom), 0);
  float radius = texelFetch(palette, ivec2(state.r, state.g), 0).a;
  gl_Position = NOWHERE;
  vec3 center = toView(positionOf(atom));
  if ((state.a & 1u) > 0u || !(radius > 0.0) || (isPerspective > 0.5 && center.z + radius > -near)) return;
  bool isHovered = (state.a & 2u) > 0u;
  color = state.b > 0u ? vec4(texelFetch(palette, ivec2(state.b, 0), 0).rgb, 1.0) : vec4(hoverColor, 0.85);
  float away = length(center);
  float outline = isPerspective > 0.5 ? radius * away / sqrt(max(away * away - radius * radius, 1e-6)) : radius;
  float pixel = pixelAt(center.z);
  float reach = outline + pixel * ringPixels * 4.0;
  // Radius of the sphere's outline, width of the ring, reach of the glow, all in pixels.
  ring = vec4(outline / pixel, ringPixels * (state.b > 0u ? 1.0 : 0.7) * (isHovered && state.b > 0u ? 1.5 : 1.0), ringPixels * 4.0, isHovered ? 1.0 : 0.0);
  vec2 corner = quadCorner();
  disc = corner * reach / pixel;
  vec3 forward = isPerspective > 0.5 ? center / away : vec3(0.0, 0.0, -1.0);
  vec3 side = normalize(cross(forward, vec3(0.0, 1.0, 0.0)));
  vec3 point = center + (side * corner.x + cross(side, forward) * corner.y) * reach;
  vec4 clip = projection * vec4(point, 1.0);
  vec4 back = projection * vec4(center + forward * radius * 0.9, 1.0);
  clip.z = back.z / back.w * clip.w;
  gl_Position = clip;
}`;

/** A crisp ring and a faint glow beyond it; opacity is premultiplied. */
export const HALO_FRAGMENT: string = /* glsl */ `
precision highp float;
flat in vec4 color;
flat in vec4 ring;
in vec2 disc;
layout(location = 0) out vec4 pixel;
vec3 display(vec3 c) { return mix(c * 12.92, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c)); }
void main() {
  float beyond = length(disc) - ring.x;
  float solid = clamp(ring.y - beyond + 0.5, 0.0, 1.0);
  float glow = 1.0 - clamp((beyond - ring.y) / (ring.z - ring.y), 0.0, 1.0);
  float opacity = color.a * max(solid, glow * glow * 0.3);
  if (opacity < 0.004) discard;
  pixel = vec4(display(color.rgb) * opacity, opacity);
}`;
