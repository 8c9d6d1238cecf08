import path from 'node:path';
import { AppError } from '../../errors';
import { membersPath } from '../../model/options';

/** Longest file name in bytes that the usual file systems take. */
const NAME_MAX = 255;

/** Names of unfinished outputs and of replaced directories on their way out. */
const LEFTOVER_NAME = /^\..*\.pgbackup-[0-9a-f]{12}\.(?:partial(?:\.members)?|old)$/;

/**
 * The name beside `name` that is used while it is being written (`partial`) or replaced (`old`), so
 * that a rename is enough.
 */
export function siblingName(
  name: string,
  runId: string,
  ending: 'partial' | 'old',
  platform: NodeJS.Platform = process.platform,
): string {
  const tail = `.pgbackup-${runId}.${ending}`;
  // The tools write to it, and get only ASCII whole on Windows.
  let head = platform === 'win32' ? name.replace(/[^\0-\x7f]/gu, '_') : name;
  // The members of a partial file have its name with an ending of their own.
  while (Buffer.byteLength(membersPath(`.${head}${tail}`)) > NAME_MAX)
    head = [...head].slice(0, -1).join('');
  return `.${head}${tail}`;
}

/** Is this the name of something that a backup which never ended left behind? */
export function isLeftoverOutput(name: string): boolean {
  return LEFTOVER_NAME.test(name);
}

/**
 * A backup that a new one has replaced is whole, and may be the only copy left: it is accepted.
 * @throws AppError `inputUnfinished` for the output of a backup that never came to its end, and for
 *   what is in one: it can look whole, because the table of contents is written first
 */
export function refuseUnfinished(file: string): void {
  const whole = path.resolve(file);
  for (const name of [path.basename(whole), path.basename(path.dirname(whole))]) {
    if (isLeftoverOutput(name) && !name.endsWith('.old')) {
      throw new AppError('inputUnfinished', { path: file });
    }
  }
}
