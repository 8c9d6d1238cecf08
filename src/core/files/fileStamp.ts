import type { BigIntStats, Stats } from 'node:fs';

/**
 * Changes whenever a file is written to or replaced, even if its times are reset afterwards: nobody
 * can set a file's ctime.
 */
export function fileStamp({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

/**
 * The same by times in milliseconds, as `statAll` tells them of thousands of files: what has written to
 * a file since has changed its size or one of these.
 */
export function quickStamp({ dev, ino, size, mode, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mode, mtimeMs, ctimeMs].join(' ');
}
