import { movesIndices } from './frame-edit.ts';
import {
  type ChangingProvider,
  type CommitResult,
  type DataProvider,
  type FrameHeads,
  type FrameWriter,
  isChangingProvider,
  isFrameWriter,
} from './provider.ts';

/**
 * The optional abilities of `provider` for a wrapper around it: write methods that call `onCommit` with the ids that
 * changed (undefined when indices moved) before they resolve, and `onChange`, each only where `provider` has it.
 */
export function forwardAbilities(
  provider: DataProvider,
  onCommit: (ids: readonly string[] | undefined, heads?: FrameHeads) => void,
): Partial<FrameWriter & ChangingProvider> {
  return {
    ...(isFrameWriter(provider) ? forwardWriter(provider, onCommit) : {}),
    ...(isChangingProvider(provider) ? { onChange: (listener) => provider.onChange(listener) } : {}),
  };
}

function forwardWriter(
  writer: FrameWriter,
  onCommit: (ids: readonly string[] | undefined, heads?: FrameHeads) => void,
): FrameWriter {
  const committed = async <R extends CommitResult>(commit: Promise<R>, isNewOrder: boolean): Promise<R> => {
    try {
      const result = await commit;
      if (isNewOrder) onCommit(undefined);
      else onCommit(Object.keys(result.frames), result.frames);
      return result;
    } catch (error) {
      // An answer that was lost may have been a commit.
      onCommit(undefined);
      throw error;
    }
  };
  return {
    patch: (id, patch, options) => committed(writer.patch(id, patch, options), false),
    replace: (id, data, options) => committed(writer.replace(id, data, options), false),
    insert: (frames, options) => committed(writer.insert(frames, options), true),
    remove: (id, options) => committed(writer.remove(id, options), true),
    commit: (edits, options) => committed(writer.commit(edits, options), movesIndices(edits)),
    undo: (seq, options) => committed(writer.undo(seq, options), true),
    redo: (seq, options) => committed(writer.redo(seq, options), true),
  };
}
