import { DEPTH, LIGHT, TABLES } from './common.ts';

/** One quad an atom, just in front of its sphere and covering exactly its outline. */
export const SPHERE_VERTEX: string = /* glsl */ `${TABLES}
flat out vec4 sphere;
flat out vec3 albedo;
flat out vec4 mark;
flat out vec3 gloss;
uniform float hull;
#ifdef SIMPLE
uniform vec3 fog;
flat out float haze;
#endif
out vec3 point;
void main() {
  int atom = quad();
  uvec4 state = texelFetch(states, place(atom), 0);
  vec4 entry = texelFetch(palette, ivec2(state.r, state.g), 0);
  float radius = entry.a;
  vec3 center = toView(positionOf(atom));
  sphere = vec4(center, radius);
  albedo = albedoOf(atom, entry.rgb);
  // Highlights on spheres of a few pixels would only glitter.
  gloss = vec3(smoothstep(2.0, 14.0, radius / pixelAt(center.z)), texelFetch(palette, ivec2(255, state.g), 0).rg);
  mark = vec4(0.0);
  if (state.b > 0u) mark = vec4(texelFetch(palette, ivec2(state.b, 0), 0).rgb, 1.0);
  if ((state.a & 2u) > 0u) mark.a += 2.0;
  gl_Position = NOWHERE;
  if ((state.a & 1u) > 0u || !(radius > 0.0) || gloss.z + hull < 0.0) return;
  vec2 corner = quadCorner();
#ifdef SIMPLE
  if (isPerspective > 0.5 && center.z > -near) return;
  point = vec3(corner, 0.0);
  haze = fog.z * smoothstep(fog.x, fog.y, -center.z);
  gl_Position = projection * vec4(center.xy + corner * radius, center.z, 1.0);
#else
  if (isPerspective > 0.5) {
    float squared = dot(center, center);
    float away = sqrt(squared);
    if (away <= radius * 1.001 || center.z - radius > -near) return;
    vec3 forward = center / away;
    vec3 side = normalize(cross(forward, vec3(0.0, 1.0, 0.0)));
    vec3 rise = cross(side, forward);
    float outline = radius * away / sqrt(squared - radius * radius);
    float nearer = max((away - radius) / away, near * 1.01 / max(-center.z, near));
    point = (center + (side * corner.x + rise * corner.y) * outline) * nearer;
  } else {
    point = center + vec3(corner * radius, radius);
  }
  gl_Position = projection * vec4(point, 1.0);
#endif
}`;

/** The point where the ray meets the sphere; with SIMPLE a disc that bulges, which is cheaper. */
export const SPHERE_FRAGMENT: string = /* glsl */ `
#extension GL_EXT_conservative_depth : enable
precision highp float;
flat in vec4 sphere;
flat in vec3 albedo;
flat in vec4 mark;
flat in vec3 gloss;
#ifdef SIMPLE
flat in float haze;
#endif
in vec3 point;
layout(location = 0) out vec4 pixel;
${DEPTH}
${LIGHT}
void main() {
  if (isVeiled(gloss.y)) discard;
#ifdef SIMPLE
  float rest = 1.0 - dot(point.xy, point.xy);
  if (rest < 0.0) discard;
  vec3 normal = vec3(point.xy, sqrt(rest));
  vec3 toEye = vec3(0.0, 0.0, 1.0);
  float z = sphere.z + sphere.w * normal.z;
#else
  vec3 direction = isPerspective > 0.5 ? normalize(point) : vec3(0.0, 0.0, -1.0);
  vec3 origin = isPerspective > 0.5 ? vec3(0.0) : vec3(point.xy, 0.0);
  vec3 offset = sphere.xyz - origin;
  float along = dot(offset, direction);
  vec3 aside = offset - direction * along;
  float rest = sphere.w * sphere.w - dot(aside, aside);
  if (rest < 0.0) discard;
  vec3 hit = origin + direction * (along - sqrt(rest));
  vec3 normal = (hit - sphere.xyz) / sphere.w;
  vec3 toEye = -direction;
  float z = hit.z;
#endif
  writeDepth(z);
  vec3 base = mark.a == 1.0 || mark.a == 3.0 ? mix(albedo, mark.rgb, 0.2) : albedo;
  vec3 color = shade(base, normal, toEye, gloss.x, gloss.z);
  if (mark.a >= 2.0) color = mix(color, vec3(1.0), 0.18);
#ifdef SIMPLE
  // One depth cue an atom.
  pixel = vec4(mix(encode(color), fogColor, haze), 1.0);
#else
  pixel = vec4(inFog(encode(color), -z), 1.0);
#endif
}`;
