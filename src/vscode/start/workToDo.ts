import { watch } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type * as vscode from 'vscode';
import { hasUnpackedDumps } from '../../core/archive/packed/unpackedFolders';
import { hasUnfinishedJobs } from '../../core/jobs/supervisor/store/unfinishedJobs';
import { Throttle } from '../../core/throttle';

/** Shortest interval in milliseconds between two looks into the store. */
const LOOK_MS = 200;

/** Where work can be found. */
export interface WorkPlaces {
  /** Absolute path; it is made where it is missing, for this user only. */
  storeDir: string;
  /** Absolute path of the system's directory for temporary files. */
  tempDir: string;
}

/**
 * Calls `found` once when there is something to do that nobody asks for: a job runs that an earlier
 * window left, or one that another window starts; or a killed window left unpacked dumps.
 */
export class WorkToDo implements vscode.Disposable {
  /** Resolves after the first look. */
  readonly looked: Promise<void>;
  private readonly looking = new Throttle(() => void this.look(), LOOK_MS);
  private close = (): void => undefined;
  private done = false;
  private first = true;

  constructor(
    private readonly places: WorkPlaces,
    private readonly found: () => void,
  ) {
    this.looked = this.start();
  }

  /** Has nobody looked yet? What runs now was left by an earlier window. */
  get isFirstLook(): boolean {
    return this.first;
  }

  dispose(): void {
    this.done = true;
    this.looking.cancel();
    this.close();
  }

  private async start(): Promise<void> {
    const { storeDir, tempDir } = this.places;
    try {
      await mkdir(storeDir, { recursive: true, mode: 0o700 });
      if (this.done) return;
      const watcher = watch(storeDir, { persistent: false }, () => this.looking.request());
      watcher.on('error', () => watcher.close());
      this.close = () => watcher.close();
    } catch {
      // Without the watcher, jobs that other windows start are seen once the extension is used.
    }
    await this.look();
    this.first = false;
    if (!this.done && (await hasUnpackedDumps(tempDir))) this.tell();
  }

  private async look(): Promise<void> {
    if (!this.done && (await hasUnfinishedJobs(this.places.storeDir))) this.tell();
  }

  private tell(): void {
    if (this.done) return;
    this.dispose();
    this.found();
  }
}
