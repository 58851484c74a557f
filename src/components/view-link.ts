import type { CameraPose } from '../protocol/presence.ts';

/** What a copied link restores. */
export interface ViewLink {
  frame?: number | undefined;
  camera?: CameraPose | undefined;
}

function vector(numbers: readonly number[], offset: number): [number, number, number] {
  return [numbers[offset], numbers[offset + 1], numbers[offset + 2]];
}

/** The part of an address after `#`, e.g. `frame=12&camera=...`: position, target, up, and `v` degrees or `h` angstrom. */
export function formatViewLink({ frame, camera }: ViewLink): string {
  const parts: string[] = [];
  if (frame !== undefined) parts.push(`frame=${frame}`);
  if (camera !== undefined) {
    const numbers = [...camera.position, ...camera.target, ...camera.up].map((value) => Number(value.toPrecision(6)));
    const lens = camera.fov === undefined ? `h${Number((camera.height ?? 1).toPrecision(6))}` : `v${camera.fov}`;
    parts.push(`camera=${[...numbers, lens].join(',')}`);
  }
  return parts.join('&');
}

/** Reads what {@link formatViewLink} wrote; whatever is damaged is left out. */
export function parseViewLink(hash: string): ViewLink {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const frame = parameters.get('frame') ?? '';
  const link: ViewLink = /^\d{1,15}$/.test(frame) ? { frame: Number(frame) } : {};
  const parts = (parameters.get('camera') ?? '').split(',');
  const lens = parts.pop() ?? '';
  const numbers = parts.map((part) => (part === '' ? NaN : Number(part)));
  const size = Number(lens.slice(1));
  if (numbers.length !== 9 || !numbers.every(Number.isFinite) || !(size > 0) || !/^[vh]/.test(lens)) return link;
  const camera: CameraPose = { position: vector(numbers, 0), target: vector(numbers, 3), up: vector(numbers, 6) };
  if (lens.startsWith('v')) camera.fov = size;
  else camera.height = size;
  return { ...link, camera };
}
