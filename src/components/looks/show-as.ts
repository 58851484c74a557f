import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { FrameKeyInfo } from '../../protocol/frames.ts';
import type { VisualiserRecord } from '../../protocol/records/visualiser.ts';
import type { Room } from '../../room/room.ts';
import { icons } from '../icons.ts';
import { currentSelection } from '../own-selection.ts';
import { loadPerson } from '../person.ts';
import { plainName } from './atom-values.ts';
import { pictureMenu } from './picture-menu.ts';
import { lookOf, type Look } from './presets.ts';
import { trailWish } from './trails.ts';
import { lookKey, setLook, type LookPatch } from './visualiser-edits.ts';

interface Choice {
  value: string;
  label: string;
}

const STYLES: readonly Choice[] = [
  { value: '', label: 'Automatic' },
  { value: 'ball and stick', label: 'Ball and stick' },
  { value: 'liquorice', label: 'Sticks' },
  { value: 'spheres', label: 'Spheres' },
  { value: 'hyperballs', label: 'Hyperballs' },
  { value: 'noodles', label: 'Noodles' },
  { value: 'cycles', label: 'Filled rings' },
  { value: 'goodsell', label: 'Illustration' },
  { value: 'surface', label: 'Surface' },
];
/** Those that follow chains. */
const RIBBON_STYLES: readonly Choice[] = [
  { value: 'cartoon', label: 'Cartoon' },
  { value: 'elliptic spline', label: 'Ribbon' },
  { value: 'spline', label: 'Tube' },
  { value: 'geometric spline', label: 'Flat band' },
];
const TRAILS: readonly Choice[] = [
  { value: '', label: 'None' },
  { value: '10', label: '10 frames' },
  { value: '30', label: '30 frames' },
  { value: '100', label: '100 frames' },
];
const HIDDEN: Choice = { value: 'hide', label: 'Hidden' };

const nameOf = (value: unknown): string => {
  const name = typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : value;
  return typeof name === 'string' ? name : '';
};

const trailsOf = ({ trails }: VisualiserRecord): string => {
  const frames = trailWish(trails, undefined)?.frames;
  return frames === undefined ? '' : String(frames);
};

/** Keys of a trajectory with `width` numbers an atom. */
function keysOfWidth(keys: readonly FrameKeyInfo[], width: 1 | 3): string[] {
  return keys
    .filter(
      ({ name, shape }) =>
        shape[0] === null && (width === 1 ? shape.length === 1 : shape[1] === 3) && name !== 'positions',
    )
    .map(({ name }) => name);
}

function colorChoices(
  keys: readonly FrameKeyInfo[],
  { isAll, look, hasElements }: { isAll: boolean; look: Look | undefined; hasElements: boolean },
): Choice[] {
  const names = new Set(keys.map(({ name }) => name));
  // What is not drawn by element unless somebody says so.
  const isTinted = look?.ribbon !== undefined || look?.name === 'goodsell' || (isAll && !hasElements);
  const choices: Choice[] = [
    { value: '', label: isTinted ? 'Automatic' : isAll ? 'Element' : 'As the others' },
    ...(isAll && !isTinted ? [] : [{ value: 'element', label: 'Element' }]),
    { value: 'index', label: 'Index' },
  ];
  if (names.has('arrays.residue_names')) choices.push({ value: 'residue', label: 'Residue' });
  if (names.has('arrays.residue_numbers')) choices.push({ value: 'secondary structure', label: 'Helix and strand' });
  if (names.has('arrays.chain_ids')) choices.push({ value: 'chain', label: 'Chain' });
  for (const key of keysOfWidth(keys, 1))
    if (!/^(numbers|ids)$|residue_names|chain_ids|atom_names|symbols|species/.test(key))
      choices.push({ value: plainKey(key), label: plainName(key) });
  for (const key of keysOfWidth(keys, 3)) choices.push({ value: plainKey(key), label: `|${plainName(key)}|` });
  return choices;
}

const plainKey = (key: string): string => key.replace(/^arrays\./, '');

function selectTemplate(
  label: string,
  choices: readonly Choice[],
  value: string,
  change: (value: string) => void,
): TemplateResult {
  const all = choices.some((choice) => choice.value === value) ? choices : [...choices, { value, label: value }];
  return html`<label
    >${label}
    <select @change=${(event: Event) => change((event.currentTarget as HTMLSelectElement).value)}>
      ${all.map((each) => html`<option value=${each.value} .selected=${live(each.value === value)}>${each.label}</option>`)}
    </select></label
  >`;
}

/** The menu of looks: how all atoms or those of a selection are drawn, for everybody in the room. */
export class ShowAs {
  readonly #changed: () => void;
  #room: Room | undefined;
  #target: string | undefined;
  #undo: (() => void)[] = [];

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** `automatic` is what all atoms are drawn as while no record says it. */
  template(room: Room | undefined, close: () => void, automatic: VisualiserRecord = {}): TemplateResult {
    if (room !== this.#room) this.#enter(room);
    const keys = room?.frames.trajectory?.keys ?? [];
    const target = this.#target !== undefined && room?.selections.has(this.#target) === true ? this.#target : undefined;
    const record: VisualiserRecord = room?.visualisers.get(lookKeyOf(room, target)) ?? {};
    const look = lookOf(record) ?? (target === undefined ? lookOf(automatic) : undefined);
    const hasElements = automatic.color === undefined;
    const write = (patch: LookPatch): void => {
      if (room !== undefined) setLook(room, target, patch);
      this.#changed();
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      close();
    };
    const vectors = keysOfWidth(keys, 3).map((key) => ({ value: plainKey(key), label: plainName(key) }));
    const hasChains = keys.some(({ name }) => name === 'arrays.residue_numbers');
    const styles = [...STYLES, ...(hasChains ? RIBBON_STYLES : []), HIDDEN];
    const hasNames = keys.some(({ name }) => name === 'arrays.atom_names');
    return html`<section class="show-as" part="looks" role="dialog" aria-label="Show as" @keydown=${onKey}>
      <header>
        <h2>Show as</h2>
        <button class="icon" data-first @click=${close} aria-label="Close">${icons.close}</button>
      </header>
      <fieldset ?disabled=${room?.can('write') !== true}>
        ${selectTemplate('Atoms', this.#targets(), target ?? '', (key) => {
          this.#target = key === '' ? undefined : key;
          this.#changed();
        })}
        ${selectTemplate('Style', styles, record.hide === true ? 'hide' : (lookOf(record)?.name ?? ''), (style) =>
          write({ render: style === '' || style === 'hide' ? undefined : style, hide: style === 'hide' || undefined }),
        )}
        ${selectTemplate(
          'Colour',
          colorChoices(keys, { isAll: target === undefined, look, hasElements }),
          nameOf(record.color),
          (color) => write({ color: color === '' ? undefined : color }),
        )}
        ${selectTemplate('Arrows', [{ value: '', label: 'None' }, ...vectors], nameOf(record.vectors), (key) =>
          write({ vectors: key === '' ? undefined : key }),
        )}
        ${selectTemplate(
          'Labels',
          [
            { value: '', label: 'None' },
            { value: 'element', label: 'Element' },
            { value: 'index', label: 'Index' },
            ...(hasNames ? [{ value: 'name', label: 'Atom name' }] : []),
          ],
          nameOf(record.labels),
          (kind) => write({ labels: kind === '' ? undefined : kind }),
        )}
        ${selectTemplate('Trails', TRAILS, trailsOf(record), (frames) =>
          write({ trails: frames === '' ? undefined : Number(frames) }),
        )}
        <label
          >Opacity
          <input
            type="range"
            min="0.1"
            max="1"
            step="0.05"
            .value=${live(String(record.opacity ?? 1))}
            @change=${(event: Event) => {
              const opacity = (event.currentTarget as HTMLInputElement).valueAsNumber;
              write({ opacity: opacity >= 1 ? undefined : opacity });
            }}
        /></label>
        ${room === undefined ? nothing : pictureMenu(room, this.#changed)}
      </fieldset>
    </section>`;
  }

  /** Nobody looks any more; the next time it starts from the selection again. */
  leave(): void {
    for (const undo of this.#undo) undo();
    this.#undo = [];
    this.#room = undefined;
    this.#target = undefined;
  }

  #enter(room: Room | undefined): void {
    this.leave();
    this.#room = room;
    if (room === undefined) return;
    const choose = (): void => {
      this.#target = currentSelection(room, loadPerson())?.key ?? this.#target;
      this.#changed();
    };
    this.#target = currentSelection(room, loadPerson())?.key;
    this.#undo = [
      room.selections.onChange(choose),
      room.visualisers.onChange(this.#changed),
      room.state.collection('scene.').onChange(this.#changed),
    ];
  }

  #targets(): Choice[] {
    const selections = Object.entries(this.#room?.selections.snapshot() ?? {});
    return [
      { value: '', label: 'All atoms' },
      ...selections.map(([value, { display_name: name }]) => ({
        value,
        label: `Selection${name === undefined || name === '' ? '' : ` ${name}`}`,
      })),
    ];
  }
}

const lookKeyOf = (room: Room | undefined, target: string | undefined): string =>
  room === undefined ? '' : lookKey(room, target);
