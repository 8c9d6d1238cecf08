import path from 'node:path';
import { AppError } from '../../errors';
import { membersPath } from '../../model/options';

/** Longest file name in bytes on common file systems. */
const NAME_MAX = 255;

/** Names of unfinished outputs, and of replaced directories that are about to be removed. */
const LEFTOVER_NAME = /^\..*\.pgbackup-[0-9a-f]{12}\.(?:partial(?:\.members)?|old)$/;

/**
 * The temporary name beside `name` for an output while it is written (`partial`), or for a directory
 * that is being replaced (`old`). As both are in the same directory, a rename is enough.
 */
export function siblingName(
  name: string,
  runId: string,
  ending: 'partial' | 'old',
  platform: NodeJS.Platform = process.platform,
): string {
  const tail = `.pgbackup-${runId}.${ending}`;
  // The tools write to this path, and on Windows they receive only ASCII correctly.
  let head = platform === 'win32' ? name.replace(/[^\0-\x7f]/gu, '_') : name;
  // The directory with the members of a partial file has a longer name still.
  while (Buffer.byteLength(membersPath(`.${head}${tail}`)) > NAME_MAX)
    head = [...head].slice(0, -1).join('');
  return `.${head}${tail}`;
}

/** Is this the name of a leftover of an interrupted backup? */
export function isLeftoverOutput(name: string): boolean {
  return LEFTOVER_NAME.test(name);
}

/**
 * Refuses the output of an interrupted backup: it can look complete, because the table of contents is
 * written first. A backup that was being replaced (`old`) is accepted: it is complete, and may be the
 * only copy.
 * @throws AppError `inputUnfinished` for an unfinished output, and for a path within one
 */
export function refuseUnfinished(file: string): void {
  const whole = path.resolve(file);
  for (const name of [path.basename(whole), path.basename(path.dirname(whole))]) {
    if (isLeftoverOutput(name) && !name.endsWith('.old')) {
      throw new AppError('inputUnfinished', { path: file });
    }
  }
}
