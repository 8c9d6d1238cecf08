import { randomUUID } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import { CooperativeLoop } from '../../core/cooperativeLoop';
import type { ServerDatabase } from '../../core/catalog/readDatabases';
import { messageOf } from '../../core/errors';
import { backupDefaults, FIRST_CHOICES } from '../../core/forms/backup/backupDefaults';
import { valuesOutside } from '../../core/forms/fields/fieldValues';
import { backupFields } from '../../core/model/backupFields';
import type { BackupJob } from '../../core/model/job';
import { cancelEach, startEach } from '../../core/jobs/manager/batch';
import type { JobHandle, Jobs } from '../../core/jobs/manager/jobs';
import { connectionLabel, type ConnectionProfile } from '../../core/model/profile';
import type { BackupOptions, RememberedBackup } from '../../core/model/options';
import { formatBytes } from '../../core/text/formatBytes';
import { listNames } from '../../core/text/names';
import type { ConnectionService } from '../connections/connectionService';
import type { BackupEstimates } from '../connections/backupEstimates';
import { settleProfile } from '../connections/settleProfile';
import { suggestOutputPath } from '../connections/outputPaths';
import type { JobService } from '../jobs/jobService';
import type { WatchedJobs } from '../jobs/watchedJobs';
import { LastOptions } from '../settings/lastOptions';
import type { Settings } from '../settings/settings';
import { errorMessage } from '../text/errorText';
import { window } from '../ui/window';

/** Longest wait, in milliseconds, until all listeners know that a job has ended. */
const UNWATCH_MS = 1000;

export interface BatchParts {
  settings: Settings;
  connections: ConnectionService;
  estimates: BackupEstimates;
  service: JobService;
  watched: WatchedJobs;
  workspaceState: vscode.Memento;
  jobs: Pick<Jobs, 'cancel'>;
}

/** What is backed up in one go. */
interface Batch {
  databases: readonly string[];
  /** Roles and tablespaces, which no backup of a database holds. */
  globals: boolean;
}

interface Item extends vscode.QuickPickItem {
  database: string | null;
}

/**
 * Several databases of a server in one go: an archive and a job for each, the globals beside them,
 * and one message about all.
 *
 * @param chosen the databases; without them the user is asked
 */
export async function backUpDatabases(
  parts: BatchParts,
  profile: ConnectionProfile,
  chosen?: readonly string[],
): Promise<void> {
  const title = vscode.l10n.t('Reading the databases of {0}', connectionLabel(profile));
  // Sizes of hundreds of databases take the server some seconds.
  const there = await window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    parts.connections.readSizes(profile),
  );
  const batch = await tickDatabases(profile, there, chosen ?? []);
  if (batch === undefined) return;
  const all = await batchOptions(parts, profile, batch);
  const ended = await window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Backing up {0} of {1}', countText(batch), connectionLabel(profile)),
      cancellable: true,
    },
    (progress, token) => runAll(parts, all, progress, token),
  );
  await summarize(profile, ended);
}

function tickDatabases(
  profile: ConnectionProfile,
  databases: readonly ServerDatabase[],
  ticked: readonly string[],
): Promise<Batch | undefined> {
  const pick = window.createQuickPick<Item>();
  pick.title = vscode.l10n.t('Back Up Databases of {0}', connectionLabel(profile));
  pick.placeholder = vscode.l10n.t(
    'Check what is to be backed up, each into an archive of its own',
  );
  pick.canSelectMany = true;
  pick.ignoreFocusOut = true;
  pick.items = [
    ...databases.map(({ name, bytes }): Item => ({
      label: name,
      description: bytes === null ? '' : formatBytes(bytes),
      database: name,
    })),
    {
      label: vscode.l10n.t('Roles and tablespaces'),
      description: vscode.l10n.t('into a script beside them: no backup of a database holds them'),
      database: null,
    },
  ];
  // Without the roles that own them, databases are hard to restore on another server.
  pick.selectedItems = pick.items.filter(
    ({ database }) => database === null || ticked.includes(database),
  );
  return new Promise((resolve) => {
    let batch: Batch | undefined;
    pick.onDidAccept(() => {
      const selected = pick.selectedItems.map(({ database }) => database);
      if (selected.length === 0) return;
      batch = {
        databases: selected.filter((name) => name !== null),
        globals: selected.includes(null),
      };
      pick.hide();
    });
    pick.onDidHide(() => {
      pick.dispose();
      resolve(batch);
    });
    pick.show();
  });
}

/** The options of the last backup of this connection, as far as they are not about one database. */
async function batchOptions(
  { settings, connections, estimates, workspaceState }: BatchParts,
  { id: connectionId }: ConnectionProfile,
  { databases, globals }: Batch,
): Promise<BackupOptions[]> {
  const last: RememberedBackup | null = new LastOptions(workspaceState).backup(connectionId);
  const usual = last?.scope === 'database' ? last : null;
  const base = await settleProfile(
    {
      ...backupDefaults(usual?.format),
      ...(usual ?? FIRST_CHOICES),
      connectionId,
      outputPath: '',
    },
    { connections, estimates },
  );
  const outside = { ...backupDefaults('plain'), ...valuesOutside(backupFields, 'globals') };
  const all: BackupOptions[] = [
    ...databases.map((database): BackupOptions => ({ ...base, database })),
    ...(globals
      ? [{ ...outside, connectionId, outputPath: '', scope: 'globals' as const, database: null }]
      : []),
  ];
  const now = new Date();
  const taken = new Set<string>();
  // Each path asks for the settings and all connections.
  const loop = new CooperativeLoop();
  for (const options of all) {
    if (loop.shouldYield) await loop.yield();
    const wanted = suggestOutputPath(settings, connections, { ...options, now, several: true });
    options.outputPath = freePath(wanted, taken);
    taken.add(options.outputPath);
  }
  return all;
}

/** Two names may become the same file: `a/b` and `a_b`. */
function freePath(wanted: string, taken: ReadonlySet<string>): string {
  const { dir, base } = path.parse(wanted);
  const [, stem = base, extension = ''] = /^(.*?)(\.[^_]*)?$/s.exec(base) ?? [];
  let free = wanted;
  for (let n = 2; taken.has(free); n++) free = path.join(dir, `${stem}-${n}${extension}`);
  return free;
}

interface Ended {
  name: string;
  job: BackupJob | null;
  /** Why there is no job, or how it failed. */
  problem: string | null;
}

async function runAll(
  { service, watched, jobs }: BatchParts,
  all: readonly BackupOptions[],
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  token: vscode.CancellationToken,
): Promise<Ended[]> {
  const running = new Set<string>();
  token.onCancellationRequested(() => {
    void cancelEach(jobs, [...running]);
  });
  const watching: vscode.Disposable[] = [];
  let done = 0;
  const start = async (options: BackupOptions): Promise<JobHandle | null> => {
    if (token.isCancellationRequested) return null;
    const jobId = randomUUID();
    // One message tells of all of them.
    watching.push(watched.add({ visible: true, followed: jobId }));
    const handle = await service.startBackup({ jobId, options });
    if (handle === null) return null;
    running.add(jobId);
    // To start it took a while: it was not among those that `Cancel` has ended.
    if (token.isCancellationRequested) void cancelEach(jobs, [jobId]);
    return handle;
  };
  const end = async (
    options: BackupOptions,
    started: Promise<JobHandle | null>,
  ): Promise<Ended> => {
    const name = options.database ?? vscode.l10n.t('Roles and tablespaces');
    let handle: JobHandle | null = null;
    try {
      handle = await started;
      if (handle === null) return { name, job: null, problem: vscode.l10n.t('Cancelled.') };
      const job = await handle.finished;
      return { name, job, problem: null };
    } catch (error) {
      return { name, job: null, problem: errorMessage(error) || messageOf(error) };
    } finally {
      if (handle !== null) running.delete(handle.job.id);
      done++;
      progress.report({
        message: vscode.l10n.t('{0} of {1} done', done, all.length),
        increment: 100 / all.length,
      });
    }
  };
  try {
    return await startEach(all, start, end);
  } finally {
    // By now all listeners know that the jobs have ended.
    setTimeout(() => void vscode.Disposable.from(...watching).dispose(), UNWATCH_MS);
  }
}

async function summarize(profile: ConnectionProfile, ended: readonly Ended[]): Promise<void> {
  const label = connectionLabel(profile);
  const good = ended.filter(({ job }) => job?.status === 'completed');
  const showJobs = vscode.l10n.t('Show Jobs');
  const bytes = good.reduce((sum, { job }) => sum + (job?.sizeBytes ?? 0), 0);
  const answer =
    good.length === ended.length
      ? await window.showInformationMessage(
          vscode.l10n.t(
            'Backed up {0} of {1}: {2}.',
            listNames(good.map(({ name }) => name)),
            label,
            formatBytes(bytes),
          ),
          showJobs,
        )
      : await window.showErrorMessage(
          vscode.l10n.t(
            '{0} of {1} backups of {2} were not made: {3}',
            ended.length - good.length,
            ended.length,
            label,
            listNames(
              ended
                .filter(({ job }) => job?.status !== 'completed')
                .map(({ name, problem }) => (problem === null ? name : `${name} (${problem})`)),
            ),
          ),
          showJobs,
        );
  if (answer === showJobs) await vscode.commands.executeCommand('pgBackup.showJobs');
}

function countText({ databases, globals }: Batch): string {
  const count =
    databases.length === 1
      ? vscode.l10n.t('one database')
      : vscode.l10n.t('{0} databases', databases.length);
  if (databases.length === 0) return vscode.l10n.t('roles and tablespaces');
  return globals ? vscode.l10n.t('{0}, roles and tablespaces', count) : count;
}
