import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  CovalenceError,
  ERROR_STATUS,
  asCovalenceError,
  errorFromProblem,
  isCovalenceError,
  type ErrorCode,
} from '../../src/protocol/errors.ts';
import { CLOSE } from '../../src/protocol/messages.ts';

const codes = Object.keys(ERROR_STATUS) as ErrorCode[];
const manual = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

/** The text below each `## heading` or `### heading`, by heading. */
function sections(markdown: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of markdown.split(/^#{2,3} /m).slice(1)) {
    const end = part.indexOf('\n');
    found.set(part.slice(0, end).trim(), part.slice(end + 1));
  }
  return found;
}

describe('errors', () => {
  it('[K20] an error keeps code, fields and cause, and its status is that of its code', () => {
    const cause = new Error('underneath');
    const error = new CovalenceError('frame/conflict', 'Frame a is at version 3.', { version: 3 }, { cause });
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.status, error.fields, error.cause]).toEqual([
      'CovalenceError',
      'frame/conflict',
      409,
      { version: 3 },
      cause,
    ]);
  });

  it('[K21] every code survives the way over the wire with its message and fields', () => {
    expect(codes.length).toBeGreaterThan(50);
    for (const code of codes) {
      const error = new CovalenceError(code, `About ${code}.`, { version: 3, name: 'x', list: [1, 2] });
      const problem: unknown = JSON.parse(JSON.stringify(error.toProblem()));
      const back = errorFromProblem(problem, error.status);
      expect([back.code, back.message, back.fields, back.status]).toEqual([
        code,
        `About ${code}.`,
        { version: 3, name: 'x', list: [1, 2] },
        ERROR_STATUS[code],
      ]);
    }
  });

  it('[K22] the cause and the stack never cross the wire', () => {
    const error = new CovalenceError('server/failed', 'It failed.', {}, { cause: new Error('secret path') });
    const text = JSON.stringify(error.toProblem());
    expect(text).not.toContain('secret');
    expect(text).not.toContain('errors.test');
  });

  it('[K23] fields cannot overwrite the standard members of a problem document', () => {
    const error = new CovalenceError('room/exists', 'There is one.', {
      status: 1,
      code: 'x',
      detail: 'y',
      type: 'z',
      title: 't',
    });
    expect(error.toProblem()).toMatchObject({
      status: 409,
      code: 'room/exists',
      detail: 'There is one.',
      title: 'room/exists',
    });
  });

  it('[K24] an answer that is no problem document becomes server/failed with the status it came with', () => {
    for (const body of [
      undefined,
      null,
      'nginx',
      502,
      [],
      {},
      { code: 'no/such', detail: 'x' },
      { code: 5, detail: 'x' },
      { code: 'toString', detail: '' },
    ]) {
      const error = errorFromProblem(body, 502);
      expect([error.code, error.fields['status']], JSON.stringify(body)).toEqual(['server/failed', 502]);
    }
  });

  it('[K25] the guard knows our errors, by code too, and those of another copy of the package', () => {
    const error = new CovalenceError('lock/held', 'Held.');
    expect(isCovalenceError(error)).toBe(true);
    expect(isCovalenceError(error, 'frame/conflict', 'lock/held')).toBe(true);
    expect(isCovalenceError(error, 'frame/conflict')).toBe(false);
    expect(isCovalenceError(new Error('x'))).toBe(false);
    expect(isCovalenceError({ name: 'CovalenceError', code: 'lock/held' })).toBe(false);
    const foreign = Object.assign(new Error('Held.'), { name: 'CovalenceError', code: 'lock/held', fields: {} });
    expect(isCovalenceError(foreign, 'lock/held')).toBe(true);
  });

  it('[K26] anything thrown can be made one of ours without losing what it said', () => {
    const own = new CovalenceError('lock/held', 'Held.');
    expect(asCovalenceError(own)).toBe(own);
    const wrapped = asCovalenceError(new RangeError('too far'), 'frame/range-invalid');
    expect([wrapped.code, wrapped.message, (wrapped.cause as Error).name]).toEqual([
      'frame/range-invalid',
      'too far',
      'RangeError',
    ]);
    expect(asCovalenceError('text').message).toBe('text');
    expect(asCovalenceError(undefined).code).toBe('server/failed');
    // As Chromium, Firefox and Safari say that a piece of code did not arrive.
    for (const text of [
      'Failed to fetch dynamically imported module: http://host/a.js',
      'error loading dynamically imported module: http://host/a.js',
      'Importing a module script failed.',
    ])
      expect(asCovalenceError(new TypeError(text))).toMatchObject({
        code: 'server/unreachable',
        message: expect.stringContaining('Try again'),
      });
    expect(asCovalenceError(new TypeError('x is no function')).code).toBe('server/failed');
  });

  it('[K27] every status is a client or server error, and codes are area/what', () => {
    for (const [code, status] of Object.entries(ERROR_STATUS)) {
      expect(status, code).toBeGreaterThanOrEqual(400);
      expect(status, code).toBeLessThan(600);
      expect(code).toMatch(/^[a-z]+\/[a-z]+(-[a-z]+)*$/);
    }
  });

  it('[V92] docs/errors.md has exactly one heading per code, with its status, a reason and what to do', () => {
    const documented = sections(manual);
    const headings = [...documented.keys()].filter((heading) => heading.includes('/'));
    expect(headings.toSorted()).toEqual(codes.toSorted());
    expect((manual.match(/^### /gm) ?? []).length).toBe(headings.length);
    for (const code of codes) {
      const text = documented.get(code) ?? '';
      expect(text, code).toContain(`HTTP ${ERROR_STATUS[code]}`);
      for (const part of ['**What happened:**', '**Why:**', '**What to do:**'])
        expect(text, `${code} ${part}`).toContain(part);
    }
  });

  it('[V92] docs/errors.md names every close code of the control channel', () => {
    const table = sections(manual).get('Close codes of the control channel') ?? '';
    const rows = [...table.matchAll(/^\| (\d{4}) \| `(\w+)` \|/gm)].map(([, number, name]) => [name, Number(number)]);
    expect(Object.fromEntries(rows)).toEqual(CLOSE);
  });

  it('[K28] the link of a problem document is the anchor of its heading', () => {
    for (const code of codes) {
      const { type } = new CovalenceError(code, '').toProblem();
      // The anchor that GitHub and other renderers give `### area/what`.
      const anchor = code.toLowerCase().replace(/[^a-z0-9 -]/g, '');
      expect(type.endsWith(`#${anchor}`), `${type} ends with #${anchor}`).toBe(true);
    }
  });
});
