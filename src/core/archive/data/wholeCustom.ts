import { openFileSource } from '../bytes/byteSource';
import { AppError } from '../../errors';
import { readTocFrom } from '../file/readTocFrom';
import { checkCustom } from './customBlocks';

/**
 * Is this a custom archive that contains everything that its table of contents lists, as
 * `assertWhole` says? For what pg_dump has just written: a backup's job need not load what tells
 * other files apart, and says what is wrong with them. false = that has to be asked.
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function isWholeCustom(path: string, signal?: AbortSignal): Promise<boolean> {
  const source = await openFileSource(path);
  try {
    const place = { path, file: path, container: 'custom', start: 0, end: source.size } as const;
    const toc = await readTocFrom(source, place, { signal });
    if (toc.damage !== null) return false;
    return (await checkCustom(source, toc, { signal })).complete !== false;
  } catch (error) {
    if (AppError.is(error, 'archiveDamaged') || AppError.is(error, 'archiveVersionUnsupported')) {
      return false;
    }
    throw error;
  } finally {
    await source.close();
  }
}
