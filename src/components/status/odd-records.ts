import { renderPreset } from '../../protocol/records/visualiser-presets.ts';
import type { Room } from '../../room/room.ts';
import { renderOf } from '../viewer/scene-styles.ts';

/** Records of a room that cannot be shown, or not as they ask. */
export interface OddRecords {
  /** A sentence for each, the newest last. */
  lines(): readonly string[];
  stop(): void;
}

/** Watches a room for odd records; `onChange` is called when the sentences may be others. */
export function oddRecords({ state, visualisers }: Room, onChange: () => void): OddRecords {
  const ends = [state.onInvalid(onChange, onChange), state.onChange(onChange)];
  return {
    lines: () => [...invalidRecords(state), ...unknownRenders(visualisers)],
    stop() {
      for (const end of ends) end();
    },
  };
}

/** Those that are there now: whoever asks is told of them at once, and one that was removed is not among them. */
function invalidRecords(state: Room['state']): Iterable<string> {
  const found = new Map<string, string>();
  state.onInvalid(({ key, error }) => found.set(key, error.message))();
  return found.values();
}

function unknownRenders(visualisers: Room['visualisers']): string[] {
  const lines: string[] = [];
  for (const [key, ref] of visualisers) {
    const asked = ref.value?.render ?? ref.value?.visualiser;
    const name = typeof asked === 'object' ? asked.type : asked;
    if (
      name === undefined ||
      ref.value === undefined ||
      renderOf(ref.value) !== undefined ||
      renderPreset(String(name))
    )
      continue;
    lines.push(`"${key}" asks to be drawn as "${name}", which is not known here; it is drawn as usual.`);
  }
  return lines;
}
