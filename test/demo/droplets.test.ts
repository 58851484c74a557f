import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { waterForces } from '../../demo/physics/flexible-water.ts';
import { collidingDroplets, dropletText } from '../../demo/physics/droplets.ts';

const stored = gunzipSync(readFileSync(new URL('../../demo/data/droplets.xyz.gz', import.meta.url))).toString();

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the demo trajectory', () => {
  it('[V12] keeps its total energy: the drift from the first tenth to the last is below 1e-3 of the kinetic energy', () => {
    const potential = [...stored.matchAll(/ energy=(\S+)/g)].map(([, value]) => Number(value));
    const kinetic = [...stored.matchAll(/ kinetic_energy=(\S+)/g)].map(([, value]) => Number(value));
    expect(potential.length).toBe(251);
    expect(kinetic.length).toBe(251);
    const total = potential.map((value, frame) => value + kinetic[frame]);
    const tenth = Math.floor(total.length / 10);
    const drift = Math.abs(mean(total.slice(-tenth)) - mean(total.slice(0, tenth)));
    expect(drift).toBeLessThan(1e-3 * mean(kinetic));
    expect(Math.max(...total) - Math.min(...total)).toBeLessThan(1e-3 * mean(kinetic));
  });

  it('[V12] has forces that are the gradient of its energy', () => {
    const [frame] = collidingDroplets({ molecules: 4, frames: 1 });
    const { positions, forces } = frame;
    const scratch = new Float64Array(positions.length);
    const step = 1e-5;
    for (let i = 0; i < positions.length; i += 1) {
      const at = positions[i];
      positions[i] = at + step;
      const above = waterForces(positions, scratch);
      positions[i] = at - step;
      const below = waterForces(positions, scratch);
      positions[i] = at;
      expect(Math.abs(-(above - below) / (2 * step) - forces[i])).toBeLessThan(1e-5 * Math.max(1, Math.abs(forces[i])));
    }
  });

  it('[V12] is what the script computes: the first frames come out to the letter', () => {
    let text = '';
    for (const frame of collidingDroplets({ frames: 4 })) text += dropletText(frame);
    expect(stored.startsWith(text)).toBe(true);
    expect(text.split('\n').length).toBe(4 * 242 + 1);
  });
});
