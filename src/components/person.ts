import type { PresenceState } from '../protocol/presence.ts';

/** Someone at this browser: stable id, name and colour shown to others. */
export interface Person {
  id: string;
  name: string;
  color: string;
}

/** Colours people and selections can have: told apart on light and on dark ground, also by most colour-blind people. */
export const PERSON_COLORS: readonly string[] = [
  '#e69500',
  '#d1495b',
  '#c2569b',
  '#8a63d2',
  '#4c78dd',
  '#1c93b8',
  '#159a80',
  '#5c9a2f',
  '#a9841f',
  '#6f7f95',
];

/** First halves of names; the n-th goes with the n-th colour. */
const SHADES = ['Amber', 'Ruby', 'Orchid', 'Violet', 'Cobalt', 'Azure', 'Jade', 'Fern', 'Ochre', 'Slate'];
const ANIMALS = [
  'Lynx',
  'Heron',
  'Otter',
  'Finch',
  'Marten',
  'Ibex',
  'Orca',
  'Wren',
  'Hare',
  'Crane',
  'Seal',
  'Owl',
  'Tern',
  'Gecko',
  'Moth',
  'Newt',
];

const STORAGE_KEY = 'covalence.person';

function randomWord(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

function inventPerson(): Person {
  const shade = randomWord() % SHADES.length;
  return {
    id: randomWord().toString(36) + randomWord().toString(36),
    name: `${SHADES[shade]} ${ANIMALS[randomWord() % ANIMALS.length]}`,
    color: PERSON_COLORS[shade],
  };
}

function isPerson(value: unknown): value is Person {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, color } = value as Partial<Person>;
  return typeof id === 'string' && typeof name === 'string' && typeof color === 'string' && id !== '';
}

let person: Person | undefined;

/** The person at this browser; invented at first and remembered where the browser allows it. */
export function loadPerson(): Person {
  if (person !== undefined) return person;
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? 'null');
    if (isPerson(stored)) return (person = stored);
  } catch {
    // storage is refused in some frames; a name for this page will do
  }
  return savePerson(inventPerson());
}

/** Remembers the person's name and colour for the next visit. */
export function savePerson(next: Person): Person {
  person = next;
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(next));
  } catch {
    // see loadPerson
  }
  return next;
}

/** Up to two letters for an avatar. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1) ?? ''] : words;
  return (
    letters
      .map((word) => String.fromCodePoint(word.codePointAt(0) ?? 63))
      .join('')
      .toUpperCase() || '?'
  );
}

/** The name a presence state shows; people of other programs may not have one. */
export function nameOf(state: PresenceState): string {
  return state.user?.name ?? 'Someone';
}

/** The colour a presence state shows. */
export function colorOf(state: PresenceState): string {
  return state.user?.color ?? '#6f7f95';
}
