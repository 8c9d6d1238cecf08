import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { BackupInfoCache } from '../../core/archive/inspect/backupInfoCache';
import type { MachineRecords } from '../../core/backups/records/machineRecords';
import { connectionLabel, type ConnectionProfile } from '../../core/model/profile';
import { AppError } from '../../core/errors';
import type { BackupJob } from '../../core/model/job';
import type { BackupRequest } from '../../core/jobs/backup/backupRequest';
import type { JobHandle, Jobs } from '../../core/jobs/manager/jobs';
import {
  permittedByUser,
  vouchedFor,
  type Permitted,
} from '../../core/jobs/restore/restorePermission';
import type { RestoreOptions } from '../../core/model/options';
import type { ConfirmationRequest } from '../../core/jobs/restore/confirmationFacts';
import type { RestoreRequest } from '../../core/jobs/restore/restoreJob';
import { onlyReads, type WantedVerify } from '../../core/jobs/verify/verifyRequest';
import type { ConnectionService } from '../connections/connectionService';
import { confirmRestore } from '../ui/confirmRestore';
import { confirmOverwrite } from '../ui/dialogs';
import type { Settings } from '../settings/settings';
import { requireTrust } from '../settings/trust';

type WithId<T> = T & { jobId?: string | undefined };

/** Starts jobs, after asking what must be asked first. */
export class JobService {
  constructor(
    private readonly jobs: Jobs,
    private readonly settings: Settings,
    private readonly connections: ConnectionService,
    private readonly backups: { files: BackupInfoCache; records: MachineRecords },
  ) {}

  /**
   * @returns null when the user does not want the existing output replaced.
   * @throws AppError `workspaceUntrusted`, `connectionUnknown`, `connectionInvalid`,
   *   `connectionUnused`, `jobIdTaken`
   */
  async startBackup(request: WithId<Omit<BackupRequest, 'overwrite'>>): Promise<JobHandle | null> {
    requireTrust();
    const { options } = request;
    // An unknown connection is refused before the user is asked anything.
    await this.connections.requireUse(this.settings.connection(options.connectionId));
    return this.expecting('backup', () => this.startAllowedBackup(request));
  }

  private async startAllowedBackup(
    request: WithId<Omit<BackupRequest, 'overwrite'>>,
  ): Promise<JobHandle | null> {
    const { options } = request;
    // The proposed backup folder is created on first use; any other folder must exist.
    const directory = this.settings.backupDirectory();
    if (path.dirname(options.outputPath) === directory) await mkdir(directory, { recursive: true });
    let overwrite = false;
    if (path.isAbsolute(options.outputPath)) {
      const { inspectOutput } = await import('../../core/jobs/backup/outputTarget');
      const {
        state,
        path: place,
        isLink,
      } = await inspectOutput(options.outputPath, options.format);
      if (state === 'replaceable') {
        const { outputPath } = options;
        overwrite = await confirmOverwrite(outputPath, isLink ? place : outputPath);
        if (!overwrite) return null;
      }
    }
    const workspaceDir = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? null;
    const manifest = this.settings.manifest() ? { workspaceDir } : null;
    return this.jobs.startBackup({ ...request, overwrite, manifest });
  }

  /**
   * Starts a restore. Asks the user where there is a reason to, unless the caller has
   * confirmed it.
   *
   * @returns null when the user declined.
   * @throws AppError `workspaceUntrusted`, `connectionUnknown`, `connectionInvalid`,
   *   `connectionReadOnly`, `jobIdTaken`, and as `findNeededConfirmation`
   */
  async startRestore(
    request: WithId<RestoreRequest> & { confirmed?: boolean | undefined },
  ): Promise<JobHandle | null> {
    requireTrust();
    const { confirmed = false, ...wanted } = request;
    const { options } = wanted;
    const profile = this.writable(options.connectionId);
    await this.connections.requireUse(profile);
    const asked: ConfirmationRequest = {
      ...options,
      kind: isOfServer(options) ? 'server' : 'database',
    };
    // A user who was asked has also accepted a file that differs; a caller that confirms in advance
    // has not.
    const safety = {
      directory: this.settings.backupDirectory(),
      manifest: this.settings.manifest(),
    };
    const prepared = { ...wanted, acceptDifferences: !confirmed, safety };
    const permitted = confirmed
      ? vouchedFor(prepared)
      : await this.passPreflight(prepared, profile, asked);
    if (permitted === null) return null;
    const handle = await this.expecting('restore', async () => {
      const known = await this.backups.files.known(options.inputPath);
      return this.jobs.startRestore({ ...permitted, known });
    });
    // The known facts about the database are out of date, however the restore ends.
    void handle.finished.then(() =>
      isOfServer(options)
        ? this.connections.forgetAll()
        : this.connections.forget(options.connectionId),
    );
    return handle;
  }

  /**
   * Starts a verification. A trial restore has the same preflight checks.
   *
   * @returns null when the user declined.
   * @throws AppError `workspaceUntrusted`, `jobIdTaken`; for a trial restore as `startRestore`
   */
  async startVerify(
    request: WithId<WantedVerify> & { confirmed?: boolean | undefined },
  ): Promise<JobHandle | null> {
    requireTrust();
    const { confirmed = false, ...rest } = request;
    const wanted = { ...rest, manifest: this.settings.manifest() };
    const { connectionId } = wanted.options;
    if (connectionId !== undefined) {
      await this.connections.requireUse(this.settings.connection(connectionId));
    }
    if (onlyReads(wanted)) return this.jobs.startVerify(wanted);
    const permitted = confirmed ? vouchedFor(wanted) : await this.passTrialPreflight(wanted);
    return permitted && this.jobs.startVerify(permitted);
  }

  /** Lets the job's process come up while the last is found out about the job. */
  private async expecting<H extends JobHandle | null>(
    kind: BackupJob['type'],
    start: () => Promise<H>,
  ): Promise<H> {
    const stop = this.jobs.expect(kind);
    try {
      const handle = await start();
      if (handle === null) stop();
      else void handle.finished.then(stop);
      return handle;
    } catch (error) {
      stop();
      throw error;
    }
  }

  private passTrialPreflight<R extends WantedVerify>(wanted: R): Promise<Permitted<R> | null> {
    const { inputPath, inputMember, connectionId } = wanted.options;
    if (connectionId === undefined) {
      throw new AppError('optionInvalid', { field: 'connectionId', problem: { code: 'missing' } });
    }
    return this.passPreflight(wanted, this.writable(connectionId), {
      kind: 'trial',
      inputPath,
      inputMember,
      targetDatabase: null,
      createDatabase: true,
      clean: false,
      checksums: false,
    });
  }

  /** The connection, unless nothing may be restored into it. */
  private writable(connectionId: string): ConnectionProfile {
    const profile = this.settings.connection(connectionId);
    if (profile.readOnly === true) {
      throw new AppError('connectionReadOnly', { name: connectionLabel(profile) });
    }
    return profile;
  }

  private passPreflight<R>(
    request: R,
    profile: ConnectionProfile,
    asked: ConfirmationRequest,
  ): Promise<Permitted<R> | null> {
    return permittedByUser(request, asked, {
      profile,
      inherited: process.env,
      readInput: (path) =>
        this.backups.files.info(path, { member: asked.inputMember ?? undefined }),
      madeHere: (path) => this.backups.records.madeHere(path),
      readTarget: (database) => this.connections.readTarget(profile, database),
      readDatabases: () => this.connections.readDatabases(profile),
      confirm: (confirmation) => confirmRestore(confirmation, asked.inputPath),
    });
  }
}

/** Does the restore go to the databases that a script of pg_dumpall names? */
function isOfServer({
  wholeServer,
  databases,
}: Pick<RestoreOptions, 'wholeServer' | 'databases'>): boolean {
  return wholeServer || databases !== null;
}
