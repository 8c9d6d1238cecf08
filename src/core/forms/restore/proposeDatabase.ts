import type { BackupInfo } from '../../model/archive';
import { baseName } from '../../text/paths';

/** Bytes of a name that PostgreSQL keeps (NAMEDATALEN - 1). */
const MAX_NAME_BYTES = 63;

/**
 * A name for the new database that a file is restored into: the one that was dumped, else the file's,
 * with a number where that is taken. null = the file tells none.
 */
export function proposeDatabase(
  info: Pick<BackupInfo, 'database' | 'path'> | null,
  taken: readonly string[],
): string | null {
  if (info === null) return null;
  const wished = info.database || (baseName(info.path).split('.')[0] ?? '');
  if (wished === '') return null;
  const names = new Set(taken);
  for (let n = 1; ; n++) {
    const ending = n === 1 ? '' : n === 2 ? '_restored' : `_restored_${n - 1}`;
    const name = `${shortened(wished, MAX_NAME_BYTES - ending.length)}${ending}`;
    if (!names.has(name)) return name;
  }
}

/**
 * The longest beginning of `text` in whole characters that has at most `maxBytes` bytes of UTF-8.
 */
function shortened(text: string, maxBytes: number): string {
  const encoder = new TextEncoder();
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += encoder.encode(character).length;
    if (bytes > maxBytes) break;
    kept += character;
  }
  return kept;
}
