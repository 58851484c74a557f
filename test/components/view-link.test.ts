import { describe, expect, it } from 'vitest';
import { formatViewLink, parseViewLink } from '../../src/components/view-link.ts';
import type { CameraPose } from '../../src/protocol/presence.ts';

const perspective: CameraPose = { position: [1.25, -2, 30], target: [0, 0, 0.5], up: [0, 1, 0], fov: 40 };

describe('links to a view', () => {
  it('[C61] frame and camera come back from the link', () => {
    expect(parseViewLink(`#${formatViewLink({ frame: 12, camera: perspective })}`)).toEqual({
      frame: 12,
      camera: perspective,
    });
    const orthographic: CameraPose = { position: [0, 0, 9], target: [0, 0, 0], up: [0, 1, 0], height: 22.5 };
    expect(parseViewLink(formatViewLink({ camera: orthographic }))).toEqual({ camera: orthographic });
  });

  it('[C61] coordinates keep six significant digits', () => {
    const camera: CameraPose = { ...perspective, position: [123.456789, 1e-9, -0.1234567] };
    expect(parseViewLink(formatViewLink({ camera })).camera?.position).toEqual([123.457, 1e-9, -0.123457]);
  });

  it.each([
    '',
    '#',
    '#frame=',
    '#frame=-1',
    '#frame=1.5',
    '#camera=1,2,3',
    '#camera=1,2,3,4,5,6,7,8,x,v40',
    '#camera=,,,,,,,,,v0',
  ])('[C61] a damaged link (%s) means nothing', (hash) => {
    expect(parseViewLink(hash)).toEqual({});
  });

  it('[C61] a damaged camera does not take the frame along', () => {
    expect(parseViewLink('#frame=7&camera=broken')).toEqual({ frame: 7 });
  });
});
