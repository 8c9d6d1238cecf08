import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JobRun } from '../job/jobContext';

/** A file that a tool reads, in a private directory that goes when the job ends. */
export class PrivateFile {
  private made: string | undefined;

  constructor(
    private readonly run: JobRun,
    private readonly name: string,
  ) {}

  /** The directory is made when the path is first asked for. */
  get path(): string {
    if (this.made === undefined) {
      const { tempDir } = this.run.services;
      mkdirSync(tempDir, { recursive: true });
      // mkdtemp makes it accessible to this user only.
      const dir = mkdtempSync(path.join(tempDir, 'pgbackup-'));
      this.run.cleanups.push(() => rm(dir, { recursive: true, force: true }));
      this.made = path.join(dir, this.name);
    }
    return this.made;
  }

  /** Once. */
  write(content: string | Buffer): Promise<void> {
    return writeFile(this.path, content, { mode: 0o600, flag: 'wx' });
  }
}
