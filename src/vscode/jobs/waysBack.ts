import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { readDatabaseSessions } from '../../core/catalog/swap/databaseSessions';
import { AppError } from '../../core/errors';
import { restoreDefaults } from '../../core/forms/restore/restoreDefaults';
import { salvageOptions } from '../../core/forms/restore/restoreForm';
import type { Jobs } from '../../core/jobs/manager/jobs';
import {
  copyName,
  dropCopy,
  exchangeDatabases,
  type SwapServer,
} from '../../core/jobs/restore/swap/exchangeDatabases';
import type { DatabaseSwap } from '../../core/model/ways/databaseSwap';
import type { BackupJob } from '../../core/model/job';
import type { RestoreOptions } from '../../core/model/options';
import { connectionLabel, type ConnectionProfile } from '../../core/model/profile';
import { nothingLeftText } from '../../core/text/ways/wayBackText';
import { waysBack, type WayBack } from '../../core/text/ways/waysBack';
import { listNames } from '../../core/text/names';
import type { ConnectionService } from '../connections/connectionService';
import { withSwapServer, type SwapConnections } from '../connections/swapServer';
import { requireTrust } from '../settings/trust';
import { literalLabel } from '../text/literalText';
import { askBefore } from '../ui/askBefore';
import { typeName } from '../ui/typeName';
import { window } from '../ui/window';
import type { PreflightService } from './preflightService';

export interface WaysBackParts extends SwapConnections {
  jobs: Jobs;
  connections: ConnectionService;
  preflight: Pick<PreflightService, 'rest'>;
  openRestore: (start: { inputPath: string; options: RestoreOptions }) => Promise<void>;
  /** The databases of a server have other names now. */
  changed: () => void;
}

/** How many sessions a question names. */
const MOST_SESSIONS = 5;
const LOOK = { timeoutMs: 10_000 };

/** Brings back what was there before a restore, or drops what is not needed any more, on demand. */
export class WaysBack {
  constructor(private readonly parts: WaysBackParts) {}

  /**
   * Asks first, unless the caller has confirmed it. Nothing is done that the job does not offer.
   *
   * @throws AppError `workspaceUntrusted`, `connectionUnknown`, `connectionReadOnly`,
   *   `databaseInUse`, `swapChanged` and others of `exchangeDatabases`; `inputMissing`
   */
  async take(job: BackupJob, way: WayBack, confirmed = false): Promise<void> {
    requireTrust();
    if (!waysBack(job).includes(way)) return;
    if (way === 'restoreSafetyBackup') return this.openSafetyBackup(job);
    if (way === 'restoreRest') return this.openRest(job);
    if (way === 'salvage') return this.openSalvage(job);
    if (job.swap === undefined) return;
    const profile = this.parts.settings.connection(job.options.connectionId ?? '');
    if (profile.readOnly === true) {
      throw new AppError('connectionReadOnly', { name: connectionLabel(profile) });
    }
    const { swap } = job;
    const done = await withSwapServer(this.parts, profile, swap, async (server) => {
      if (way === 'dropCopy') {
        const agreed = confirmed || (await askDrop(profile, swap));
        return agreed ? dropCopy(server, swap) : null;
      }
      const sessions = confirmed ? [] : await sessionsOf(server, swap, way);
      const agreed = confirmed || (await askExchange(profile, swap, way, sessions));
      return agreed ? exchange(server, swap, way, confirmed || sessions.length > 0) : null;
    });
    if (done === null) return;
    this.parts.jobs.noteSwap(job.id, done);
    this.parts.connections.forget(profile.id);
    this.parts.changed();
    void window.showInformationMessage(doneText(done));
  }

  /** With the options of that restore; the form looks ahead and asks like any other restore. */
  private async openRest(job: BackupJob): Promise<void> {
    const rest = await this.parts.preflight.rest(job, job.options as RestoreOptions);
    if (rest === null) void window.showInformationMessage(nothingLeftText());
    else await this.parts.openRestore({ inputPath: rest.inputPath, options: rest });
  }

  /** With the options of that restore, which the user sends into a new database. */
  private async openSalvage(job: BackupJob): Promise<void> {
    const options = salvageOptions(job.options as RestoreOptions);
    await this.parts.openRestore({ inputPath: options.inputPath, options });
  }

  /** The form opens: it looks ahead and asks like any other restore. */
  private async openSafetyBackup({ options, safetyBackup }: BackupJob): Promise<void> {
    if (safetyBackup === undefined) return;
    const { path, database, tables, schemas } = safetyBackup;
    if (!existsSync(path)) throw new AppError('inputMissing', { path });
    const part = tables !== null || schemas !== null;
    await this.parts.openRestore({
      inputPath: path,
      options: {
        ...restoreDefaults(),
        inputPath: path,
        connectionId: options.connectionId ?? '',
        targetDatabase: database,
        // A whole database is best brought back beside what is there now; of a part, only that.
        ...(part ? partBack(options as RestoreOptions) : { swapIn: true }),
      },
    });
  }
}

/** How a part comes back: as it was replaced, because what depends on it is in the way of dropping. */
function partBack({ replaceRows }: RestoreOptions): Partial<RestoreOptions> {
  return replaceRows
    ? { replaceRows, dataOnly: true, singleTransaction: true }
    : { clean: true, ifExists: true };
}

/** Whoever is connected to one of the two that change names, as a question names them. */
async function sessionsOf(
  { psql, connection }: SwapServer,
  { database, copy, aside }: DatabaseSwap,
  to: 'swapIn' | 'swapBack',
): Promise<string[]> {
  const names = [database, to === 'swapIn' ? copy : aside];
  const sessions = await readDatabaseSessions(psql, connection, names, LOOK);
  const named = sessions
    .slice(0, MOST_SESSIONS)
    .map(({ pid, user, application }) =>
      [`${user || application} (${pid})`, user === '' ? '' : application]
        .filter((part) => part !== '')
        .join(' '),
    );
  if (sessions.length > named.length) {
    named.push(vscode.l10n.t('{0} more', (sessions.length - named.length).toLocaleString()));
  }
  return named;
}

async function askExchange(
  profile: ConnectionProfile,
  { database, copy, aside }: DatabaseSwap,
  to: 'swapIn' | 'swapBack',
  sessions: readonly string[],
): Promise<boolean> {
  const incoming = to === 'swapIn' ? copy : aside;
  const agreed = await askBefore({
    title:
      to === 'swapIn'
        ? vscode.l10n.t('Put the restored database in the place of "{0}"?', database)
        : vscode.l10n.t('Put the old database "{0}" back in its place?', database),
    detail: [
      vscode.l10n.t('Connection: {0}', connectionLabel(profile)),
      vscode.l10n.t('"{0}" takes the name "{1}"; nothing is dropped.', incoming, database),
      ...(sessions.length === 0
        ? []
        : [vscode.l10n.t('Sessions that are ended for it: {0}.', listNames(sessions))]),
      ...(to === 'swapBack'
        ? [vscode.l10n.t('What was written into the restored database stays in that one.')]
        : []),
    ],
    dangerous: exchangeWord(to, sessions.length > 0),
    safe: vscode.l10n.t('Change Nothing'),
  });
  if (!agreed || profile.environment !== 'production') return agreed;
  return typeName(database, {
    title: vscode.l10n.t('Exchange Databases in Production'),
    prompt: vscode.l10n.t('Type {0} to exchange the databases.', literalLabel(database)),
  });
}

async function exchange(
  server: SwapServer,
  swap: DatabaseSwap,
  to: 'swapIn' | 'swapBack',
  endSessions: boolean,
): Promise<DatabaseSwap> {
  return window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Exchanging the databases'),
    },
    () => exchangeDatabases(server, swap, { to, endSessions, now: new Date() }),
  );
}

/** What is dropped is gone: its name is typed, whatever the environment. */
async function askDrop(profile: ConnectionProfile, swap: DatabaseSwap): Promise<boolean> {
  const name = copyName(swap);
  const agreed = await askBefore({
    title: vscode.l10n.t('Drop the database "{0}"?', name),
    detail: [
      vscode.l10n.t('Connection: {0}', connectionLabel(profile)),
      swap.state === 'swapped'
        ? vscode.l10n.t('It is what "{0}" was before the restore.', swap.database)
        : vscode.l10n.t('It was restored beside "{0}", which stays.', swap.database),
      vscode.l10n.t('It cannot be brought back.'),
    ],
    dangerous: vscode.l10n.t('Drop Database'),
    safe: vscode.l10n.t('Keep It'),
  });
  if (!agreed) return false;
  return typeName(name, {
    title: vscode.l10n.t('Drop Database'),
    prompt: vscode.l10n.t('Type {0} to drop it.', literalLabel(name)),
  });
}

function exchangeWord(to: 'swapIn' | 'swapBack', endsSessions: boolean): string {
  if (to === 'swapIn') {
    return endsSessions ? vscode.l10n.t('End Sessions and Swap In') : vscode.l10n.t('Swap In');
  }
  return endsSessions ? vscode.l10n.t('End Sessions and Swap Back') : vscode.l10n.t('Swap Back');
}

/** What is where now, also where nothing had to be done any more. */
function doneText({ state, database, copy, aside }: DatabaseSwap): string {
  switch (state) {
    case 'swapped':
      return vscode.l10n.t(
        'The restored database is now called "{0}"; the old one is kept as "{1}".',
        database,
        aside,
      );
    case 'ready':
    case 'restoring':
    case 'swapping':
      return vscode.l10n.t(
        'The old database is called "{0}" again; the restored one is kept as "{1}".',
        database,
        copy,
      );
    case 'dropped':
      return vscode.l10n.t('The other database is gone; "{0}" stays.', database);
  }
}
