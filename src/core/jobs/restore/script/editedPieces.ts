import { decompressed } from '../../../archive/compression/decompress';
import { editedScript, type EditedPiece } from '../../../archive/script/edit/editScript';
import type { PrecedingRule } from '../../../archive/script/edit/scriptStatement';
import type { ScriptInput } from '../../../plans/commandPlan';
import type { ScriptMonitor } from '../../progress/restore/scriptMonitor';

/** A script as psql gets it, read while `watch` is told how far. */
export function editedPieces(
  watch: ScriptMonitor,
  { path, compression, encoding }: ScriptInput,
  rules: readonly PrecedingRule[],
): AsyncGenerator<EditedPiece> {
  const reading = { encoding, onRead: watch.read, recycle: true };
  return editedScript(decompressed(path, compression, reading), rules);
}
