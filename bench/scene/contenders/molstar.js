/* Mol*, the way its own player changes the model; without occlusion, outlines and anti-aliasing. */
import { computeIntraUnitBonds } from 'molstar/lib/mol-model/structure/structure/unit/bonds/intra-compute.js';
import { PluginConfig } from 'molstar/lib/mol-plugin/config.js';
import { PluginContext } from 'molstar/lib/mol-plugin/context.js';
import { DefaultPluginSpec } from 'molstar/lib/mol-plugin/spec.js';
import { StateTransforms } from 'molstar/lib/mol-plugin-state/transforms.js';
import { Vec2 } from 'molstar/lib/mol-math/linear-algebra.js';

let plugin;
let model;
let structure;
let box;
let time = 0;
globalThis.contender = {
  async open({ box: given, style, pdb }) {
    box = given;
    const element = document.createElement('div');
    element.style.cssText = 'width:800px;height:600px;position:relative';
    const canvas = document.createElement('canvas');
    element.append(canvas);
    document.body.append(element);
    const config = [[PluginConfig.General.DisableAntialiasing, true]];
    plugin = new PluginContext({ ...DefaultPluginSpec(), config });
    await plugin.init();
    await plugin.initViewerAsync(canvas, element);
    const off = { name: 'off', params: {} };
    plugin.canvas3d.setProps({
      renderer: { backgroundColor: 0xffffff },
      postprocessing: { occlusion: off, outline: off, shadow: off, antialiasing: off, bloom: off, dof: off },
      multiSample: { mode: 'off' },
      cameraFog: off,
    });
    plugin.animationLoop.stop();
    const data = await plugin.builders.data.rawData({ data: pdb(box.frames.length), label: 'box' });
    const trajectory = await plugin.builders.structure.parseTrajectory(data, 'pdb');
    model = await plugin.builders.structure.createModel(trajectory);
    structure = await plugin.builders.structure.createStructure(model);
    await plugin.builders.structure.representation.addRepresentation(structure, {
      type: style === 'spheres' ? 'spacefill' : 'ball-and-stick',
      color: 'element-symbol',
      ...(style === 'spheres' && { typeParams: { ignoreHydrogens: false } }),
    });
    plugin.canvas3d.commit(true);
    plugin.canvas3d.requestCameraReset({ durationMs: 0 });
    this.draw();
  },
  draw() {
    plugin.canvas3d.commit(true);
    plugin.canvas3d.tick((time += 16), { isSynchronous: true, manualDraw: false });
  },
  async update(frame) {
    const update = plugin.state.data.build();
    update.to(model.ref).update(StateTransforms.Model.ModelFromTrajectory, () => ({
      modelIndex: frame % box.frames.length,
    }));
    await update.commit({ doNotLogTiming: true, doNotUpdateCurrent: true });
    this.draw();
  },
  pick(x, y) {
    return plugin.canvas3d.identify(Vec2.create(x, y))?.id?.objectId ?? -1;
  },
  bonds() {
    let count = 0;
    let ms = 0;
    for (const unit of structure.data.units) {
      const start = performance.now();
      const bonds = computeIntraUnitBonds(unit, { forceCompute: true, noCompute: false, maxRadius: 4 });
      ms += performance.now() - start;
      count += bonds.edgeCount;
    }
    return { ms, count };
  },
};
