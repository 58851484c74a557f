import { fullerene, nanotube, twistedBilayer } from './scenes/carbon.ts';
import { diamond, dryIce, perovskite, rockSalt, sodalite } from './scenes/crystals.ts';
import { droplet } from './scenes/droplet.ts';
import { helix } from './scenes/helix.ts';
import { covered, icosahedron } from './scenes/metals.ts';
import { extxyz } from './structure.ts';

/** Name and text of every file of the gallery. `droplets` is the first frame of the demo's trajectory. */
export function makeScenes(droplets: string): Record<string, string> {
  return {
    'rock-salt.xyz': extxyz(rockSalt()),
    'diamond.xyz': extxyz(diamond()),
    'perovskite.xyz': extxyz(perovskite()),
    'sodalite.xyz': extxyz(sodalite()),
    'dry-ice.xyz': extxyz(dryIce()),
    'nanotube.xyz': extxyz(nanotube(10, 5, 3)),
    'bilayer.xyz': extxyz(twistedBilayer(3, 3, 3.35)),
    'fullerene.xyz': extxyz(fullerene()),
    'platinum.xyz': extxyz(covered()),
    'gold.xyz': extxyz(icosahedron(5)),
    'droplet.xyz': extxyz(droplet(droplets)),
    'helix.pdb': helix(22),
  };
}
