import { rm, stat } from 'node:fs/promises';
import { AppError } from '../../errors';
import { fileStamp } from '../../files/fileStamp';

/** '' = it cannot be seen. */
async function stampOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  return found === null ? '' : fileStamp(found);
}

const stampsOf = async (files: readonly string[]): Promise<string> =>
  (await Promise.all(files.map(stampOf))).join('\n');

/** What is read, and what the user calls it. */
export interface Source {
  /** The file that was opened. */
  file: string;
  /** The files that are read: the file, or its parts. */
  files: readonly string[];
}

/**
 * Unpacks files that must not change meanwhile: a plain tar file, e.g., has no checksum that would
 * show a mixture of old and new. If they have changed, what was unpacked is removed.
 *
 * @param unpack returns the path of what it has unpacked
 * @throws AppError `inputChanged`; as `unpack`
 */
export async function whileUnchanged(
  { file, files }: Source,
  unpack: () => Promise<string>,
): Promise<string> {
  const before = await stampsOf(files);
  const refuseChange = async (): Promise<void> => {
    if ((await stampsOf(files)) !== before) throw new AppError('inputChanged', { path: file });
  };
  let unpacked: string;
  try {
    unpacked = await unpack();
  } catch (error) {
    // The change explains the damage that was found.
    if (!AppError.is(error, 'cancelled')) await refuseChange();
    throw error;
  }
  try {
    await refuseChange();
  } catch (error) {
    await rm(unpacked, { recursive: true, force: true });
    throw error;
  }
  return unpacked;
}
