import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { BackupInfoCache } from '../../core/archive/inspect/backupInfoCache';
import { detectFile } from '../../core/archive/file/detectFile';
import { describeTarget } from '../../core/connections/libpq';
import { connectionLabel, type ConnectionProfile } from '../../core/model/profile';
import { AppError } from '../../core/errors';
import {
  clusterContents,
  clusterEffects,
  isClusterScript,
} from '../../core/forms/restore/clusterRestore';
import type { RestoreOptions } from '../../core/model/options';
import { isDestructive } from '../../core/forms/restore/restoreForm';
import type { BackupRequest } from '../../core/jobs/backup/backupRequest';
import type { JobHandle, Jobs } from '../../core/jobs/manager/jobs';
import { inspectOutput } from '../../core/jobs/backup/outputTarget';
import type { RestoreRequest } from '../../core/jobs/restore/restoreJob';
import type { VerifyRequest } from '../../core/jobs/verify/verifyJob';
import type { ConnectionService } from '../connections/connectionService';
import { confirmClusterRestore, confirmDestructiveRestore, confirmOverwrite } from '../ui/dialogs';
import type { Settings } from '../settings/settings';
import { requireTrust } from '../settings/trust';

type WithId<T> = T & { jobId?: string | undefined };

/** Starts jobs, after asking what must be asked first. */
export class JobService {
  constructor(
    private readonly jobs: Jobs,
    private readonly settings: Settings,
    private readonly connections: ConnectionService,
    private readonly files: BackupInfoCache,
  ) {}

  /**
   * @returns null when the user does not want the existing output replaced.
   * @throws AppError `workspaceUntrusted`, `connectionUnknown`, `connectionInvalid`, `jobIdTaken`
   */
  async startBackup(request: WithId<Omit<BackupRequest, 'overwrite'>>): Promise<JobHandle | null> {
    requireTrust();
    const { options } = request;
    // Refuses a connection that is not there before anything is asked.
    this.settings.connection(options.connectionId);
    // The folder that we propose ourselves is made on first use; any other has to be there.
    const directory = this.settings.backupDirectory();
    if (path.dirname(options.outputPath) === directory) await mkdir(directory, { recursive: true });
    let overwrite = false;
    if (path.isAbsolute(options.outputPath)) {
      const state = await inspectOutput(options.outputPath, options.format);
      if (state === 'replaceable') {
        overwrite = await confirmOverwrite(options.outputPath);
        if (!overwrite) return null;
      }
    }
    const workspaceDir = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? null;
    const manifest = this.settings.manifest() ? { workspaceDir } : null;
    return this.jobs.startBackup({ ...request, overwrite, manifest });
  }

  /**
   * @returns null when the user did not confirm a destructive restore.
   * @throws AppError `workspaceUntrusted`, `connectionUnknown`, `connectionInvalid`,
   *   `connectionReadOnly`, `jobIdTaken`
   */
  async startRestore(
    request: WithId<RestoreRequest> & { confirmed?: boolean | undefined },
  ): Promise<JobHandle | null> {
    requireTrust();
    const { options } = request;
    const profile = this.settings.connection(options.connectionId);
    if (profile.readOnly === true) {
      throw new AppError('connectionReadOnly', { name: connectionLabel(profile) });
    }
    const database =
      options.targetDatabase ??
      this.connections.databaseName(options.connectionId) ??
      vscode.l10n.t("the connection's own database");
    const drops = isDestructive(options) || (await this.scriptDrops(options.inputPath));
    if (options.wholeServer) {
      if (request.confirmed !== true && !(await this.confirmCluster(profile, options))) return null;
    } else if (drops && request.confirmed !== true) {
      const host = describeTarget(profile, process.env);
      const production = profile.environment === 'production';
      if (!(await confirmDestructiveRestore(options, { host, database, production }))) return null;
    }
    const known = await this.files.known(options.inputPath);
    const handle = this.jobs.startRestore({ ...request, known });
    // What was known of the database is not true any more, however the restore ends.
    void handle.finished.then(() =>
      options.wholeServer
        ? this.connections.forgetAll()
        : this.connections.forget(options.connectionId),
    );
    return handle;
  }

  /** A file that cannot be read, or is no such script, is refused by the job. */
  private async confirmCluster(
    profile: ConnectionProfile,
    options: Pick<RestoreOptions, 'inputPath'>,
  ): Promise<boolean> {
    const info = await this.files.info(options.inputPath).catch(() => null);
    if (info === null || !isClusterScript(info)) return true;
    return confirmClusterRestore(options, {
      host: describeTarget(profile, process.env),
      production: profile.environment === 'production',
      effects: clusterEffects(info, this.connections.databases(profile.id)),
      contents: clusterContents(info),
    });
  }

  /** @throws AppError `workspaceUntrusted`, `jobIdTaken` */
  startVerify(request: WithId<VerifyRequest>): JobHandle {
    requireTrust();
    return this.jobs.startVerify({ ...request, manifest: this.settings.manifest() });
  }

  /**
   * Does a script itself drop objects or empty tables (`pg_dump --clean` writes such ones)? A file
   * that cannot be read drops nothing here: the job says what is wrong with it.
   */
  private async scriptDrops(inputPath: string): Promise<boolean> {
    const kind = await detectFile(inputPath).catch(() => null);
    if (kind?.kind !== 'plain') return false;
    const info = await this.files.info(inputPath).catch(() => null);
    return info?.warnings.includes('drops') === true;
  }
}
