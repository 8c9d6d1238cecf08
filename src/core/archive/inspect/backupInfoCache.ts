import { asGiven } from '../packed/asGiven';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ByteRange } from '../bytes/pieces';
import type { BackupInfoOptions } from './backupInfo';
import type { OpenDumpOptions, UnpackedDumps } from '../packed/unpackedDumps';
import type { BackupInfo } from '../../model/archive';
import { refuseUnfinished } from '../file/unfinished';

/** What is known about a file, with a stamp that detects changes. Plain JSON. */
export interface KnownBackup {
  info: BackupInfo;
  stamp: string;
  /** Path of the unpacked dump, for a packed file, as long as it exists. */
  unpacked?: string;
  /** Places of large tables' rows in a script. */
  largeRows?: ByteRange[];
}

/** A form, its questions and its job use one file; several forms may be open. */
const MAX_KNOWN = 4;

/**
 * A stamp that changes whenever the file does; null for anything but a regular file. (Members can
 * change without a change of their directory, so directory archives are not cached.)
 */
async function stampOf(file: string): Promise<string | null> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  if (!found?.isFile()) return null;
  const { dev, ino, size, mtimeNs } = found;
  return [path.resolve(file), dev, ino, size, mtimeNs].join(' ');
}

/** The cached facts about `file`, unless the file was replaced or changed. */
export async function stillTrue(
  known: KnownBackup | undefined,
  file: string,
): Promise<BackupInfo | null> {
  if (known === undefined || known.stamp !== (await stampOf(file))) return null;
  return { ...known.info, path: file };
}

/**
 * Caches `getBackupInfo`, so that a large script is scanned once, rather than for the form, for the
 * confirmation and for the job.
 */
export class BackupInfoCache {
  private readonly cached = new Map<string, KnownBackup>();

  constructor(private readonly dumps: UnpackedDumps) {}

  /**
   * Describes a backup; unpacks a packed file first.
   *
   * @throws AppError as `getBackupInfo`, `UnpackedDumps.open` and `refuseUnfinished`
   */
  async info(
    file: string,
    options: BackupInfoOptions & Pick<OpenDumpOptions, 'member' | 'ask'> = {},
  ): Promise<BackupInfo> {
    refuseUnfinished(file);
    const before = await stampOf(file);
    const wanted = options.member ?? this.dumps.memberOf(file);
    const known = await stillTrue(this.cached.get(path.resolve(file)), file);
    if (known && (wanted === null || wanted === known.packed?.member)) return known;
    const { signal, member, ask } = options;
    const [{ getBackupInfo }, dump] = await Promise.all([
      import('./backupInfo'),
      this.dumps.open(file, { signal, member, ask }),
    ]);
    const { packed, path: at } = dump;
    let info: BackupInfo;
    let largeRows: ByteRange[] = [];
    const onLargeRows = (rows: ByteRange[]): void => {
      largeRows = rows;
    };
    try {
      info = {
        ...(await getBackupInfo(at, { ...options, onLargeRows })),
        path: file,
        ...(packed ? { packed } : {}),
      };
    } catch (error) {
      throw asGiven(error, file, at);
    } finally {
      dump.release();
    }
    // If the file changed meanwhile, the result is not cached.
    if (before !== null && before === (await stampOf(file))) {
      this.store(file, { info, stamp: before, ...(packed ? { unpacked: at } : { largeRows }) });
    }
    return info;
  }

  /** The cached facts about `file` as it is now; undefined = there are none. */
  async known(file: string): Promise<KnownBackup | undefined> {
    const known = this.cached.get(path.resolve(file));
    return (await stillTrue(known, file)) === null ? undefined : known;
  }

  private store(file: string, known: KnownBackup): void {
    const key = path.resolve(file);
    this.cached.delete(key);
    this.cached.set(key, known);
    const [oldest] = this.cached.keys();
    if (this.cached.size > MAX_KNOWN && oldest !== undefined) this.cached.delete(oldest);
  }
}
