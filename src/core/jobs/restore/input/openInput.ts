import { constants } from 'node:fs';
import { copyFile, link, lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { stillTrue, type KnownBackup } from '../../../archive/inspect/backupInfoCache';
import { openPacked } from '../../../archive/packed/openPacked';
import type { PackedFrom } from '../../../model/archive';
import { beyondAscii, LONGEST_PATH } from '../../../pgtools/args/codePage';
import type { JobRun } from '../../job/jobContext';
import { tellNote } from '../../job/tellNote';
import { privateDirectory } from '../../tool/privateFile';

/** The file of a job, where it can be read. */
export interface OpenedInput {
  /** Path that the tool gets: the given one, or that of what was unpacked from it. */
  path: string;
  packed: PackedFrom | null;
}

/** Which file a job reads. */
export interface AskedInput {
  file: string;
  /** Which of several dumps in a zip or tar. */
  member: string | null;
  /** What a form has found out about the file, and where it has unpacked it. */
  known?: KnownBackup | undefined;
}

/**
 * Unpacks the file of a job where that is needed, into a directory that goes when the job ends. What a
 * form has just unpacked is taken as it is.
 *
 * @throws AppError as `openPacked`
 */
export async function openInput(run: JobRun, asked: AskedInput): Promise<OpenedInput> {
  const { file, member } = asked;
  const options = { folder: () => privateDirectory(run), member, signal: run.signal };
  const opened = (await alreadyUnpacked(run, asked)) ?? (await openPacked(file, options));
  if (opened.path !== file) {
    const { by = [], member: name = null } = opened.packed ?? {};
    tellNote(run.record, { code: 'unpacked', file, by, member: name });
  }
  return { ...opened, path: await withAsciiName(opened.path, () => privateDirectory(run)) };
}

/**
 * The path of a file with an ASCII name, because tools on Windows get other names garbled, and a short
 * one, because they open no long ones. (A directory with such a name can be the working directory, a
 * file cannot.) The file gets a second
 * name, a hard link; where that is impossible, as on another drive, it is copied.
 *
 * @param folder makes a private directory
 * @throws system errors
 */
export async function withAsciiName(
  file: string,
  folder: () => string,
  platform: NodeJS.Platform = process.platform,
): Promise<string> {
  if (platform !== 'win32') return file;
  if (beyondAscii(path.basename(file)) === null && file.length <= LONGEST_PATH) return file;
  if (!(await stat(file)).isFile()) return file;
  const named = path.join(folder(), `input${path.extname(file).replace(/[^.\w]/g, '_')}`);
  await link(file, named).catch(() => copyFile(file, named, constants.COPYFILE_EXCL));
  return named;
}

/** By another name of the same bytes: the form may remove its own while the job runs. */
async function alreadyUnpacked(
  run: JobRun,
  { file, member, known }: AskedInput,
): Promise<OpenedInput | null> {
  const from = known?.unpacked;
  const packed = (await stillTrue(known, file))?.packed;
  if (from === undefined || packed === undefined) return null;
  if (member !== null && member !== packed.member) return null;
  const found = await lstat(from).catch(() => null);
  if (found?.isFile() !== true) return null;
  const at = path.join(privateDirectory(run), path.basename(from));
  try {
    await link(from, at);
  } catch {
    // The file has just been removed, or lies on another disk.
    return null;
  }
  return { path: at, packed };
}
