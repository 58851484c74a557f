import { describe, expect, it } from 'vitest';
import type { Frame, FrameData } from 'covalence';
import { frameArray } from 'covalence';
import { ExpressionAnswers } from '../../src/components/expression-answers.ts';
import { sampleRoom } from './sample-room.ts';

const numbers = frameArray(Uint8Array.of(8, 1, 1));
const frame = (index: number, x: number, data: FrameData = {}): Frame => ({
  id: `f${index}`,
  index,
  version: 1,
  hashes: { positions: `p${x}`, numbers: 'n' },
  data: { positions: frameArray(Float32Array.of(0, 0, 0, x, 0, 0, 9, 0, 0), [3, 3]), numbers, ...data },
});

describe('answers of expressions', () => {
  it('[C270] one without distances is found once for all frames, one with distances for each', async () => {
    await using room = await sampleRoom([frame(0, 1).data]);
    let told = 0;
    const answers = new ExpressionAnswers(room, () => (told += 1));
    answers.setFrame(frame(0, 1));
    expect([...answers.answer('element H').atoms]).toEqual([1, 2]);
    expect([...answers.answer('within 2 of index 0').atoms]).toEqual([0, 1]);
    expect(answers.evaluations).toBe(2);
    const before = answers.answer('element H');
    // Other arrays of equal hash are the same atoms.
    answers.setFrame(frame(1, 5, { numbers: frameArray(Uint8Array.of(8, 1, 1)) }));
    expect(answers.answer('element H')).toBe(before);
    expect([...answers.answer('within 2 of index 0').atoms]).toEqual([0]);
    expect(answers.evaluations).toBe(3);
    await Promise.resolve();
    expect(told).toBe(1);
    // Atoms that are being moved: new positions under the old hash.
    const moved = frame(1, 1);
    answers.setFrame({ ...moved, hashes: frame(1, 5).hashes });
    expect([...answers.answer('within 2 of index 0').atoms]).toEqual([0, 1]);
  });

  it('[C270] [C264] names the keys to read, and answers with an error rather than throwing', async () => {
    await using room = await sampleRoom([frame(0, 1).data]);
    const answers = new ExpressionAnswers(room, () => undefined);
    answers.setFrame(frame(0, 1));
    expect(answers.answer('charges > 0').error?.code).toBe('select/invalid');
    expect(answers.answer('elemnt').error?.message).toContain('At character 1');
    expect(answers.keys).toContain('charges');
    answers.forget();
    expect(answers.keys).toEqual([]);
  });

  it('[C349] a frame that lacks what an expression reads is said so, not waited for; one that has it heals the answer', async () => {
    const charges = frameArray(Float64Array.of(1, -1, 0));
    await using room = await sampleRoom([frame(0, 1, { charges }).data, frame(1, 1).data]);
    let told = 0;
    const answers = new ExpressionAnswers(room, () => (told += 1));
    const [has, lacks] = [frame(0, 1, { charges }), frame(1, 1)];
    answers.setFrame(frame(0, 1), ['positions', 'numbers']);
    expect(answers.answer('charges > 0').isWaiting).toBe(true);
    answers.setFrame(has, ['positions', 'numbers', 'charges']);
    expect([...answers.answer('charges > 0').atoms]).toEqual([0]);
    answers.setFrame(lacks, ['positions', 'numbers', 'charges']);
    expect(answers.answer('charges > 0').error?.message).toContain('charges');
    expect(answers.answer('charges > 0').isWaiting).toBeUndefined();
    answers.setFrame(has, undefined);
    expect([...answers.answer('charges > 0').atoms]).toEqual([0]);
    // The same frame, asked for again with the key it lacks.
    answers.setFrame(lacks, ['positions']);
    expect(answers.answer('charges > 0').isWaiting).toBe(true);
    await Promise.resolve();
    const before = told;
    answers.setFrame(lacks, undefined);
    expect(answers.answer('charges > 0').error?.code).toBe('select/invalid');
    await Promise.resolve();
    expect(told).toBe(before + 1);
  });
});
