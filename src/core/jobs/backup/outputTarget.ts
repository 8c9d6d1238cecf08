import { constants, type Stats } from 'node:fs';
import {
  access,
  chmod,
  link,
  lstat,
  open,
  readdir,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
} from 'node:fs/promises';
import path from 'node:path';
import { isMemberName } from '../../archive/file/memberNames';
import { siblingName } from '../../archive/file/unfinished';
import { AppError, outputNotWritable } from '../../errors';
import { followLink } from '../../files/followLink';
import { pathKey } from '../../files/pathKey';
import { isInUse, replaceFile, whenReleased } from '../../files/replaceFile';
import { windowsNameFault } from '../../files/windowsNames';
import { membersPath, type BackupFormat } from '../../model/options';

/** What exists at a backup's output path now. */
export type OutputState =
  /** Nothing, or an empty directory that a directory backup may fill. */
  | 'free'
  /** A file, a directory archive, or a link to one: replaced only when the user said so. */
  | 'replaceable'
  /** A directory with other things in it, a device, a pipe: never replaced. */
  | 'notReplaceable';

/** The place of a backup that is written to a given path. */
export interface OutputPlace {
  state: OutputState;
  /** Where it will be: the path itself or, when that is a link, where the link leads. */
  path: string;
  isLink: boolean;
}

/**
 * Inspects `outputPath` without changing it. A link is followed only to a backup, to an empty file
 * or to a path that does not exist: the author of a link must not choose what else is replaced.
 *
 * @throws `outputNotWritable` when it cannot be seen
 */
export async function inspectOutput(
  outputPath: string,
  format: BackupFormat,
): Promise<OutputPlace> {
  const place = await followLink(outputPath).catch((error: unknown) => {
    throw outputNotWritable(outputPath, error);
  });
  const isLink = place !== path.resolve(outputPath);
  let state = await stateOf(place, format);
  if (isLink) {
    if (state === 'free') state = 'replaceable';
    else if (state === 'replaceable' && !(await isBackup(place))) state = 'notReplaceable';
  }
  return { state, path: place, isLink };
}

async function isBackup(file: string): Promise<boolean> {
  const { detectFile } = await import('../../archive/file/detectFile');
  const kind = await detectFile(file).catch(() => null);
  if (kind === null) return false;
  if (kind.kind === 'plain') return kind.byPgDump;
  if (kind.kind === 'other') {
    return kind.looksLike === 'empty' || kind.looksLike === 'truncatedArchive';
  }
  return true;
}

async function stateOf(outputPath: string, format: BackupFormat): Promise<OutputState> {
  let found: Stats;
  try {
    found = await lstat(outputPath);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return 'free';
    throw outputNotWritable(outputPath, error);
  }
  if (found.isFile()) return 'replaceable';
  if (!found.isDirectory()) return 'notReplaceable';
  const names = await readdir(outputPath).catch((error: unknown) => {
    throw outputNotWritable(outputPath, error);
  });
  if (names.length === 0) return format === 'directory' ? 'free' : 'notReplaceable';
  const isArchive = names.some((name) => name.startsWith('toc.dat')) && names.every(isMemberName);
  return isArchive ? 'replaceable' : 'notReplaceable';
}

/**
 * One name for one place, however it was written: the real directory and the name in it, of what a
 * link leads to. On Windows a file that is there also has its whole name, not the short one
 * (`BACKUP~1.DUM`), and its own drive.
 */
export async function canonicalPath(outputPath: string): Promise<string> {
  const place = await followLink(outputPath).catch(() => path.resolve(outputPath));
  const inFolder = async (): Promise<string> => {
    const dir = path.dirname(place);
    return path.join(await realpath(dir).catch(() => dir), path.basename(place));
  };
  return pathKey(await realpath(place).catch(inFolder), process.platform);
}

/**
 * A backup's output: written under another name beside its final one, and renamed once it is whole.
 * An existing backup stays untouched until then.
 */
export class OutputTarget {
  /** Absolute path that the user chose, or where a link of that name leads. */
  readonly finalPath: string;
  /** Absolute path that the tool writes to. */
  readonly partialPath: string;
  private readonly oldPath: string;
  private committed = false;

  private constructor(
    finalPath: string,
    runId: string,
    readonly format: BackupFormat,
    private readonly overwrite: boolean,
  ) {
    const { dir, base } = path.parse(finalPath);
    this.finalPath = finalPath;
    this.partialPath = path.join(dir, siblingName(base, runId, 'partial'));
    this.oldPath = path.join(dir, siblingName(base, runId, 'old'));
  }

  /**
   * Checks all that can be checked before anything runs and makes the partial file, so that a
   * directory that cannot be written to is found out now. `runId`: 12 hexadecimal digits, unique.
   * @throws AppError `optionInvalid`, `outputDirectoryMissing`, `outputNotWritable`,
   *   `outputNotReplaceable`, `outputExists`
   */
  static async prepare(
    outputPath: string,
    format: BackupFormat,
    overwrite: boolean,
    runId: string,
  ): Promise<OutputTarget> {
    if (!path.isAbsolute(outputPath) || outputPath.includes('\0')) {
      throw new AppError('optionInvalid', {
        field: 'outputPath',
        problem: { code: 'notAbsolute' },
      });
    }
    // A trailing separator means the directory itself.
    const chosen = path.resolve(outputPath);
    assertNameOfSystem(chosen);
    if (chosen === path.dirname(chosen)) {
      throw new AppError('outputNotReplaceable', { path: chosen });
    }
    const { state, path: finalPath } = await inspectOutput(chosen, format);
    const dir = path.dirname(finalPath);
    const parent = await stat(dir).catch((error: unknown) => {
      const code = errorCode(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') return null;
      throw outputNotWritable(finalPath, error);
    });
    if (!parent?.isDirectory()) throw new AppError('outputDirectoryMissing', { path: dir });

    if (state === 'notReplaceable') throw new AppError('outputNotReplaceable', { path: finalPath });
    if (state === 'replaceable' && !overwrite) {
      throw new AppError('outputExists', { path: chosen });
    }
    if (state === 'replaceable') await assertReplaceable(finalPath);
    const target = new OutputTarget(finalPath, runId, format, overwrite);
    await target.reserve(dir);
    return target;
  }

  /**
   * Moves the finished output to its final name. With `sync`, the move itself survives a power cut
   * (the content was synced by pg_dump).
   * @throws AppError `outputExists` when something has appeared there meanwhile that nobody agreed
   *   to replace; the partial output is left then, for `discard`
   */
  async commit(sync: boolean): Promise<void> {
    try {
      if (this.format === 'directory') await this.commitDirectory();
      else await this.commitFile();
    } catch (error) {
      if (AppError.is(error)) throw error;
      const { finalPath } = this;
      if (isInUse(error)) throw new AppError('outputInUse', { path: finalPath }, { cause: error });
      throw outputNotWritable(finalPath, error);
    }
    this.committed = true;
    if (sync) await syncDirectory(path.dirname(this.finalPath));
  }

  /** Was its folder removed meanwhile? Only what is certainly not there counts. */
  async folderIsGone(): Promise<boolean> {
    try {
      return !(await stat(path.dirname(this.finalPath))).isDirectory();
    } catch (error) {
      return ['ENOENT', 'ENOTDIR'].includes(errorCode(error));
    }
  }

  /** Removes the partial output. Retries while a dying worker may still be writing into it. */
  async discard(): Promise<void> {
    if (this.committed) return;
    const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 };
    await rm(membersPath(this.partialPath), options);
    await rm(this.partialPath, options);
  }

  private async reserve(dir: string): Promise<void> {
    try {
      if (this.format === 'directory') {
        // pg_dump makes the directory itself, private to the user.
        await access(dir, constants.W_OK | constants.X_OK);
      } else {
        // pg_dump creates it with the same rights; here it fails before anything has run.
        await (await open(this.partialPath, 'wx', 0o666)).close();
      }
    } catch (error) {
      throw outputNotWritable(this.finalPath, error);
    }
  }

  private async commitFile(): Promise<void> {
    const old = await lstat(this.finalPath).catch(() => null);
    if (!this.overwrite) {
      if (old) throw new AppError('outputExists', { path: this.finalPath });
      try {
        // Unlike a rename, a link cannot replace what appears in this very moment.
        await link(this.partialPath, this.finalPath);
        await whenReleased(() => unlink(this.partialPath));
        return;
      } catch (error) {
        if (errorCode(error) === 'EEXIST') {
          throw new AppError('outputExists', { path: this.finalPath });
        }
        // Some file systems have no links.
      }
    } else if (old?.isDirectory()) {
      // The user agreed to replace an archive; check that it still is one.
      if ((await stateOf(this.finalPath, this.format)) !== 'replaceable') {
        throw new AppError('outputNotReplaceable', { path: this.finalPath });
      }
      await this.replaceOld();
      return;
    } else if (old?.isFile()) {
      // The new file gets the permissions of the old one: it may have been private.
      await chmod(this.partialPath, old.mode & 0o7777).catch(() => undefined);
    }
    try {
      await rename(this.partialPath, this.finalPath);
    } catch (error) {
      if (!isInUse(error)) throw error;
      // Somebody reads the older one: mostly it can be moved away all the same.
      await (old?.isFile() ? this.replaceOld() : replaceFile(this.partialPath, this.finalPath));
    }
  }

  private async commitDirectory(): Promise<void> {
    const state = await stateOf(this.finalPath, this.format);
    if (state === 'notReplaceable' || (state === 'replaceable' && !this.overwrite)) {
      throw new AppError('outputExists', { path: this.finalPath });
    }
    if (state === 'replaceable') {
      await this.replaceOld();
      return;
    }
    // An empty directory that is there gives way (Windows wants it removed); a filled one does not.
    await rmdir(this.finalPath).catch(() => undefined);
    await replaceFile(this.partialPath, this.finalPath);
  }

  private async replaceOld(): Promise<void> {
    await replaceFile(this.finalPath, this.oldPath);
    try {
      await replaceFile(this.partialPath, this.finalPath);
    } catch (error) {
      await replaceFile(this.oldPath, this.finalPath);
      throw error;
    }
    // The new backup is in place: what cannot be removed of the old one is recognisable by name.
    await rm(this.oldPath, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

/** @throws AppError `optionInvalid` for a name that Windows takes for another */
function assertNameOfSystem(file: string): void {
  const fault = process.platform === 'win32' ? windowsNameFault(file) : null;
  if (fault === null) return;
  const problem = { code: 'windowsName', ...fault } as const;
  throw new AppError('optionInvalid', { field: 'outputPath', problem });
}

/**
 * Finds out before anything runs whether Windows would replace the file. Renaming it to the name that
 * it has changes nothing, and is refused like its replacement.
 *
 * @throws AppError `outputReadOnly`, `outputInUse`
 */
export async function assertReplaceable(
  file: string,
  platform: NodeJS.Platform = process.platform,
  move: (from: string, to: string) => Promise<void> = rename,
): Promise<void> {
  if (platform !== 'win32') return;
  const found = await stat(file).catch(() => null);
  if (found?.isFile() && (found.mode & 0o200) === 0) {
    throw new AppError('outputReadOnly', { path: file });
  }
  try {
    await move(file, file);
  } catch (error) {
    if (isInUse(error, platform))
      throw new AppError('outputInUse', { path: file }, { cause: error });
  }
}

/** Makes a rename durable. Windows cannot open directories, and some file systems cannot sync them. */
async function syncDirectory(dir: string): Promise<void> {
  try {
    const handle = await open(dir, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The backup is in place all the same.
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
