import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { listFiles, root } from './source-files.ts';

interface Named {
  name: string;
  description?: string;
}
interface ElementDeclaration {
  name: string;
  tagName: string;
  summary?: string;
  attributes: Named[];
  members: Named[];
  events: Named[];
  slots: Named[];
  cssParts: Named[];
  cssProperties: Named[];
}
interface ManifestModule {
  path: string;
  declarations: ElementDeclaration[];
}
interface Script {
  readManifest(): Promise<{ modules: ManifestModule[] }>;
  registeredTags(): Record<string, string>;
  elementPage(element: ElementDeclaration, example: string): string;
  exampleOf(tag: string): string;
  jsxTypes(manifest: object): string;
  htmlData(manifest: object): { tags: { name: string; attributes: Named[] }[] };
}

let script: Script;
let manifest: { modules: ManifestModule[] };

beforeAll(async () => {
  const path = join(root, 'scripts/elements-manifest.mjs');
  script = (await import(path)) as Script;
  manifest = await script.readManifest();
});

const names = (entries: readonly Named[]): string[] => entries.map(({ name }) => name);
const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found]) => found);

/** What the sources of an element's folder say, read by plain text and not by the analyzer. */
function sourcesOf(module: ManifestModule): { own: string; folder: string } {
  const path = module.path.replace(/^dist\//, 'src/').replace(/\.js$/, '.ts');
  const files = listFiles('src/components').filter((file) => dirname(file) === dirname(path));
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  return {
    own: read(path),
    folder: files
      .map(read)
      .join('\n')
      .replaceAll(/\/\*\*[\s\S]*?\*\//g, ''),
  };
}

const eventName = (className: string): string => className.replaceAll(/\B([A-Z])/g, '-$1').toLowerCase();

describe('custom-elements.json', () => {
  it('[C281] has every registered element, and each has a summary', () => {
    const elements = manifest.modules.flatMap(({ declarations }) => declarations);
    expect(elements.length).toBeGreaterThanOrEqual(10);
    expect(elements.map(({ tagName }) => tagName)).toEqual(Object.keys(script.registeredTags()));
    expect(elements.filter(({ summary }) => !summary).map(({ tagName }) => tagName)).toEqual([]);
  });

  it('[C281] every attribute, event, part, slot and custom property of the sources is in it, in words', () => {
    const missing: string[] = [];
    let seen = 0;
    for (const module of manifest.modules) {
      const [element] = module.declarations;
      const { own, folder } = sourcesOf(module);
      const attributes = [...own.matchAll(/@property\(([^)]*)\) (\w+)/g)]
        .filter(([, options]) => !options.includes('attribute: false'))
        .map(([, options, name]) => /attribute: '([^']+)'/.exec(options)?.[1] ?? name.toLowerCase());
      const found: [string, string[], Named[]][] = [
        ['attribute', attributes, element.attributes],
        ['event', matches(folder, /dispatchEvent\(new (Co\w+)Event\(/g).map(eventName), element.events],
        ['part', matches(folder, /\bpart="([^"]+)"/g), element.cssParts],
        ['slot', matches(folder, /<slot name="([^"]+)"/g), element.slots],
        ['custom property', matches(folder, /(--co-[a-z-]+)/g), element.cssProperties],
      ];
      for (const [kind, inSources, documented] of found) {
        seen += inSources.length;
        const told = new Set(names(documented.filter(({ description }) => description)));
        for (const name of new Set(inSources)) {
          if (!told.has(name)) missing.push(`<${element.tagName}> ${kind} ${name}`);
        }
      }
    }
    expect(seen).toBeGreaterThan(50);
    expect(missing).toEqual([]);
  });

  it('[C281] the custom properties of all elements are in all of them', () => {
    const tokens = readFileSync(join(root, 'src/components/styles/tokens.styles.ts'), 'utf8');
    const shared = matches(tokens, /var\(\s*(--co-[a-z-]+)/g);
    expect(shared.length).toBeGreaterThan(10);
    for (const { declarations } of manifest.modules) {
      const [{ tagName, cssProperties }] = declarations;
      if (!/^co-(room|visualiser)$/.test(tagName))
        expect(names(cssProperties), tagName).toEqual(expect.arrayContaining(shared));
    }
  });

  it('[C282] the types for JSX and the data for editors name every element and attribute', () => {
    const types = script.jsxTypes(manifest);
    const data = new Map(script.htmlData(manifest).tags.map((tag) => [tag.name, names(tag.attributes)]));
    for (const { tagName, attributes, events } of manifest.modules.flatMap(({ declarations }) => declarations)) {
      expect(types).toContain(`'${tagName}': CovalenceProps<`);
      for (const { name } of events) expect(types).toContain(`'on${name}'?:`);
      expect(data.get(tagName)).toEqual(names(attributes));
    }
  });

  it('[C283] docs/elements has the page of every element as the sources have it now', () => {
    for (const element of manifest.modules.flatMap(({ declarations }) => declarations)) {
      const path = join(root, 'docs/elements', `${element.tagName}.md`);
      const page = readFileSync(path, 'utf8');
      const hint = `docs/elements/${element.tagName}.md: run "node scripts/elements-manifest.mjs"`;
      expect(page, hint).toBe(script.elementPage(element, script.exampleOf(element.tagName)));
    }
    expect(listFiles('docs/elements', ['.md']).length).toBe(manifest.modules.length);
  });
});
