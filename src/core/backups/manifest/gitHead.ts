import { stat } from 'node:fs/promises';
import path from 'node:path';
import { readBounded } from '../../files/regularFile';
import type { GitHead } from '../../model/backups';

/** Repositories with 100,000 tags have 8 MB of packed refs; a larger file is ignored. */
const MAX_PACKED_REFS = 32 << 20;
const MAX_SMALL_FILE = 4096;
/** SHA-1, or SHA-256 in repositories with that object format. */
const COMMIT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Branch and commit of the repository that contains a directory, read from Git's own files. No
 * process is started, so the repository's configuration cannot run anything. null where there is no
 * repository, or its format is unknown (reftable). Never throws.
 */
export async function readGitHead(directory: string): Promise<GitHead | null> {
  try {
    const dir = await findGitDir(path.resolve(directory));
    return dir === null ? null : await readHead(dir);
  } catch {
    return null;
  }
}

/** The nearest `.git`, in the directory or above it. In a worktree or submodule `.git` is a file. */
async function findGitDir(start: string): Promise<string | null> {
  for (let dir = start; ; dir = path.dirname(dir)) {
    const candidate = path.join(dir, '.git');
    const found = await stat(candidate).catch(() => null);
    if (found?.isDirectory() === true) return candidate;
    if (found?.isFile() === true) {
      const link = /^gitdir: (.+)$/m.exec((await readText(candidate, MAX_SMALL_FILE)) ?? '')?.[1];
      // Opening a network share would send the user's credentials to its host (Windows).
      if (link === undefined || /^[/\\]{2}/.test(link)) return null;
      return path.resolve(dir, link.trimEnd());
    }
    if (dir === path.dirname(dir)) return null;
  }
}

async function readHead(gitDir: string): Promise<GitHead | null> {
  const head = (await readText(path.join(gitDir, 'HEAD'), MAX_SMALL_FILE))?.trimEnd();
  if (head === undefined) return null;
  if (COMMIT_ID.test(head)) return { branch: null, commit: head };
  const ref = /^ref: (refs\/.+)$/.exec(head)?.[1];
  if (ref === undefined || !isPlainRef(ref)) return null;
  const branch = ref.replace(/^refs\/heads\//, '');
  // A worktree has no branches of its own: they are in the main repository's directory.
  const common = (await readText(path.join(gitDir, 'commondir'), MAX_SMALL_FILE))?.trimEnd();
  const refs =
    common === undefined || /^[/\\]{2}/.test(common) ? gitDir : path.resolve(gitDir, common);
  const loose = (await readText(path.join(refs, ref), MAX_SMALL_FILE))?.trimEnd();
  if (loose !== undefined && COMMIT_ID.test(loose)) return { branch, commit: loose };
  return { branch, commit: await packedRef(path.join(refs, 'packed-refs'), ref) };
}

/** false for `ref: refs/heads/.invalid`, which reftable repositories have, and for names with `..`. */
function isPlainRef(ref: string): boolean {
  return (
    !/[\0\\]/.test(ref) && ref.split('/').every((part) => part !== '' && !part.startsWith('.'))
  );
}

async function packedRef(file: string, ref: string): Promise<string | null> {
  const text = await readText(file, MAX_PACKED_REFS);
  for (const line of text?.split('\n') ?? []) {
    const space = line.indexOf(' ');
    const id = line.slice(0, space);
    if (line.slice(space + 1) === ref && COMMIT_ID.test(id)) return id;
  }
  return null;
}

/** undefined when the file does not exist, or is larger than `limit`. */
async function readText(file: string, limit: number): Promise<string | undefined> {
  return readBounded(file, limit).then(String, () => undefined);
}
