import { expect, it } from 'vitest';
import { isCalculatedKey } from '../../src/protocol/calculated-keys.ts';
import { FRAME_KEYS } from '../../src/protocol/frames.ts';

it('[C442] of the keys with a fixed meaning energy, forces and stress are calculated, nothing else is', () => {
  expect(Object.keys(FRAME_KEYS).filter(isCalculatedKey).sort()).toEqual(['energy', 'forces', 'stress']);
});

it('[C442] results of other names are known, parameters and motion are not taken for them', () => {
  const calculated = [
    'free_energy',
    'dipole',
    'magmom',
    'arrays.magmoms',
    'arrays.energies',
    'arrays.stresses',
    'info.virial',
    'info.virials',
    'info.REF_energy',
    'arrays.REF_forces',
    'arrays.dft_force',
    'info.dft_virial',
    'info.Potential_Energy',
    'arrays.born_effective_charges',
  ];
  const others = [
    'charges',
    'arrays.initial_charges',
    'arrays.initial_magmoms_kept',
    'velocities',
    'masses',
    'time',
    'info.kinetic_energy',
    'arrays.kinetic_energies',
    'info.force_field',
    'info.energy_unit',
    'info.config_type',
    'info.enforces',
    'info.temperature',
  ];
  expect(calculated.filter((key) => !isCalculatedKey(key))).toEqual([]);
  expect(others.filter((key) => isCalculatedKey(key))).toEqual([]);
});
