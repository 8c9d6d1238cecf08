import { closeSync, ftruncateSync, openSync } from 'node:fs';
import path from 'node:path';

/** Reading so many zeros, which are on no disk, takes longer than any test. */
const BYTES = 2 ** 40;

/** Makes a member of a directory whose hash does not end; by default one of a large object. */
export function heldMember(directory: string, name = 'blob_1.dat'): void {
  const fd = openSync(path.join(directory, name), 'w');
  ftruncateSync(fd, BYTES);
  closeSync(fd);
}
