// `node scripts/elements-manifest.mjs`: custom-elements.json, JSX types and VS Code data into dist, and a page per
// element into docs/elements. What a tool can read is read from the sources; everything else is made from that.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cli as analyze } from '@custom-elements-manifest/analyzer/cli.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const pages = join(root, 'docs', 'elements');

/** Private to an element, or of the library beneath it. */
const isPublic = ({ privacy, static: isStatic, name }) => privacy === undefined && !isStatic && !name.startsWith('#');

/** Words lit gives a class that no user of the element calls. */
const INHERITED = new Set(['styles', 'render', 'connectedCallback', 'disconnectedCallback', 'connectRoom']);

/** Elements that show nothing themselves. */
const SILENT = new Set(['co-room', 'co-visualiser']);

const byName = (a, b) => (a.name < b.name ? -1 : 1);

/** The analyzer's manifest with tags, parents' members and the built files' names. */
export function complete(manifest, tags) {
  const classes = new Map();
  for (const module of manifest.modules) {
    for (const declaration of module.declarations ?? []) {
      if (declaration.kind === 'class') classes.set(declaration.name, { module, declaration });
    }
  }
  const modules = [];
  for (const [tag, name] of Object.entries(tags)) {
    const found = classes.get(name);
    if (found === undefined) throw new Error(`The sources have no class ${name} for <${tag}>.`);
    const lines = [found.declaration];
    for (let at = found.declaration; classes.has(at.superclass?.name); lines.push(at)) {
      at = classes.get(at.superclass.name).declaration;
    }
    const merged = (key) => {
      const all = new Map();
      for (const entry of lines.flatMap((line) => line[key] ?? [])) {
        if (!all.has(entry.name)) all.set(entry.name, entry);
      }
      return [...all.values()];
    };
    const events = merged('events').filter((event) => event.name?.startsWith('co-'));
    const path = found.module.path.replace(/^src\//, 'dist/').replace(/\.ts$/, '.js');
    const theme = {
      name: 'theme',
      type: { text: "'light' | 'dark'" },
      description: 'Looks light or dark whatever the page does; follows its `color-scheme` when left out.',
    };
    const declaration = {
      kind: 'class',
      name,
      tagName: tag,
      customElement: true,
      summary: found.declaration.summary,
      description: found.declaration.description,
      superclass: { name: 'LitElement', package: 'lit' },
      attributes: [...merged('attributes').filter(isPublic), ...(SILENT.has(tag) ? [] : [theme])].toSorted(byName),
      members: merged('members')
        .filter(
          (member) => isPublic(member) && !INHERITED.has(member.name) && !/@internal/.test(member.description ?? ''),
        )
        .toSorted(byName),
      events: events.map((event) => ({ ...event, type: { text: eventClass(event.name) } })).toSorted(byName),
      slots: merged('slots'),
      cssParts: merged('cssParts').toSorted(byName),
      cssProperties: merged('cssProperties').toSorted(byName),
      cssStates: merged('cssStates').toSorted(byName),
    };
    const exports = [
      { kind: 'js', name, declaration: { name, module: path } },
      { kind: 'custom-element-definition', name: tag, declaration: { name, module: path } },
    ];
    modules.push({ kind: 'javascript-module', path, declarations: [declaration], exports });
  }
  return { schemaVersion: '2.1.0', readme: '', modules };
}

/** `co-error` is a `CoErrorEvent`. */
function eventClass(name) {
  return `${name.replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase())}Event`;
}

const declarationsOf = (manifest) => manifest.modules.flatMap(({ declarations }) => declarations);

/** Whether JSX may set it: a property that is no method and not read-only. */
const isSettable = ({ kind, readonly }) => kind === 'field' && readonly !== true;

/** Types of the tags for React, Preact, Solid and others that extend `JSX.IntrinsicElements`. */
export function jsxTypes(manifest) {
  const elements = declarationsOf(manifest);
  const names = elements.map(({ name }) => name).toSorted();
  const events = [...new Set(elements.flatMap((element) => element.events.map(({ type }) => type.text)))].toSorted(
    (a, b) => (a < b ? -1 : 1),
  );
  const props = elements.map(({ name, tagName, summary, attributes, members, events: told }) => {
    const settable = members.filter(isSettable).map((member) => `'${member.name}'`);
    const own = new Set(members.map((member) => member.name));
    const lines = [
      ...attributes
        .filter((attribute) => !own.has(attribute.name))
        .map(({ name: attribute }) => `    '${attribute}'?: string | undefined;`),
      ...told.map(({ name: event, type }) => `    'on${event}'?: ((event: ${type.text}) => void) | undefined;`),
    ];
    const pick = settable.length === 0 ? '' : ` & Partial<Pick<${name}, ${settable.join(' | ')}>>`;
    return `  /** ${summary} */\n  '${tagName}': CovalenceProps<${name}>${pick} & {\n${lines.join('\n')}\n  };`;
  });
  return `import type { ${[...names, ...events].join(', ')} } from '../components/index.js';

/** What every element takes: \`ref\`, \`children\` and the attributes of HTML that matter here. */
export interface CovalenceProps<T> {
  key?: string | number | null | undefined;
  ref?: ((element: T | null) => void) | { current: T | null } | null | undefined;
  children?: unknown;
  id?: string | undefined;
  class?: string | undefined;
  className?: string | undefined;
  style?: object | string | undefined;
  slot?: string | undefined;
  hidden?: boolean | undefined;
}

/** The tags of Covalence with their attributes, properties and events. */
export interface CovalenceElements {
${props.join('\n')}
}

declare global {
  namespace JSX {
    interface IntrinsicElements extends CovalenceElements {}
  }
}
`;
}

/** What an editor needs to complete tags and attributes in HTML. */
export function htmlData(manifest) {
  const tags = declarationsOf(manifest).map(({ tagName, summary, description, attributes }) => ({
    name: tagName,
    description: [summary, description].filter(Boolean).join('\n\n'),
    attributes: attributes.map(({ name, description: words, type }) => ({
      name,
      description: words,
      values: [...(type?.text ?? '').matchAll(/'([^']+)'/g)].map(([, value]) => ({ name: value })),
    })),
  }));
  return { version: 1.1, tags };
}

function table(title, rows) {
  if (rows.length === 0) return '';
  const cell = (text) =>
    String(text ?? '')
      .replaceAll('|', '\\|')
      .replace(/\s+/g, ' ')
      .trim();
  const lines = rows.map(([name, ...words]) => `| \`${name}\` | ${words.map(cell).join(' | ')} |`);
  const blanks = rows[0].slice(1).map(() => '---');
  const heads = title.length === 2 ? `| ${title[1]} | |` : `| ${title[1]} | ${title.slice(2).join(' | ')} |`;
  return `\n## ${title[0]}\n\n${heads}\n|---|${blanks.join('|')}|\n${lines.join('\n')}\n`;
}

/** One page of docs/elements: what the manifest says, and the element at work. */
export function elementPage(element, example) {
  const { tagName, summary, description, attributes, members, events, slots, cssParts, cssProperties } = element;
  const typed = ({ name, type, description: words }) => [
    name,
    type?.text === undefined ? '' : `\`${type.text}\``,
    words,
  ];
  const plain = ({ name, description: words }) => [name === '' ? '(default)' : name, words];
  const attributeNames = new Set(attributes.map(({ fieldName, name }) => fieldName ?? name));
  const properties = members.filter((member) => member.kind === 'field' && !attributeNames.has(member.name));
  return `# \`<${tagName}>\`

${summary}

${(description ?? '').replace(/\s+/g, ' ')}

\`\`\`html
${example.trim()}
\`\`\`
${[
  table(['Attributes', 'attribute', 'type', ''], attributes.map(typed)),
  table(['Properties', 'property', 'type', ''], properties.map(typed)),
  table(['Methods', 'method', ''], members.filter(({ kind }) => kind === 'method').map(plain)),
  table(['Events', 'event', 'class', ''], events.map(typed)),
  table(['Slots', 'slot', ''], slots.map(plain)),
  table(['Parts', 'part', ''], cssParts.map(plain)),
  table(['Custom properties', 'property', ''], cssProperties.map(plain)),
].join('')}
Made from the sources by \`node scripts/elements-manifest.mjs\`. More in [Embedding](../embedding.md).
`;
}

/** The example on an element's page: whole, so that it works when pasted. */
export function exampleOf(tag) {
  const script = '<script type="module" src="http://localhost:8080/embed.js"></script>';
  if (tag === 'co-viewer') return `${script}\n<co-viewer src="benzene.xyz" controls style="height: 400px"></co-viewer>`;
  if (tag === 'co-visualiser')
    return `${script}
<co-viewer src="benzene.xyz" controls style="height: 400px">
  <co-visualiser render="liquorice"></co-visualiser>
  <co-visualiser select="element C" render="spheres" color="teal" scale="0.5"></co-visualiser>
</co-viewer>`;
  const inside = tag === 'co-room' ? '' : tag === 'co-conflicts' ? '' : `\n  <${tag}></${tag}>`;
  const overlay = tag === 'co-conflicts' ? '<co-conflicts slot="overlay"></co-conflicts>' : '';
  return `${script}
<co-room href="http://localhost:8080/r/traj">
  <co-viewer controls style="height: 400px">${overlay}</co-viewer>${inside}
</co-room>`;
}

/** Tag by tag what `define.ts` registers. */
export function registeredTags() {
  const text = readFileSync(join(root, 'src/components/define.ts'), 'utf8');
  const list = /const ELEMENTS = \{([^}]+)\}/.exec(text)?.[1] ?? '';
  return Object.fromEntries([...list.matchAll(/'(co-[a-z-]+)': (\w+)/g)].map(([, tag, name]) => [tag, name]));
}

/** Reads the sources; resolves with the completed manifest. */
export async function readManifest() {
  // `--outdir` as package.json has it: any other the analyzer writes into package.json.
  const argv = ['analyze', '--litelement', '--quiet', '--outdir', 'dist', '--globs', 'src/components/**/*.ts'];
  const manifest = await analyze({ argv, cwd: root, noWrite: true });
  return complete(manifest, registeredTags());
}

/** Writes everything that is made from the manifest. */
export async function writeManifest({ withPages = true } = {}) {
  const manifest = await readManifest();
  mkdirSync(join(dist, 'jsx'), { recursive: true });
  const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
  writeFileSync(join(dist, 'custom-elements.json'), json(manifest));
  writeFileSync(join(dist, 'vscode.html-custom-data.json'), json(htmlData(manifest)));
  writeFileSync(join(dist, 'jsx', 'index.d.ts'), jsxTypes(manifest));
  writeFileSync(join(dist, 'jsx', 'index.js'), 'export {};\n');
  if (!withPages) return;
  mkdirSync(pages, { recursive: true });
  for (const element of declarationsOf(manifest)) {
    writeFileSync(join(pages, `${element.tagName}.md`), elementPage(element, exampleOf(element.tagName)));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeManifest();
  console.log(`${relative(process.cwd(), dist) || 'dist'}/custom-elements.json, docs/elements/*.md`);
}
