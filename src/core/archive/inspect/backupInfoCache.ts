import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ByteRange } from '../bytes/pieces';
import type { BackupInfoOptions } from './backupInfo';
import type { OpenDumpOptions, UnpackedDumps } from '../packed/unpackedDumps';
import type { BackupInfo } from '../../model/archive';
import { refuseUnfinished } from '../file/unfinished';

/** Information about a file, with a stamp that shows whether the file is unchanged. Plain JSON. */
export interface KnownBackup {
  info: BackupInfo;
  stamp: string;
  /** Where the dump in it lies, of a file that had to be unpacked, while nobody has removed it. */
  unpacked?: string;
  /** Where a script has the rows of large tables. */
  largeRows?: ByteRange[];
}

/** A form, its question and its job ask about one file; a few forms may be open. */
const MAX_KNOWN = 4;

/**
 * Changes whenever the file does; null for anything but a file. (A directory's members can change
 * without a trace in the directory, so directories are not cached.)
 */
async function stampOf(file: string): Promise<string | null> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  if (!found?.isFile()) return null;
  const { dev, ino, size, mtimeNs } = found;
  return [path.resolve(file), dev, ino, size, mtimeNs].join(' ');
}

/** The cached information about `file`, unless it was replaced or changed. */
export async function stillTrue(
  known: KnownBackup | undefined,
  file: string,
): Promise<BackupInfo | null> {
  if (known === undefined || known.stamp !== (await stampOf(file))) return null;
  return { ...known.info, path: file };
}

/**
 * `getBackupInfo` for all who look at the same file one after another: a script of gigabytes is
 * scanned once, not for the form, the question before the restore and the job again.
 */
export class BackupInfoCache {
  private readonly cached = new Map<string, KnownBackup>();

  constructor(private readonly dumps: UnpackedDumps) {}

  /**
   * What a backup is and what is in it; a packed file is unpacked first.
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
    } finally {
      dump.release();
    }
    // A file that changed while it was read is not known.
    if (before !== null && before === (await stampOf(file))) {
      this.store(file, { info, stamp: before, ...(packed ? { unpacked: at } : { largeRows }) });
    }
    return info;
  }

  /** Result of `info` for the file in its present state; undefined when not requested yet. */
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
