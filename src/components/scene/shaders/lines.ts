import { TABLES } from './common.ts';

/** One quad a segment: three texels hold start and width (pixels), end and dash (pixels), colour. */
export const LINE_VERTEX: string = /* glsl */ `${TABLES}
uniform sampler2D segments;
uniform vec2 viewport;
uniform vec3 fog;
flat out vec4 color;
flat out vec2 shape;
out vec2 across;
void main() {
  int base = quad() * 3;
  vec4 first = texelFetch(segments, place(base), 0);
  vec4 second = texelFetch(segments, place(base + 1), 0);
  color = texelFetch(segments, place(base + 2), 0);
  vec3 a = toView(first.xyz);
  vec3 b = toView(second.xyz);
  gl_Position = NOWHERE;
  if (isPerspective > 0.5) {
    float limit = -near * 1.001;
    if (a.z > limit && b.z > limit) return;
    if (a.z > limit) a = mix(b, a, (limit - b.z) / (a.z - b.z));
    if (b.z > limit) b = mix(a, b, (limit - a.z) / (b.z - a.z));
  }
  vec4 p = projection * vec4(a, 1.0);
  vec4 q = projection * vec4(b, 1.0);
  vec2 s = p.xy / p.w * viewport * 0.5;
  vec2 e = q.xy / q.w * viewport * 0.5;
  float span = length(e - s);
  vec2 along = span > 1e-4 ? (e - s) / span : vec2(1.0, 0.0);
  vec2 corner = quadCorner();
  float half_ = first.w * 0.5 + 1.0;
  vec4 end = corner.x < 0.0 ? p : q;
  vec2 offset = (vec2(-along.y, along.x) * corner.y + along * corner.x * 0.5) * half_;
  end.xy += offset * 2.0 / viewport * end.w;
  float distance = corner.x < 0.0 ? -a.z : -b.z;
  if (!(second.w > 0.0)) color.a *= 1.0 - fog.z * smoothstep(fog.x, fog.y, 0.5 * (-a.z - b.z));
  shape = vec2(first.w, second.w);
  across = vec2(corner.y * half_, corner.x < 0.0 ? 0.0 : span) * end.w;
  gl_Position = end;
}`;

/** A stroke with soft edges; opacity is premultiplied. */
export const LINE_FRAGMENT: string = /* glsl */ `
precision highp float;
flat in vec4 color;
flat in vec2 shape;
in vec2 across;
layout(location = 0) out vec4 pixel;
void main() {
  vec2 at = across * gl_FragCoord.w;
  float opacity = color.a * clamp(shape.x * 0.5 + 0.5 - abs(at.x), 0.0, 1.0);
  if (shape.y > 0.0) {
    float phase = abs(fract(at.y / (2.0 * shape.y)) - 0.5) * 2.0 * shape.y;
    opacity *= clamp(phase - shape.y * 0.5 + 0.5, 0.0, 1.0);
  }
  pixel = vec4(color.rgb * opacity, opacity);
}`;
