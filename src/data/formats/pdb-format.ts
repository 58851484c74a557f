import { frameArray, type FrameData } from '../../protocol/frames.ts';
import type { TrajectoryFormat } from './format.ts';
import { PdbAtoms } from './pdb-atoms.ts';
import { isRecord, readConect, readCryst1 } from './pdb-records.ts';
import { PdbScanner } from './pdb-scanner.ts';
import { lineAt, lineEnd, textOf } from './text/bytes-text.ts';
import { LineProblem } from './text/line-problem.ts';
import { TextTrajectory } from './text/text-trajectory.ts';

function readPdbFrame(bytes: Uint8Array, isWanted: (key: string) => boolean, scanner: PdbScanner): FrameData {
  const atoms = new PdbAtoms();
  const bonds: number[] = [];
  let cellLine = scanner.firstCell;
  let cellAt = 0;
  let model: number | undefined;
  let line = 0;
  for (let at = 0; at < bytes.length; line += 1) {
    const { start, end: rawEnd, next } = lineAt(bytes, at);
    const end = lineEnd(bytes, start, rawEnd);
    at = next;
    if (isRecord(bytes, start, end, 'ATOM  ') || isRecord(bytes, start, end, 'HETATM')) {
      const problem = atoms.add(bytes, start, end);
      if (problem !== undefined) throw new LineProblem(line, problem);
    } else if (isRecord(bytes, start, end, 'CRYST1')) {
      cellLine = textOf(bytes, start, end);
      cellAt = line;
    } else if (isRecord(bytes, start, end, 'CONECT') && (atoms.count > 0 || model !== undefined)) {
      bonds.push(...readConect(bytes, start, end));
    } else if (isRecord(bytes, start, end, 'MODEL ')) {
      const word = textOf(bytes, start + 5, end).trim();
      model = /^\d+$/.test(word) ? Number(word) : -1;
    }
  }
  const data = atoms.data([...bonds, ...scanner.bonds.view()]);
  const cell = cellLine === undefined ? undefined : readCryst1(cellLine);
  if (typeof cell === 'string') throw new LineProblem(cellAt, cell);
  if (cell !== undefined) {
    data.cell = frameArray(cell, [3, 3]);
    data.pbc = frameArray(Uint8Array.of(1, 1, 1));
  }
  if (model !== undefined && model >= 0) data['info.model'] = model;
  for (const key of Object.keys(data)) if (!isWanted(key)) delete data[key];
  return data;
}

/** What the first line of a PDB file begins with; later lines of mmCIF files look the same. */
const RECORD =
  /^(?:HEADER|OBSLTE|TITLE |SPLIT |CAVEAT|COMPND|SOURCE|KEYWDS|EXPDTA|AUTHOR|REVDAT|JRNL  |REMARK|SEQRES|CRYST1|ORIGX\d|SCALE\d|MODEL |ATOM  |HETATM|NUMMDL|USER  )/;

/** PDB files, also of several models and of trajectories. */
export const pdbFormat: TrajectoryFormat = {
  name: 'pdb',
  extensions: ['pdb', 'ent', 'pdb1'],
  sniff: (head) => RECORD.test(textOf(head, 0, Math.min(head.length, 4096)).trimStart()),
  open: (source, options) =>
    Promise.resolve(
      new TextTrajectory(
        {
          name: 'pdb',
          scanner: (index, state) => new PdbScanner(index, state),
          readFrame: (bytes, isWanted, scanner) => readPdbFrame(bytes, isWanted, scanner as PdbScanner),
          lateKeys: ['bonds', 'info.links'],
        },
        source,
        options,
      ),
    ),
};
