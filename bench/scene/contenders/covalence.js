/* The scene on its own: a call each frame, as the viewer makes it. Time stands still, so no picture is drawn coarser. */
import { perceiveBonds } from '../../../src/chem/bonds.ts';
import { createSceneView } from '../../../src/components/scene/create-scene-view.ts';

let frames = [];
let scene;
let clock = 0;

globalThis.contender = {
  async open({ box, style, quality }) {
    const canvas = document.createElement('canvas');
    canvas.style.cssText = 'width:800px;height:600px;display:block';
    document.body.append(canvas);
    frames = box.frames.map((positions) => ({ atomCount: box.atomCount, numbers: box.numbers, positions }));
    scene = createSceneView(canvas, {
      schedule: () => 1,
      now: () => (clock += 16),
      quality: quality ?? 'high',
      theme: { background: '#ffffff' },
    });
    scene.resize(...(globalThis.benchSize ?? [800, 600]), 1);
    scene.setStyles([{ render: style === 'spheres' ? 'spheres' : 'ball and stick' }]);
    scene.setFrame(frames[0]);
    scene.fit();
    scene.drawNow();
  },
  update(frame) {
    scene.setFrame(frames[frame % frames.length]);
    scene.drawNow();
  },
  pick(x, y) {
    return scene.pick(x, y)?.atom ?? -1;
  },
  bonds() {
    return perceiveBonds(frames[0]).count;
  },
};
