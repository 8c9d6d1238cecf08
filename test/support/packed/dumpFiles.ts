import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repoPaths } from '../repoPaths';

const archives = path.join(repoPaths.fixtures, 'archives');
/** Absolute path of a real archive. */
export const real = (name: string): string => path.join(archives, name);
export const bytesOf = (name: string): Buffer => readFileSync(real(name));

/** Unpacks a tar archive of pg_dump's as `tar -x` does. */
export function extractTar(name: string, into: string): void {
  mkdirSync(into, { recursive: true });
  const tar = bytesOf(name);
  for (let at = 0; tar[at] !== 0;) {
    const member = tar.toString('latin1', at, at + 100).replace(/\0.*$/s, '');
    const size = parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    writeFileSync(path.join(into, member), tar.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

/** A dump cut into files of `size` bytes; `without` leaves some out. Returns the path of the first. */
export function split(
  dir: string,
  content: Buffer,
  { names, open, without = [] }: { names: string[]; open: string; without?: string[] },
): string {
  const size = Math.ceil(content.length / names.length);
  names.forEach((name, i) => {
    if (without.includes(name)) return;
    writeFileSync(path.join(dir, name), content.subarray(i * size, (i + 1) * size));
  });
  return path.join(dir, open);
}
