import { constants } from 'node:fs';
import { copyFile, link, stat } from 'node:fs/promises';
import path from 'node:path';
import { openPacked } from '../../archive/packed/openPacked';
import { AppError } from '../../errors';
import type { PackedFrom } from '../../model/archive';
import { beyondAscii } from '../../pgtools/args/codePage';
import type { JobRun } from '../job/jobContext';
import { privateDirectory } from '../tool/privateFile';

/** The file of a job, where it can be read. */
export interface OpenedInput {
  /** What the tool gets: what was given, or what was unpacked of it. */
  path: string;
  packed: PackedFrom | null;
}

/**
 * Unpacks the file of a job where that is needed, into a directory that goes when the job ends.
 *
 * @param member which of several dumps in a zip or tar
 * @throws AppError as `openPacked`
 */
export async function openInput(
  run: JobRun,
  file: string,
  member: string | null,
): Promise<OpenedInput> {
  const opened = await openPacked(file, {
    folder: () => privateDirectory(run),
    member,
    signal: run.signal,
  });
  if (opened.path !== file) {
    const { by = [], member: name = null } = opened.packed ?? {};
    run.record.addNote({ code: 'unpacked', file, by, member: name });
  }
  return { ...opened, path: await withAsciiName(opened.path, () => privateDirectory(run)) };
}

/**
 * A file of a name that Windows' tools get whole: the directory that it is in can be said by working
 * there, its own name cannot. A second name costs nothing; where it is impossible (another drive), it
 * is a copy.
 *
 * @param folder makes a private directory
 * @throws system errors
 */
export async function withAsciiName(
  file: string,
  folder: () => string,
  platform: NodeJS.Platform = process.platform,
): Promise<string> {
  if (platform !== 'win32' || beyondAscii(path.basename(file)) === null) return file;
  if (!(await stat(file)).isFile()) return file;
  const named = path.join(folder(), `input${path.extname(file).replace(/[^.\w]/g, '_')}`);
  await link(file, named).catch(() => copyFile(file, named, constants.COPYFILE_EXCL));
  return named;
}

/** An error about what was unpacked and `read`, told of the file that somebody knows. */
export function asGiven(error: unknown, file: string, read: string | null): unknown {
  if (read === null || read === file || !AppError.is(error)) return error;
  const { details } = error;
  if (!('path' in details) || details.path !== read) return error;
  return new AppError(error.code, { ...details, path: file }, { cause: error });
}
