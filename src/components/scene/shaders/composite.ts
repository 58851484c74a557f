/**
 * The picture over its background: ambient light smoothed over 4 x 4 pixels of equal depth, a fine dark line where one
 * thing stands in front of another, soft edges. Opacity is premultiplied.
 */
export const COMPOSITE_FRAGMENT: string = /* glsl */ `
precision highp float;
precision highp sampler2D;
uniform sampler2D picture;
uniform sampler2D ambient;
uniform vec2 viewport;
uniform vec2 range;
uniform vec3 fog;
uniform vec4 background;
uniform float tolerance;
uniform float outline;
uniform float strength;
uniform float contour;
uniform float isSmoothing;
layout(location = 0) out vec4 pixel;

ivec2 inside(ivec2 at) { return clamp(at, ivec2(0), ivec2(viewport) - 1); }
float distanceOf(vec4 texel) { return range.x + (texel.g + texel.b / 255.0) * (range.y - range.x); }

vec4 over(vec4 above) { return above + background * (1.0 - above.a); }
vec4 colorAt(vec2 at) { return over(textureLod(picture, at / viewport, 0.0)); }
float luma(vec4 c) { return dot(c.rgb, vec3(0.299, 0.587, 0.114)) + 0.25 * c.a; }

// Blurs along an edge found from the brightness of the four diagonal neighbours.
vec4 smoothed(vec2 at) {
  vec4 middle = colorAt(at);
  float nw = luma(colorAt(at + vec2(-1.0, -1.0)));
  float ne = luma(colorAt(at + vec2(1.0, -1.0)));
  float sw = luma(colorAt(at + vec2(-1.0, 1.0)));
  float se = luma(colorAt(at + vec2(1.0, 1.0)));
  float m = luma(middle);
  float low = min(m, min(min(nw, ne), min(sw, se)));
  float high = max(m, max(max(nw, ne), max(sw, se)));
  if (high - low < max(0.03, high * 0.08)) return middle;
  vec2 along = vec2(-((nw + ne) - (sw + se)), (nw + sw) - (ne + se));
  float damp = max((nw + ne + sw + se) * 0.03125, 0.0078125);
  along = clamp(along / (min(abs(along.x), abs(along.y)) + damp), -8.0, 8.0);
  vec4 a = 0.5 * (colorAt(at + along * (1.0 / 3.0 - 0.5)) + colorAt(at + along * (2.0 / 3.0 - 0.5)));
  vec4 b = a * 0.5 + 0.25 * (colorAt(at - along * 0.5) + colorAt(at + along * 0.5));
  float l = luma(b);
  return l < low || l > high ? a : b;
}

void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  vec4 color = isSmoothing > 0.5 ? smoothed(gl_FragCoord.xy) : over(texelFetch(picture, at, 0));
  vec4 here = texelFetch(ambient, at, 0);
  if (here.a > 0.5) {
    float z = distanceOf(here);
    float sum = 0.0;
    float weights = 0.0;
    for (int i = 0; i < 16; i += 1) {
      vec4 texel = texelFetch(ambient, inside(at + ivec2(i & 3, i >> 2) - ivec2(2, 2)), 0);
      float weight = texel.a * max(0.0, 1.0 - abs(distanceOf(texel) - z) / tolerance);
      sum += weight * texel.r;
      weights += weight;
    }
    float open = mix(1.0, weights > 0.0 ? sum / weights : here.r, strength);
    float step = 0.0;
    float border = 0.0;
    for (int i = 0; i < 4; i += 1) {
      vec4 texel = texelFetch(ambient, inside(at + ivec2(i < 2 ? i * 2 - 1 : 0, i < 2 ? 0 : i * 2 - 5)), 0);
      if (texel.a > 0.5) step = max(step, z - distanceOf(texel));
      else border = 1.0;
    }
    float fade = 1.0 - fog.z * smoothstep(fog.x, fog.y, z);
    float line = 1.0 - outline * smoothstep(tolerance, tolerance * 3.0, step);
    color.rgb *= mix(1.0, open * line, fade) * (1.0 - contour * border);
  }
  pixel = color;
}`;

/** The mean of several drawings. */
export const MEAN_FRAGMENT: string = /* glsl */ `
precision highp float;
precision highp sampler2D;
uniform sampler2D sum;
uniform float share;
layout(location = 0) out vec4 pixel;
void main() { pixel = texelFetch(sum, ivec2(gl_FragCoord.xy), 0) * share; }`;
