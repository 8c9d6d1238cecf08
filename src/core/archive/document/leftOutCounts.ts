import type { FileKind } from '../../model/archive';
import type { LeftOutKind, ScriptEdits } from '../../model/scriptEdits';
import { decompressed } from '../compression/decompress';
import { editedScript } from '../script/edit/editScript';
import { leftOutKind } from '../script/edit/leaveOutRules';
import { chooseFromScript } from './scriptSelection';

/** Numbers of what a restore leaves out of a script. */
export interface LeftOutCounts {
  /** Entries that were not chosen, by type. */
  entries: ReadonlyMap<string, number>;
  /** Statements that are left out by kind, except those of entries that were not chosen. */
  statements: ReadonlyMap<LeftOutKind, number>;
}

/**
 * Counts by the same rules that leave statements out when the script runs.
 *
 * @throws AppError `objectUnknown`; as `decompressed`
 */
export async function countLeftOut(
  path: string,
  kind: Extract<FileKind, { kind: 'plain' }>,
  edits: ScriptEdits,
  { alone, signal }: { alone: boolean; signal?: AbortSignal | undefined },
): Promise<LeftOutCounts> {
  const { selection, leaveOut } = edits;
  const chosen =
    selection === null ? null : await chooseFromScript(path, kind, selection, { alone, signal });
  const statements = new Map<LeftOutKind, number>();
  if (leaveOut.length > 0) {
    const { compression, encoding } = kind;
    const reading = editedScript(decompressed(path, compression, { encoding, signal }), [
      (statement) => {
        const { entry } = statement;
        const isChosen = chosen === null || entry === null || chosen.starts.has(entry.start);
        const left = isChosen ? leftOutKind(statement, leaveOut) : null;
        if (left !== null) statements.set(left, (statements.get(left) ?? 0) + 1);
        return null;
      },
    ]);
    while ((await reading.next()).done !== true);
  }
  return { entries: chosen?.leftOut ?? new Map<string, number>(), statements };
}
