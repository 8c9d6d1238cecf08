import type { BigIntStats } from 'node:fs';

/**
 * Changes whenever a file is written to or replaced, even if its times are reset afterwards: nobody
 * can set a file's ctime.
 */
export function fileStamp({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}
