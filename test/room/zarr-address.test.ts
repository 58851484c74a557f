import { expect, it } from 'vitest';
import { zarrNameAt } from '../../src/room/zarr-address.ts';

it('[C455] an address of a Zarr store is told from that of a file, and names its room', () => {
  const names = [
    ['https://host/data/water.zarr', 'water'],
    ['https://host/data/water.zarrmd/', 'water'],
    ['https://host/Run%201.ZARR?key=1', 'Run 1'],
    ['https://host/base/v1/rooms/argon/zarr/head', 'argon'],
    ['https://host/v1/rooms/argon/zarr/@12/', 'argon'],
    ['https://host/water.zarr.xyz', undefined],
    ['https://host/water.xyz#a.zarr', undefined],
    ['https://host/zarr/head.xyz', undefined],
    ['https://host/.zarr', undefined],
  ] as const;
  expect(names.map(([address]) => zarrNameAt(new URL(address)))).toEqual(names.map(([, name]) => name));
});
