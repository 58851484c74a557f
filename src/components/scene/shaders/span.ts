/**
 * `spanPoint(a, b, radius)`: the corner of the quad that covers two discs of a radius around two points and all between
 * them, just in front of the nearer one; everything in the coordinates of the camera. Follows the tables.
 */
export const SPAN: string = /* glsl */ `
vec3 spanPoint(vec3 a, vec3 b, float radius) {
  vec2 corner = quadCorner();
  float front = max(a.z, b.z) + radius;
  if (isPerspective > 0.5) front = min(front, -near * 1.01);
  vec2 p = isPerspective > 0.5 ? a.xy / -a.z : a.xy;
  vec2 q = isPerspective > 0.5 ? b.xy / -b.z : b.xy;
  float margin = radius * (isPerspective > 0.5 ? sqrt(1.0 + max(dot(p, p), dot(q, q))) / -front : 1.0);
  vec2 along = q - p;
  float span = length(along);
  along = span > 1e-6 ? along / span : vec2(1.0, 0.0);
  vec2 flatPoint = (corner.x < 0.0 ? p - along * margin : q + along * margin) + vec2(-along.y, along.x) * corner.y * margin;
  return isPerspective > 0.5 ? vec3(flatPoint, -1.0) * -front : vec3(flatPoint, front);
}
`;
