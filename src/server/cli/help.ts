import { type CommandName, COMMANDS } from './commands.ts';
import { ALL_FLAGS, type Flag, type FlagGroup } from './flags.ts';

const WIDTH = 100;
const INDENT = 28;
/** Under the commands, which are longer. */
const USAGE_INDENT = 42;
/** What whoever looks at the help for the first time may want. */
const FIRST: readonly string[] = ['port', 'host', 'data', 'memory', 'topology', 'follow'];

/** Breaks a text into lines of so many characters. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Words at the left and what they mean at the right, on a line of its own where the words are long. */
function row(words: string, meaning: string, indent: number = INDENT): string {
  const [first, ...more] = wrap(meaning, WIDTH - indent);
  const left = `  ${words}`;
  const head = left.length < indent - 1 ? left.padEnd(indent) + first : `${left}\n${' '.repeat(indent)}${first}`;
  return [head, ...more.map((line) => ' '.repeat(indent) + line)].join('\n');
}

function flagRow(flag: Flag): string {
  const short = flag.short === undefined ? '' : `-${flag.short}, `;
  const value = flag.value === undefined ? '' : ` ${flag.value}`;
  return row(
    `${short}--${flag.name}${value}`,
    flag.text + (flag.default === undefined ? '' : ` (default ${flag.default})`),
  );
}

function group({ title, flags }: FlagGroup): string {
  return `${title}\n${flags.map(flagRow).join('\n')}`;
}

/** Options by their names, wherever they belong, in this order. */
function named(names: readonly string[]): readonly Flag[] {
  const all = ALL_FLAGS.flatMap(({ flags }) => flags);
  return names.flatMap((name) => all.find((flag) => flag.name === name) ?? []);
}

function examples(lines: readonly string[]): string {
  return `Examples\n${lines.map((line) => `  covalence ${line}`).join('\n')}`;
}

/** What `covalence COMMAND --help` prints. */
export function helpOf(name: CommandName): string {
  const { usage, about, groups, shared = [], examples: lines } = COMMANDS[name];
  const further =
    shared.length === 0 ? [] : [{ title: groups.length === 0 ? 'Options' : 'Further options', flags: named(shared) }];
  return `${[
    `Usage\n  covalence ${usage}`,
    wrap(about, WIDTH).join('\n'),
    ...[...groups, ...further].map(group),
    examples(lines),
  ].join('\n\n')}\n`;
}

/** What `covalence --help` prints. */
export const HELP: string = `covalence: look at, and edit, molecules and materials together.

Usage
${Object.values(COMMANDS)
  .map(({ usage, short }) => row(`covalence ${usage}`, short, USAGE_INDENT))
  .join('\n')}
${row('covalence COMMAND --help', 'all options of a command, also of serve', USAGE_INDENT)}
${row('covalence --version', 'which version this is', USAGE_INDENT)}

A file is read in place; only edits are stored. Every option is also an environment variable:
--base-path is COVALENCE_BASE_PATH, --memory is COVALENCE_MEMORY=1.

Some options of opening files
${named(FIRST).map(flagRow).join('\n')}

${examples([...COMMANDS.serve.examples, COMMANDS.convert.examples[1], COMMANDS.export.examples[0]])}
`;
