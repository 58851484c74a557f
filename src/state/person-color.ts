const GOLDEN_ANGLE_DEGREES = 137.508;

/** A CSS colour for a client id: even lightness, hues that stay apart for neighbouring ids. */
export function personColor(clientId: number): string {
  const hue = Math.round((clientId * GOLDEN_ANGLE_DEGREES) % 360);
  return `hsl(${hue} 65% 45%)`;
}
