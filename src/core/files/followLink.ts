import { lstat, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';

/** Linux's own limit. */
const MAX_LINKS = 40;

/**
 * Where the file will be that is written to this path: the path itself, or where a link of that name
 * leads, also when nothing is there yet. A file that is moved to the path of a link would replace it.
 *
 * @returns an absolute path whose last part is no link
 * @throws system errors; ELOOP where links lead in a circle
 */
export async function followLink(file: string): Promise<string> {
  let at = path.resolve(file);
  for (let links = 0; links <= MAX_LINKS; links++) {
    const found = await lstat(at).catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return null;
      throw error;
    });
    if (found?.isSymbolicLink() !== true) return at;
    // A relative link counts from where it really is.
    const dir = await realpath(path.dirname(at));
    at = path.resolve(dir, await readlink(at));
  }
  throw Object.assign(new Error(`too many links: ${file}`), { code: 'ELOOP' });
}
