/* 3Dmol, its own sphere impostors; frames are lists of atoms made beforehand. */
let viewer;
let box;
globalThis.contender = {
  async open({ box: given, style, pdb }) {
    box = given;
    const element = document.createElement('div');
    element.style.cssText = 'width:800px;height:600px;position:relative';
    document.body.append(element);
    viewer = globalThis.$3Dmol.createViewer(element, { backgroundColor: 'white', antialias: false, disableFog: true });
    const isBonded = style !== 'spheres';
    const model = viewer.addModel(pdb(1), 'pdb', { assignBonds: isBonded, doAssembly: false, keepH: true });
    const atoms = model.selectedAtoms({});
    for (const positions of box.frames)
      model.addFrame(
        atoms.map((atom, i) => ({ ...atom, x: positions[3 * i], y: positions[3 * i + 1], z: positions[3 * i + 2] })),
      );
    await viewer.setFrame(0);
    viewer.setStyle({}, isBonded ? { stick: { radius: 0.15 }, sphere: { scale: 0.25 } } : { sphere: {} });
    viewer.zoomTo();
    viewer.render();
  },
  async update(frame) {
    await viewer.setFrame(frame % box.frames.length);
    viewer.render();
  },
  /** What its parser does more when bonds are asked for. */
  bonds({ pdb }) {
    const text = pdb(1);
    const parse = (assignBonds) => globalThis.$3Dmol.Parsers.pdb(text, { assignBonds, doAssembly: false, keepH: true });
    const start = performance.now();
    parse(false);
    const middle = performance.now();
    const atoms = parse(true)[0];
    const ms = performance.now() - middle - (middle - start);
    return { ms, count: atoms.reduce((sum, atom) => sum + atom.bonds.length, 0) / 2 };
  },
};
