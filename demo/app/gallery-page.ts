import 'covalence/components/define';
import type { CoViewer } from 'covalence/components';
import { render } from 'lit';
import { icons } from './icons.ts';
import { currentTheme, restoreTheme, toggleTheme } from './theme.ts';

/** The files as the build names them; demo/gallery/scenes makes them. */
const FILES: Readonly<Record<string, URL>> = {
  'bilayer.xyz': new URL('../gallery/files/bilayer.xyz', import.meta.url),
  'diamond.xyz': new URL('../gallery/files/diamond.xyz', import.meta.url),
  'droplet.xyz': new URL('../gallery/files/droplet.xyz', import.meta.url),
  'dry-ice.xyz': new URL('../gallery/files/dry-ice.xyz', import.meta.url),
  'fullerene.xyz': new URL('../gallery/files/fullerene.xyz', import.meta.url),
  'gold.xyz': new URL('../gallery/files/gold.xyz', import.meta.url),
  'helix.pdb': new URL('../gallery/files/helix.pdb', import.meta.url),
  'nanotube.xyz': new URL('../gallery/files/nanotube.xyz', import.meta.url),
  'perovskite.xyz': new URL('../gallery/files/perovskite.xyz', import.meta.url),
  'platinum.xyz': new URL('../gallery/files/platinum.xyz', import.meta.url),
  'rock-salt.xyz': new URL('../gallery/files/rock-salt.xyz', import.meta.url),
  'sodalite.xyz': new URL('../gallery/files/sodalite.xyz', import.meta.url),
};

const numbers = (text: string | undefined): [number, number, number] | undefined => {
  const [x, y, z] = (text ?? '').split(' ').map(Number);
  return [x, y, z].every(Number.isFinite) ? [x, y, z] : undefined;
};

/** Looks from where the page says, and a little nearer where the corners of the picture are empty. */
function place(viewer: CoViewer): void {
  const [from, up] = [numbers(viewer.dataset['from']), numbers(viewer.dataset['up'])];
  const { camera } = viewer;
  if (camera === undefined || from === undefined || up === undefined) return;
  const { target, position } = camera;
  const distance = Math.hypot(...position.map((part, axis) => part - target[axis]));
  const share = distance / Math.hypot(...from) / Number(viewer.dataset['near'] ?? 1);
  viewer.camera = {
    ...camera,
    up,
    position: [0, 1, 2].map((axis) => target[axis] + from[axis] * share) as typeof from,
  };
}

restoreTheme();
for (const viewer of document.querySelectorAll('co-viewer')) {
  viewer.src = FILES[viewer.dataset['file'] ?? '']?.href;
  viewer.addEventListener('co-frame-shown', () => place(viewer), { once: true });
  // The wheel scrolls the page, unless somebody is at work in this picture.
  viewer.addEventListener(
    'wheel',
    (event) => {
      if (!viewer.matches(':focus-within')) event.stopImmediatePropagation();
    },
    { capture: true },
  );
}

const button = document.querySelector<HTMLButtonElement>('#theme');
if (button !== null) {
  const show = (): void => void render(currentTheme() === 'dark' ? icons.light : icons.dark, button);
  button.addEventListener('click', () => {
    toggleTheme();
    show();
  });
  show();
}
