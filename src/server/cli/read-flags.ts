import { parseArgs } from 'node:util';
import { nearestWord } from '../../chem/select/select-words.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import { ALL_FLAGS, type Flag, variableOf } from './flags.ts';

/** Throws `command/invalid` with a sentence for people, and where they find more: at `command` when it is about one. */
export function refuse(sentence: string, { command, cause }: { command?: string; cause?: unknown } = {}): never {
  const help = command === undefined ? 'covalence --help' : `covalence ${command} --help`;
  throw new CovalenceError('command/invalid', `${sentence} "${help}" shows what is possible.`, {}, { cause });
}

/** What stands on the command line, or else in the environment, or else is the default. */
export interface FlagValues {
  isHelp: boolean;
  isVersion: boolean;
  positionals: string[];
  /** Names of the flags that stand on the command line itself. */
  given: ReadonlySet<string>;
  text(name: string): string | undefined;
  list(name: string): string[];
  isOn(name: string): boolean;
}

const FLAGS: readonly Flag[] = ALL_FLAGS.flatMap(({ flags }) => flags);
const OPTIONS = Object.fromEntries(
  FLAGS.map(({ name, value, short, isMany = false }) => [
    name,
    {
      type: value === undefined ? 'boolean' : 'string',
      multiple: isMany,
      ...(short === undefined ? {} : { short }),
    } as const,
  ]),
);

/** Node's words about an option, as a sentence that says what was given and what may have been meant. */
function whyRefused(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : '';
  const [, unknown] = /^Unknown option '(-[^']*)'/.exec(text) ?? [];
  if (unknown !== undefined) {
    const near = nearestFlag(unknown.replace(/^-+/, ''));
    return `There is no option ${unknown}.${near === undefined ? '' : ` Did you mean --${near}?`}`;
  }
  const [, given = ''] = /'(?:-\w, )?(--[\w-]+)/.exec(text) ?? [];
  const flag = FLAGS.find(({ name }) => `--${name}` === given);
  if (flag?.value !== undefined) return `${given} needs a value: ${given} ${flag.value}.`;
  if (given !== '') return `${given} is on or off and takes no value.`;
  return text === '' ? 'The options could not be read.' : text.replace(/\.? *$/, '.');
}

/** The flag that was probably meant: nearly the same, or the same letters in another order. */
function nearestFlag(given: string): string | undefined {
  const names = ['help', 'version', ...FLAGS.map(({ name }) => name)];
  const lettersOf = (word: string): string => Array.from(word).sort().join('');
  const letters = lettersOf(given);
  return nearestWord(given, names) ?? names.find((name) => lettersOf(name) === letters);
}

/** A range from the end, `--frames -3:`, begins like an option: as one word it is a value. */
function withNegativeRanges(words: readonly string[]): string[] {
  const args: string[] = [];
  for (const word of words) {
    const before = args.at(-1);
    const takesRange = FLAGS.some(({ name, value }) => value === 'RANGE' && before === `--${name}`);
    if (takesRange && /^-\d/.test(word)) args[args.length - 1] = `${before}=${word}`;
    else args.push(word);
  }
  return args;
}

/** Reads flags and their environment. Throws `command/invalid`. */
export function readFlags(words: readonly string[], env: Readonly<Record<string, string | undefined>>): FlagValues {
  let parsed;
  try {
    parsed = parseArgs({
      args: withNegativeRanges(words),
      allowPositionals: true,
      options: {
        ...OPTIONS,
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
  } catch (cause) {
    refuse(whyRefused(cause), { cause });
  }
  const values: Readonly<Record<string, unknown>> = parsed.values;
  const flagOf = (name: string): Flag => FLAGS.find((flag) => flag.name === name) ?? { name, text: '' };
  const inEnvironment = (name: string): string | undefined => {
    const value = env[variableOf(flagOf(name))];
    return value === '' ? undefined : value;
  };
  return {
    isHelp: parsed.values.help === true,
    isVersion: parsed.values.version === true,
    positionals: parsed.positionals,
    given: new Set(Object.keys(values)),
    text(name) {
      const value = values[name];
      return typeof value === 'string' ? value : (inEnvironment(name) ?? flagOf(name).default);
    },
    list(name) {
      const value = values[name];
      return Array.isArray(value) ? value.map(String) : (inEnvironment(name)?.split(/[\s,]+/) ?? []);
    },
    isOn(name) {
      if (values[name] === true) return true;
      const value = inEnvironment(name)?.toLowerCase();
      if (value === undefined || ['0', 'false', 'no', 'off'].includes(value)) return false;
      if (['1', 'true', 'yes', 'on'].includes(value)) return true;
      return refuse(`${variableOf(flagOf(name))} is 1 or 0, found "${value}".`);
    },
  };
}
