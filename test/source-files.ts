import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

/** The checkout. */
export const root: string = fileURLToPath(new URL('..', import.meta.url));

/** Any node of the syntax tree. */
export interface SyntaxNode {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

/** One edge out of a file, however it is written. */
export interface FileImport {
  /** As written, without a query. */
  specifier: string;
  /** Path from the checkout when the target is one of our files, else undefined. */
  file: string | undefined;
  /** Name of the package, `node:` for built-ins, `#name` for package imports; undefined for own files. */
  packageName: string | undefined;
  /** True where nothing of it is left after compiling. */
  isTypeOnly: boolean;
  /** `static`, `dynamic` (`import()`), `type` (`import('x').T`), `url` (`new URL('x', import.meta.url)`). */
  kind: 'static' | 'dynamic' | 'type' | 'url';
  line: number;
}

/** A parsed source file. */
export interface SourceFile {
  /** Path from the checkout with `/`. */
  path: string;
  text: string;
  lineCount: number;
  program: SyntaxNode;
  imports: readonly FileImport[];
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';
}

/** Calls `visit` for every node below `node`, itself included. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node);
  for (const field of Object.values(node)) {
    for (const child of Array.isArray(field) ? field : [field]) if (isNode(child)) walk(child, visit);
  }
}

/** Paths from the checkout of all files below `folder` whose name ends with one of `extensions`. */
export function listFiles(folder: string, extensions: readonly string[] = ['.ts']): string[] {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extensions.some((extension) => entry.name.endsWith(extension)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.includes('node_modules/'))
    .toSorted();
}

function literal(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === 'Literal' && typeof value['value'] === 'string') return value['value'];
  if (value.type !== 'TemplateLiteral') return undefined;
  const quasis = value['quasis'] as { value: { cooked: string } }[];
  return quasis.length === 1 ? quasis[0].value.cooked : undefined;
}

/** The written target of a node that imports something, with what kind of edge it is. */
function importOf(node: SyntaxNode): { specifier: string; isTypeOnly: boolean; kind: FileImport['kind'] } | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return edge(node['source'], node['importKind'] === 'type', 'static');
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return edge(node['source'], node['exportKind'] === 'type', 'static');
    case 'ImportExpression':
      return edge(node['source'], false, 'dynamic');
    case 'TSImportType':
      return edge(node['source'] ?? node['argument'], true, 'type');
    case 'TSExternalModuleReference':
      return edge(node['expression'], false, 'static');
    case 'NewExpression': {
      const [target, base] = node['arguments'] as SyntaxNode[];
      const isUrl = isNode(node['callee']) && node['callee']['name'] === 'URL';
      const isRelative =
        isNode(base) &&
        base.type === 'MemberExpression' &&
        isNode(base['object']) &&
        base['object'].type === 'MetaProperty';
      const path = literal(target);
      return isUrl && isRelative && path !== undefined && /\.[cm]?[jt]s$/.test(path)
        ? edge(target, false, 'url')
        : undefined;
    }
    default:
      return undefined;
  }
}

function edge(
  source: unknown,
  isTypeOnly: boolean,
  kind: FileImport['kind'],
): { specifier: string; isTypeOnly: boolean; kind: FileImport['kind'] } | undefined {
  const specifier = literal(source)?.replace(/\?.*$/, '');
  return specifier === undefined ? undefined : { specifier, isTypeOnly, kind };
}

/** Own files under the names that package.json gives them. */
function ownTarget(specifier: string): string | undefined {
  if (specifier === 'covalence') return 'src/index.ts';
  if (specifier === 'covalence/components/define') return 'src/components/define.ts';
  const entry = /^covalence\/([a-z]+)$/.exec(specifier)?.[1];
  return entry === undefined ? undefined : `src/${entry}/index.ts`;
}

function packageNameOf(specifier: string): string {
  if (specifier.startsWith('node:')) return 'node:';
  const [scope, name] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

/** Reads and parses one file; throws when it does not parse. */
export function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0].message}`);
  const imports: FileImport[] = [];
  walk(program as unknown as SyntaxNode, (node) => {
    const found = importOf(node);
    if (found === undefined) return;
    const line = text.slice(0, node.start).split('\n').length;
    const isRelative = found.specifier.startsWith('.');
    // An address names what will be built.
    const specifier = found.kind === 'url' ? found.specifier.replace(/\.js$/, '.ts') : found.specifier;
    const file = isRelative
      ? relative(root, resolve(root, dirname(path), specifier)).replaceAll('\\', '/')
      : ownTarget(found.specifier);
    imports.push({
      ...found,
      file,
      line,
      packageName: file === undefined ? packageNameOf(found.specifier) : undefined,
    });
  });
  return {
    path,
    text,
    lineCount: text.trimEnd().split('\n').length,
    program: program as unknown as SyntaxNode,
    imports,
  };
}

/** All files of a folder, parsed, by path. */
export function readSources(folder: string): Map<string, SourceFile> {
  return new Map(listFiles(folder).map((path) => [path, readSource(path)]));
}

/** Every file that `start` leads to over imports that `follow` accepts, with the first path that leads there. */
export function reach(
  files: ReadonlyMap<string, SourceFile>,
  start: Iterable<string>,
  follow: (edge: FileImport) => boolean,
): Map<string, readonly string[]> {
  const trails = new Map<string, readonly string[]>();
  const queue = [...start].map((path) => [path] as readonly string[]);
  for (const trail of queue) {
    const path = trail.at(-1)!;
    if (trails.has(path)) continue;
    trails.set(path, trail);
    for (const next of files.get(path)?.imports ?? []) {
      if (next.file !== undefined && follow(next)) queue.push([...trail, next.file]);
    }
  }
  return trails;
}

/** The first cycle over all imports, type imports included, as a list of paths; undefined when there is none. */
export function findCycle(files: ReadonlyMap<string, SourceFile>): string[] | undefined {
  const state = new Map<string, 'open' | 'done'>();
  const trail: string[] = [];
  const visit = (path: string): string[] | undefined => {
    if (state.get(path) === 'done') return undefined;
    if (state.get(path) === 'open') return [...trail.slice(trail.indexOf(path)), path];
    state.set(path, 'open');
    trail.push(path);
    for (const { file } of files.get(path)?.imports ?? []) {
      const cycle = file === undefined ? undefined : visit(file);
      if (cycle !== undefined) return cycle;
    }
    trail.pop();
    state.set(path, 'done');
    return undefined;
  };
  for (const path of files.keys()) {
    const cycle = visit(path);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** Names an index re-exports: exported name, name in the file it comes from, and that file. */
export function reExports(file: SourceFile): { name: string; local: string; from: string }[] {
  const found: { name: string; local: string; from: string }[] = [];
  for (const node of file.program['body'] as SyntaxNode[]) {
    const source = literal(node['source']);
    if (node.type !== 'ExportNamedDeclaration' || source === undefined) continue;
    const from = source.startsWith('.')
      ? relative(root, resolve(root, dirname(file.path), source)).replaceAll('\\', '/')
      : source;
    for (const { local, exported } of node['specifiers'] as { local: { name: string }; exported: { name: string } }[]) {
      found.push({ name: exported.name, local: local.name, from });
    }
  }
  return found;
}

/** Where `name` is declared with `export` in a file: the offset its comment must end before; undefined when it is not. */
export function exportOffset(file: SourceFile, name: string): number | undefined {
  for (const node of file.program['body'] as SyntaxNode[]) {
    if (node.type !== 'ExportNamedDeclaration' || !isNode(node['declaration'])) continue;
    const declaration = node['declaration'];
    const ids = Array.isArray(declaration['declarations'])
      ? (declaration['declarations'] as SyntaxNode[]).map(({ id }) => id)
      : [declaration['id']];
    if (!ids.some((id) => isNode(id) && id['name'] === name)) continue;
    const decorators = (declaration['decorators'] ?? []) as SyntaxNode[];
    return Math.min(node.start, ...decorators.map(({ start }) => start));
  }
  return undefined;
}

/** Whether a doc comment ends right before `offset`. */
export function hasDocComment(file: SourceFile, offset: number): boolean {
  const before = file.text.slice(0, offset).trimEnd();
  if (!before.endsWith('*/')) return false;
  return before.slice(before.lastIndexOf('/*')).startsWith('/**');
}
