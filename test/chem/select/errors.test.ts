import { describe, expect, it } from 'vitest';
import { frameArray, stringArray, type FrameData } from '../../../src/protocol/frames.ts';
import { isCovalenceError, type CovalenceError } from '../../../src/protocol/errors.ts';
import { evaluateSelect } from '../../../src/chem/select/evaluate-select.ts';
import { parseSelect } from '../../../src/chem/select/parse-select.ts';
import { selectNeeds } from '../../../src/chem/select/select-needs.ts';
import { count } from '../../counts.ts';
import { randomStream } from '../brute-force.ts';

const frame: FrameData = {
  positions: frameArray(Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0), [3, 3]),
  numbers: frameArray(Uint8Array.of(8, 1, 1)),
  charges: frameArray(Float32Array.of(-0.8, 0.4, 0.4)),
  forces: frameArray(Float32Array.of(3, 4, 0, 0, 0, -2, 0, 0, 0), [3, 3]),
  'arrays.segment': stringArray(['A', 'B', 'B']),
};

function failureOf(text: string, data: FrameData = frame): CovalenceError {
  try {
    evaluateSelect(parseSelect(text), data);
  } catch (error) {
    if (isCovalenceError(error, 'select/invalid')) return error;
    throw error;
  }
  throw new Error(`nothing is wrong with ${text}`);
}

describe('wrong expressions', () => {
  it.each([
    ['', 0, 'the expression ends', 'Begin with a condition'],
    ['elemnt O', 0, '\u201celemnt\u201d', 'Did you mean \u201celement\u201d?'],
    ['O', 0, '\u201cO\u201d', 'Write \u201celement O\u201d.'],
    ['element Q', 8, '\u201cQ\u201d', 'Write its symbol, such as O, N or Fe.'],
    ['element O nad z < 3', 10, '\u201cnad\u201d', 'Join conditions by \u201cand\u201d'],
    ['element O and', 13, 'the expression ends', 'Begin with a condition'],
    ['(element O', 10, '\u201c)\u201d', 'Close the parenthesis opened at character 1.'],
    ['element O)', 9, '\u201c)\u201d', 'Take it out.'],
    ['within of index 4', 7, 'a distance', 'within 3.5 of (element O)'],
    ['within 3.5 index 4', 11, '\u201cof\u201d', 'within 3.5 of'],
    ['within -1 of all', 7, 'a distance', 'within 3.5'],
    ['index 1.5', 6, 'a whole number', 'index 0:10,15'],
    ['index 9:3', 6, 'lower end', '\u201c3:9\u201d'],
    ['index 1 2', 8, '\u201c2\u201d', 'by commas'],
    ['charges >', 9, 'a value to compare with', 'charges > 0.5'],
    ['charges > high', 10, 'a number', '= and !='],
    ['same colour as all', 5, 'residue, element', 'same residue as (index 0)'],
    ['name "CA', 5, 'a closing quotation mark', 'at the end'],
    ['element O & z<3', 10, '\u201c&\u201d', 'Write \u201cand\u201d.'],
    ['grow 0 of all', 5, '1 or more', 'grow 2 of'],
  ])('[C262] %s: says where, what was expected and what to write', (text, position, found, advice) => {
    const { message, fields } = failureOf(text);
    expect(fields['position']).toBe(position);
    expect(message).toContain(`At character ${position + 1} `);
    expect(message).toContain(found);
    expect(message).toContain(advice);
  });

  it('[C263] what the frame does not know is said by name, with what it does', () => {
    expect(failureOf('charge > 0.5').message).toContain('Did you mean \u201ccharges\u201d?');
    expect(failureOf('occupancy > 0.5').message).toContain('They have: x, y, z, numbers, charges, forces, segment.');
    expect(failureOf('residue ALA').message).toContain('no residue names (arrays.residue_names)');
    expect(failureOf('constructor > 1').message).toContain('no value \u201cconstructor\u201d');
    expect(failureOf('__proto__ = 1').code).toBe('select/invalid');
  });

  it('[C263] properties are numbers, words, lengths of vectors and their parts', () => {
    const select = (text: string): number[] => [...evaluateSelect(parseSelect(text), frame)];
    expect(select('charges > 0')).toEqual([1, 2]);
    expect(select('forces >= 5')).toEqual([0]);
    expect(select('forces.z < -1')).toEqual([1]);
    expect(select('segment = B')).toEqual([1, 2]);
    expect(select('segment != "B"')).toEqual([0]);
    expect(select('arrays.segment = A or x == 1')).toEqual([0, 1]);
  });

  it('[C264] says which keys it reads, so that an answer is kept while they stay', () => {
    const needs = (text: string): string[] => [...selectNeeds(parseSelect(text))];
    expect(needs('element O and index 0:10')).toEqual(['numbers']);
    expect(needs('not (chain A)')).toEqual(['arrays.chain_ids']);
    expect(needs('within 3 of charges > 0.5')).toEqual(['positions', 'cell', 'pbc', 'charges', 'arrays.charges']);
    expect(needs('bonded')).toContain('bonds');
  });
});

const runs = count(20_000, 500_000);
const PIECES =
  'element index residue chain name within of bonded to same as not and or all none grow ( ) , : < <= > >= = != == O N 0 3.5 -1 1e9 1e999 0:10 CA charges forces.z z "a" \' " & \u00e9 \ud83d\ude00 \u0000 9999999999999999999 __proto__ molecule'.split(
    ' ',
  );

describe('random text', () => {
  it(`[C265] is an answer or a coded error, never anything else (${runs} texts, seed 20261121)`, () => {
    const random = randomStream(20_261_121);
    let answers = 0;
    for (let run = 0; run < runs; run += 1) {
      const length = Math.floor(random() * 14);
      const isWords = random() < 0.8;
      const text = Array.from({ length }, () =>
        isWords ? PIECES[Math.floor(random() * PIECES.length)] : String.fromCharCode(Math.floor(random() * 0x300)),
      ).join(isWords && random() < 0.9 ? ' ' : '');
      try {
        const atoms = evaluateSelect(parseSelect(text), frame);
        answers += 1;
        if (![...atoms].every((atom, i) => atom < 3 && (i === 0 || atom > atoms[i - 1]))) throw new Error('odd atoms');
      } catch (error) {
        if (!isCovalenceError(error, 'select/invalid')) throw new Error(`of ${JSON.stringify(text)}`, { cause: error });
        if (error.message.length > 400) throw new Error(`too long: ${error.message}`, { cause: error });
      }
    }
    expect(answers).toBeGreaterThan(runs / 1_000);
  });

  it('[C265] deep and long ones are refused in a sentence, or answered', () => {
    expect(failureOf('('.repeat(50_000)).message).toContain('fewer levels');
    expect(failureOf('not '.repeat(40_000)).message).toContain('fewer levels');
    expect(failureOf('index 0'.padEnd(200_001)).message).toContain('200001 characters');
    const many = Array.from({ length: 20_000 }, (_, i) => i).join(',');
    expect([...evaluateSelect(parseSelect(`index ${many}`), frame)]).toEqual([0, 1, 2]);
    expect([...evaluateSelect(parseSelect(Array(10_000).fill('index 1').join(' or ')), frame)]).toEqual([1]);
  });
});
