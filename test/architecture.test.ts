import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  exportOffset,
  findCycle,
  hasDocComment,
  reach,
  reExports,
  readSource,
  readSources,
  root,
  type FileImport,
  type SourceFile,
} from './source-files.ts';

/** Who may import whom, and which packages live where: the table of docs/architecture.md. */
interface RoomRule {
  /** Rooms it may import. */
  rooms: readonly string[];
  /** Rooms of which it may import types only. */
  types?: readonly string[];
  /** Third-party packages it may import. */
  packages: readonly string[];
  /** Packages of which it may import types only. */
  packageTypes?: readonly string[];
}

const HOUSE: Readonly<Record<string, RoomRule>> = {
  protocol: { rooms: [], packages: ['valibot'] },
  chem: { rooms: ['protocol'], packages: [] },
  state: { rooms: ['protocol'], packages: ['yjs', 'y-protocols', 'y-indexeddb', 'lib0'] },
  transport: { rooms: ['protocol'], packages: ['y-websocket', 'yjs', 'y-protocols', 'lib0', '#websocket'] },
  data: {
    rooms: ['protocol', 'chem'],
    packages: ['@msgpack/msgpack', 'zarrita', 'h5wasm', 'hash-wasm', '#frame-worker', '#platform-get'],
  },
  room: { rooms: ['protocol', 'chem', 'state', 'transport', 'data'], packages: [] },
  'components/scene': { rooms: ['protocol', 'chem'], packages: ['three'] },
  components: {
    rooms: ['room', 'protocol', 'chem', 'components/scene'],
    types: ['state', 'data'],
    packages: ['lit', '@lit/context', 'uplot'],
  },
  server: {
    rooms: ['protocol', 'chem', 'state', 'data', 'room'],
    packages: ['node:', 'ws', 'yjs', 'y-protocols', 'lib0', 'ioredis', 'y-redis', 'jose', 'pino'],
  },
  testing: {
    rooms: ['protocol'],
    types: ['state', 'transport', 'data', 'server'],
    packages: [],
    packageTypes: ['yjs', 'y-protocols'],
  },
  // Files directly in src: what a programmer names daily, and the script tag.
  entries: { rooms: ['protocol', 'chem', 'state', 'transport', 'data', 'room', 'components'], packages: [] },
};

/** Single files with one more package than their room: the seams where platforms differ. */
const FILE_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'src/data/platform-get-node.ts': ['node:'],
  'src/transport/websocket-node.ts': ['ws'],
};

const MIN_FILES = 250;
const MIN_IMPORTS = 800;
const MAX_LINES = 400;
const MAX_MEDIAN_LINES = 120;

const sources = readSources('src');

function roomOf(path: string): string {
  const [, room, second] = path.split('/');
  if (room === 'components' && second === 'scene') return 'components/scene';
  return path.split('/').length === 2 ? 'entries' : room;
}

/** Why this edge is not allowed, or undefined. */
function objection(path: string, edge: FileImport): string | undefined {
  const room = roomOf(path);
  const rule = HOUSE[room];
  if (rule === undefined) return `${path} is in no room of the house`;
  const where = `${path}:${edge.line}`;
  if (edge.file !== undefined) {
    if (!edge.file.startsWith('src/')) return `${where} imports ${edge.file}, outside src`;
    const target = roomOf(edge.file);
    if (target === room || rule.rooms.includes(target)) return undefined;
    if (rule.types?.includes(target) === true) {
      return edge.isTypeOnly ? undefined : `${where} imports ${edge.file}; ${room} may import only types of ${target}`;
    }
    return `${where} imports ${edge.file}; ${room} may not import ${target}`;
  }
  const name = edge.packageName!;
  if (rule.packages.includes(name) || FILE_PACKAGES[path]?.includes(name)) return undefined;
  if (edge.isTypeOnly && rule.packageTypes?.includes(name) === true) return undefined;
  return `${where} imports the package ${name}; it does not live in ${room}`;
}

function objections(files: Iterable<SourceFile>): string[] {
  return [...files].flatMap(({ path, imports }) =>
    imports.map((edge) => objection(path, edge)).filter((text) => text !== undefined),
  );
}

/** Packages reached at run time from the files `start`, each with the trail that leads there. */
function packagesReached(start: (path: string) => boolean): Map<string, string> {
  const trails = reach(sources, [...sources.keys()].filter(start), (edge) => !edge.isTypeOnly);
  const found = new Map<string, string>();
  for (const [path, trail] of trails) {
    for (const edge of sources.get(path)?.imports ?? []) {
      if (edge.packageName === undefined || edge.isTypeOnly || found.has(edge.packageName)) continue;
      found.set(edge.packageName, [...trail, edge.packageName].join(' -> '));
    }
  }
  return found;
}

describe('the house', () => {
  it('[V80] reads every source file and its imports, so that the rules below cannot be green by reading nothing', () => {
    const imports = [...sources.values()].flatMap((file) => file.imports);
    expect(sources.size).toBeGreaterThanOrEqual(MIN_FILES);
    expect(imports.length).toBeGreaterThanOrEqual(MIN_IMPORTS);
    const missing = imports.filter(({ file }) => file?.startsWith('src/') === true && !sources.has(file));
    expect(missing.map(({ specifier }) => specifier)).toEqual([]);
    for (const room of Object.keys(HOUSE)) {
      expect(
        [...sources.keys()].some((path) => roomOf(path) === room),
        `files of room ${room}`,
      ).toBe(true);
    }
  });

  it('[V81] a room imports only the rooms and packages that the table allows it', () => {
    expect(objections(sources.values())).toEqual([]);
  });

  it('[V81] the check objects to an import the table forbids, in every way of writing it', () => {
    const edges: [string, Partial<FileImport>][] = [
      ['src/protocol/a.ts', { file: 'src/state/b.ts' }],
      ['src/protocol/a.ts', { file: 'src/state/b.ts', isTypeOnly: true, kind: 'type' }],
      ['src/components/a.ts', { file: 'src/state/b.ts', isTypeOnly: false }],
      ['src/components/a.ts', { packageName: 'three', kind: 'dynamic' }],
      ['src/components/scene/a.ts', { packageName: 'lit' }],
      ['src/data/a.ts', { packageName: 'yjs', isTypeOnly: true }],
      ['src/server/a.ts', { file: 'src/components/a.ts', kind: 'url' }],
      ['src/state/a.ts', { packageName: 'node:' }],
      ['src/elsewhere/a.ts', { file: 'src/protocol/a.ts' }],
    ];
    for (const [path, edge] of edges) {
      const whole: FileImport = {
        specifier: '',
        file: undefined,
        packageName: undefined,
        isTypeOnly: false,
        kind: 'static',
        line: 1,
        ...edge,
      };
      expect(objection(path, whole), `${path} ${JSON.stringify(edge)}`).toBeTypeOf('string');
    }
  });

  it('[V81] docs/architecture.md shows the same table', () => {
    const list = (cell: string): string[] => (cell === '-' ? [] : cell.split(', '));
    const manual = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    const rows = [...manual.matchAll(/^\| ([a-z/]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| [^|]+ \|$/gm)];
    const shown = new Map(rows.slice(1).map(([, room, ...cells]) => [room, cells.slice(0, 3).map(list)]));
    const wanted = Object.entries(HOUSE).filter(([room]) => room !== 'entries');
    expect([...shown.keys()].toSorted()).toEqual(wanted.map(([room]) => room).toSorted());
    for (const [room, rule] of wanted) {
      expect(shown.get(room), room).toEqual([[...rule.rooms], [...(rule.types ?? [])], [...rule.packages]]);
    }
  });

  it('[V81] the linter refuses the same imports while one types', () => {
    const rooms = Object.keys(HOUSE).filter((room) => !['entries', 'components/scene'].includes(room));
    for (const [room, rule] of Object.entries(HOUSE)) {
      if (room === 'entries') continue;
      const patterns = lintPatterns(room);
      const refused = (specifier: string): boolean => patterns.some(({ regex }) => new RegExp(regex).test(specifier));
      for (const other of rooms.filter((name) => name !== room.split('/')[0])) {
        const isAllowed = rule.rooms.includes(other);
        const up = '../'.repeat(room.split('/').length);
        expect(refused(`${up}${other}/x.ts`), `${room} -> ${other}`).toBe(!isAllowed);
      }
      for (const name of new Set(Object.values(HOUSE).flatMap(({ packages }) => packages))) {
        if (name.startsWith('#')) continue;
        const specifier = name === 'node:' ? 'node:fs' : `${name}/sub`;
        expect(refused(specifier), `${room} -> ${name}`).toBe(!rule.packages.includes(name));
      }
    }
  });

  it('[V82] no file imports itself over others, type imports included', () => {
    expect(findCycle(sources)).toBeUndefined();
  });

  it('[V83] no source file is above 400 lines, and the median is at most 120', () => {
    const lengths = [...sources.values()].map(({ path, lineCount }) => ({ path, lineCount }));
    expect(lengths.filter(({ lineCount }) => lineCount > MAX_LINES)).toEqual([]);
    const sorted = lengths.map(({ lineCount }) => lineCount).toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(MAX_MEDIAN_LINES);
  });

  it('[V84] every name in an index has a doc comment where it is declared', () => {
    const bare: string[] = [];
    let seen = 0;
    for (const [path, file] of sources) {
      if (!path.endsWith('/index.ts')) continue;
      for (const exported of reExports(file)) {
        seen += 1;
        const where = declaration(exported.from, exported.local);
        if (where === undefined) bare.push(`${path}: ${exported.name} is not declared in ${exported.from}`);
        else if (!hasDocComment(where.file, where.offset))
          bare.push(`${where.file.path}: ${exported.name} has no doc comment`);
      }
    }
    expect(bare).toEqual([]);
    expect(seen).toBeGreaterThan(50);
  });

  it('[V85] an index is a named list: no export *, no code; nothing is exported by default', () => {
    const wrong: string[] = [];
    for (const [path, file] of sources) {
      for (const node of file.program['body'] as { type: string; source?: unknown }[]) {
        if (node.type === 'ExportAllDeclaration') wrong.push(`${path}: export *`);
        if (node.type === 'ExportDefaultDeclaration') wrong.push(`${path}: export default`);
        const isList = node.type === 'ExportNamedDeclaration' && node.source !== null;
        if (path.endsWith('/index.ts') && !isList) wrong.push(`${path}: ${node.type}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('[V86] inside a room a file imports the file it means, not the index of its room', () => {
    const wrong = [...sources.values()].flatMap(({ path, imports }) =>
      imports
        .filter(
          ({ file }) =>
            file?.endsWith('/index.ts') === true && roomOf(file) === roomOf(path) && roomOf(path) !== 'entries',
        )
        .map(({ line, file }) => `${path}:${line} imports ${file}`),
    );
    expect(wrong).toEqual([]);
  });

  it('[V87] the demo imports the package by its name only', () => {
    const wrong = [...readSources('demo').values()].flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier, file }) => specifier.startsWith('.') && file?.startsWith('demo/') !== true)
        .map(({ line, specifier }) => `${path}:${line} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('[V88] the server never reaches lit or three and is compiled without the DOM', () => {
    const reached = packagesReached((path) => path.startsWith('src/server/'));
    expect(reached.size).toBeGreaterThan(3);
    for (const name of ['lit', '@lit/context', 'three', 'uplot']) expect(reached.get(name)).toBeUndefined();
    const config = JSON.parse(readFileSync(join(root, 'tsconfig.server.json'), 'utf8')) as {
      compilerOptions: { lib: string[] };
      include: string[];
    };
    expect(config.compilerOptions.lib.filter((name) => /dom|worker/i.test(name))).toEqual([]);
    expect(config.include).toContain('src/server');
  });

  it('[V89] the scene never reaches lit, the data channel never yjs, and nothing a browser loads reaches Node', () => {
    const scene = packagesReached((path) => path.startsWith('src/components/scene/'));
    expect(scene.get('lit')).toBeUndefined();
    const data = packagesReached((path) => path.startsWith('src/data/'));
    for (const name of ['yjs', 'y-protocols', 'lib0']) expect(data.get(name)).toBeUndefined();
    const browser = packagesReached((path) => !path.startsWith('src/server/') && !(path in FILE_PACKAGES));
    for (const name of ['node:', 'ws', 'ioredis', 'pino', 'jose']) expect(browser.get(name)).toBeUndefined();
  });
});

/** The declaration behind a re-exported name, through further re-exports. */
function declaration(from: string, name: string): { file: SourceFile; offset: number } | undefined {
  const file = sources.get(from) ?? (from.startsWith('src/') ? readSource(from) : undefined);
  if (file === undefined) return undefined;
  const offset = exportOffset(file, name);
  if (offset !== undefined) return { file, offset };
  const further = reExports(file).find((exported) => exported.name === name);
  return further === undefined ? undefined : declaration(further.from, further.local);
}

/** The patterns of `no-restricted-imports` that apply to a room. */
function lintPatterns(room: string): { regex: string }[] {
  const config = JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8')) as {
    overrides: { files: string[]; rules: Record<string, [string, { patterns: { regex: string }[] }]> }[];
  };
  const override = config.overrides.find(
    ({ files, rules }) => files.includes(`src/${room}/**`) && 'no-restricted-imports' in rules,
  );
  return override?.rules['no-restricted-imports']?.[1].patterns ?? [];
}
