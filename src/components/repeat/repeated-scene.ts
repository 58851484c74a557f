import type { SceneFrame, SceneView } from '../scene/scene-view.ts';
import { countOf, possibleCopies, repeatFrame, type Copies } from './arrange-frame.ts';

/** A scene that draws each frame several times and takes and gives atoms of the frame alone. */
export interface RepeatedScene {
  readonly scene: SceneView;
  /** Draws so many copies of the frames that come from now on. */
  setCopies(copies: Copies): void;
}

/** Wraps `inner`. What is not about atoms goes straight through; layers of its own are drawn in the first copy only. */
export function repeatedScene(inner: SceneView): RepeatedScene {
  let wanted: Copies = [1, 1, 1];
  let atomCount = 0;
  let count = 1;
  let tints: Uint8Array = new Uint8Array(0);
  /** The copy in which an atom was picked last, so that it is shown there. */
  let picked: { atom: number; drawn: number } | undefined;

  const spread = (atoms: Uint32Array): Uint32Array => {
    if (count === 1) return atoms;
    const all = new Uint32Array(atoms.length * count);
    for (let copy = 0; copy < count; copy += 1)
      for (let i = 0; i < atoms.length; i += 1) all[copy * atoms.length + i] = atoms[i] + copy * atomCount;
    return all;
  };
  const drawnAt = (atom: number): number => (picked?.atom === atom ? picked.drawn : atom);
  const spreadIn = <T extends { atoms?: Uint32Array | undefined }>(records: readonly T[]): T[] =>
    records.map((record) => (record.atoms === undefined ? record : { ...record, atoms: spread(record.atoms) }));

  const own: Partial<SceneView> = {
    setFrame(frame: SceneFrame | undefined, glideMs?: number) {
      const copies = possibleCopies(frame, wanted);
      count = countOf(copies);
      atomCount = frame?.atomCount ?? 0;
      if (picked !== undefined && picked.drawn >= atomCount * count) picked = undefined;
      // Between copies the way through a face of the cell is not the scene's, which knows the large cell only.
      inner.setFrame(frame && repeatFrame(frame, copies), count > 1 ? 0 : glideMs);
    },
    setStyles: (styles) => inner.setStyles(spreadIn(styles)),
    setHighlights: (highlights) =>
      inner.setHighlights(highlights.map((each) => ({ ...each, atoms: spread(each.atoms) }))),
    setTints(given) {
      if (given === undefined || count === 1) return inner.setTints(given);
      const length = 4 * atomCount;
      if (tints.length !== length * count) tints = new Uint8Array(length * count);
      for (let copy = 0; copy < count; copy += 1) tints.set(given.subarray(0, length), copy * length);
      inner.setTints(tints);
    },
    setHover: (atom) => inner.setHover(atom === undefined ? undefined : drawnAt(atom)),
    fit: (atoms) => inner.fit(atoms?.length === atomCount ? spread(atoms) : atoms),
    pick(x, y) {
      const found = inner.pick(x, y);
      if (found === undefined || atomCount === 0) return found;
      picked = { atom: found.atom % atomCount, drawn: found.atom };
      return { ...found, atom: picked.atom };
    },
    pickRectangle(...corners) {
      const drawn = inner.pickRectangle(...corners);
      return count === 1 ? drawn : Uint32Array.from(new Set(drawn.map((atom) => atom % atomCount))).sort();
    },
    project: (atom) => inner.project(drawnAt(atom)),
  };
  const bound = new Map<PropertyKey, unknown>(Object.entries(own));
  const scene = new Proxy(inner, {
    get(target, key) {
      const known = bound.get(key);
      if (known !== undefined) return known;
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      const method: unknown = value.bind(target);
      bound.set(key, method);
      return method;
    },
  });
  return {
    scene,
    setCopies(copies) {
      wanted = copies;
      picked = undefined;
    },
  };
}
