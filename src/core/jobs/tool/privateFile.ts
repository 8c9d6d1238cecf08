import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JobRun } from '../job/jobContext';

/** Makes a directory of this user's alone, which goes when the job ends, with all that is in it. */
export function privateDirectory({ services: { tempDir }, cleanups }: JobRun): string {
  mkdirSync(tempDir, { recursive: true });
  // mkdtemp makes it accessible to this user only.
  const dir = mkdtempSync(path.join(tempDir, 'pgbackup-'));
  cleanups.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** A file that a tool reads, in a directory of its own. */
export class PrivateFile {
  private made: string | undefined;

  constructor(
    private readonly run: JobRun,
    private readonly name: string,
  ) {}

  /** The directory is made when the path is first asked for. */
  get path(): string {
    this.made ??= path.join(privateDirectory(this.run), this.name);
    return this.made;
  }

  /** Once. */
  write(content: string | Buffer): Promise<void> {
    return writeFile(this.path, content, { mode: 0o600, flag: 'wx' });
  }
}
