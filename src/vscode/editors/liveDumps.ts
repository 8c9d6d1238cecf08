import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { connectionLabel, type ConnectionProfile } from '../../core/model/profile';
import { AppError } from '../../core/errors';
import { makeOwnedFolder } from '../../core/files/ownedFolder';
import { backupDefaults } from '../../core/forms/backup/backupDefaults';
import { progressText } from '../../core/text/jobText';
import { isFinished } from '../../core/model/job';
import type { Jobs } from '../../core/jobs/manager/jobs';
import { requireTrust } from '../settings/trust';
import { dumpOf } from './ddlDocuments';
import { cancellable } from '../ui/cancellable';
import { samePath } from '../../core/files/samePath';

/** Takes schema-only dumps of live databases to temporary files, and removes them after use. */
export class LiveDumps implements vscode.Disposable {
  private readonly folders = new Set<string>();
  /** Dumps that were released while an editor still showed them. */
  private readonly released = new Set<string>();
  private readonly tabs: vscode.Disposable;

  constructor(private readonly jobs: () => Promise<Jobs>) {
    this.tabs = vscode.window.tabGroups.onDidChangeTabs(() => this.sweep());
  }

  /**
   * Shows its progress and can be cancelled there.
   * @returns path of the dump, to be given back with `release`
   * @throws AppError `workspaceUntrusted`, `cancelled`, and what a backup fails with
   */
  async take(profile: ConnectionProfile): Promise<string> {
    requireTrust();
    const folder = await makeOwnedFolder('pgbackup-compare-');
    this.folders.add(folder);
    const outputPath = path.join(folder, 'schema.dump');
    try {
      await this.dump(profile, outputPath);
      return outputPath;
    } catch (error) {
      await this.remove(folder);
      throw error;
    }
  }

  release(dump: string): void {
    this.released.add(dump);
    this.sweep();
  }

  dispose(): void {
    this.tabs.dispose();
    // VS Code does not wait for asynchronous work when the window closes.
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }

  private async dump(profile: ConnectionProfile, outputPath: string): Promise<void> {
    const title = vscode.l10n.t('Reading the schema of {0}', connectionLabel(profile));
    await cancellable(title, async ({ signal, report }) => {
      const defaults = backupDefaults('custom');
      const jobs = await this.jobs();
      const handle = jobs.startBackup({
        options: {
          ...defaults,
          connectionId: profile.id,
          outputPath,
          includeData: false,
          noSync: true,
        },
        overwrite: false,
      });
      const { id } = handle.job;
      const stop = jobs.onUpdate((job) => {
        if (job.id === id && !isFinished(job.status)) report(progressText(job.progress));
      });
      const cancel = (): void => void jobs.cancel(id);
      signal.addEventListener('abort', cancel);
      // The code of jobs may have been loaded meanwhile.
      if (signal.aborted) cancel();
      try {
        const { status } = await handle.finished;
        if (status === 'cancelled') throw new AppError('cancelled', {});
        const failure = jobs.failure(id);
        if (failure !== null) throw failure;
      } finally {
        stop();
        // The dump is temporary, so no record of its job is kept.
        await jobs.remove(id).catch(() => undefined);
      }
    });
  }

  /** An editor whose tab is in the background asks for its text again when it is shown. */
  private sweep(): void {
    if (this.released.size === 0) return;
    const shown = openDumps();
    for (const dump of [...this.released]) {
      if (shown.some((one) => samePath(one, dump))) continue;
      this.released.delete(dump);
      void this.remove(path.dirname(dump));
    }
  }

  private async remove(folder: string): Promise<void> {
    this.folders.delete(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Dumps that tabs show parts of. */
function openDumps(): string[] {
  const uris = vscode.window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.flatMap(({ input }) => {
      if (input instanceof vscode.TabInputText) return [input.uri];
      if (input instanceof vscode.TabInputTextDiff) return [input.original, input.modified];
      // The API does not show the contents of this kind of tab (several diffs in one).
      return input === undefined ? vscode.workspace.textDocuments.map(({ uri }) => uri) : [];
    }),
  );
  return uris.map(dumpOf).filter((dump) => dump !== '');
}
