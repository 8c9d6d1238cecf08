import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/**
 * A folder for this user alone, for as long as another program needs it. Where nobody removes it before,
 * it goes when this process ends.
 */
export class TemporaryFolder {
  readonly path: string;
  private readonly atExit = (): void => {
    try {
      this.removeNow();
    } catch {
      // Nobody is left who could try again.
    }
  };

  /** @throws system errors */
  constructor(prefix: string, base = os.tmpdir()) {
    // Only this user may look into it (0700).
    this.path = mkdtempSync(path.join(base, prefix));
    process.once('exit', this.atExit);
  }

  /** At once, where the system lets it go. Resolves with whether it is gone; never rejects. */
  async remove(): Promise<boolean> {
    const isGone = await this.removePatiently();
    process.off('exit', this.atExit);
    return isGone;
  }

  private async removePatiently(): Promise<boolean> {
    try {
      this.removeNow();
      return true;
    } catch {
      // Windows holds a folder for a moment after a program in it was killed; its files are gone.
      const patient = { recursive: true, force: true, maxRetries: 20, retryDelay: 50 };
      return rm(this.path, patient).then(
        () => true,
        () => false,
      );
    }
  }

  private removeNow(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
