import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { lookOf } from '../../src/components/looks/presets.ts';
import { RepeatedPicture } from '../../src/components/repeat/repeated-picture.ts';
import { oddRecords } from '../../src/components/status/odd-records.ts';
import { renderOf, sceneStyles, visualiserLayers } from '../../src/components/viewer/scene-styles.ts';
import type { Room } from '../../src/room/room.ts';
import { createSharedState } from '../../src/state/create-shared-state.ts';
import { sampleRoom } from './sample-room.ts';

const NO_KEYS = ['constructor', '__proto__', 'two words', 'selection..', 'x'.repeat(5_000)];

describe('what other programs write into a room', () => {
  it('[C420] a way of drawing with the name of a property that every object has is one that is not known', () => {
    for (const render of ['constructor', 'toString', '__proto__', ' Constructor '])
      for (const record of [{ render }, { visualiser: { type: render } }]) {
        expect(renderOf(record), render).toBeUndefined();
        expect(lookOf(record), render).toMatchObject({ name: render });
        expect(lookOf(record)?.problem, render).toContain('no way of drawing known here');
      }
  });

  it('[C421] a selection named by what can be no key is one that is not there, for visualisers and for the middle', async () => {
    await using room = await sampleRoom();
    room.visualisers.set('fine', { color: 'red' });
    const picture = new RepeatedPicture(room, () => undefined);
    const frame = { atomCount: 1, positions: Float32Array.of(1, 2, 3), numbers: Uint8Array.of(6) };
    for (const selection of NO_KEYS) {
      room.visualisers.set('odd', { selection, color: 'blue' });
      room.state.set('scene.center', selection);
      expect(sceneStyles(visualiserLayers(room, 10, [])).map(({ color }) => color)).toEqual(['red']);
      const own = [{ record: { selection }, select: undefined, onError: () => undefined }];
      expect(visualiserLayers(room, 10, own)).toHaveLength(1);
      expect(picture.arrange(frame).positions).toEqual(frame.positions);
    }
    picture.close();
  });

  it('[C422] an invalid record that somebody removed is not counted any more', () => {
    const doc = new Y.Doc();
    const state = createSharedState({ doc });
    let lines: readonly string[] = [];
    const room = { state, visualisers: state.collection('visualiser.') } as unknown as Room;
    // Only when it is told to look again, as a status line does.
    const odd = oddRecords(room, () => (lines = odd.lines()));
    const map = doc.getMap('state');
    map.set('visualiser.x', 5);
    map.set('camera.y', 'nowhere');
    expect(lines).toHaveLength(2);
    map.delete('visualiser.x');
    expect(lines).toEqual([expect.stringContaining('camera.y')]);
    map.set('camera.y', new Y.Map(Object.entries({ position: [0, 0, 1], target: [0, 0, 0], up: [0, 1, 0] })));
    expect(lines).toEqual([]);
    map.set('no key', 1);
    expect(lines).toHaveLength(1);
    map.clear();
    expect(lines).toEqual([]);
    odd.stop();
  });
});
