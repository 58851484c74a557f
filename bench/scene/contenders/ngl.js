/* NGL, spacefill by impostors; positions are handed over as its trajectories do. */
let stage;
let component;
let box;
globalThis.contender = {
  async open({ box: given, style, pdb }) {
    box = given;
    const element = document.createElement('div');
    element.style.cssText = 'width:800px;height:600px';
    document.body.append(element);
    stage = new globalThis.NGL.Stage(element, {
      backgroundColor: 'white',
      sampleLevel: -1,
      workerDefault: false,
      tooltip: false,
      fogNear: 100,
      fogFar: 100,
    });
    component = await stage.loadFile(new Blob([pdb(1)]), { ext: 'pdb', defaultRepresentation: false });
    component.addRepresentation(style === 'spheres' ? 'spacefill' : 'ball+stick', { useWorker: false });
    component.autoView();
    // A representation is made in turns of the loop.
    while (component.reprList[0]?.repr.bufferList.length === 0) await new Promise((done) => setTimeout(done, 5));
    await new Promise((done) => setTimeout(done, 50));
    stage.viewer.render();
  },
  update(frame) {
    component.structure.updatePosition(box.frames[frame % box.frames.length]);
    component.updateRepresentations({ position: true });
    stage.viewer.render();
  },
  pick(x, y) {
    return stage.viewer.pick(x, y).pid ?? -1;
  },
};
