import type { BackupInfoCache } from '../../core/archive/inspect/backupInfoCache';
import type { BackupInfo } from '../../core/model/archive';
import { AppError } from '../../core/errors';
import type { BackupOptions } from '../../core/model/options';
import type * as Requests from '../../core/forms/api/requests';
import type { Preflight } from '../../core/model/findings/findings';
import type { BackupJob } from '../../core/model/job';
import type { Jobs } from '../../core/jobs/manager/jobs';
import { errorMessage } from '../text/errorText';
import { literalText } from '../text/literalText';
import type { CommandTable } from '../ui/commandTable';
import type { PreflightService } from '../jobs/preflightService';
import type { JobService } from '../jobs/jobService';

/** What a backup gets that its request leaves open. */
export interface BackupProposals {
  /** The path proposed for a backup that names none. */
  outputPathFor: (
    options: Pick<
      BackupOptions,
      'connectionId' | 'database' | 'format' | 'compression' | 'scope' | 'toolOptions'
    >,
  ) => Promise<string>;
  /** The options with what their profile sets. */
  settleProfile: (options: Requests.RequestedBackup) => Promise<Requests.RequestedBackup>;
}

/** The jobs, and when those of earlier windows are known. */
export interface KnownJobs {
  jobs: Jobs;
  found: Promise<void>;
}

/** Commands for other extensions, tasks and keybindings. Arguments and results are plain JSON. */
export function apiCommands(
  { jobs, found }: KnownJobs,
  service: JobService,
  { files, preflight }: { files: BackupInfoCache; preflight: PreflightService },
  { outputPathFor, settleProfile }: BackupProposals,
): CommandTable {
  const answered =
    <T>(run: (request: unknown, decode: typeof Requests) => Promise<T>) =>
    async (request: unknown): Promise<T> => {
      try {
        // Loaded on demand: it knows the options of all tools.
        return await run(request, await import('../../core/forms/api/requests'));
      } catch (error) {
        // Callers get a sentence, not a code; VS Code shows it when a keybinding was the caller.
        throw new Error(literalText(errorMessage(error)));
      }
    };
  return {
    createBackup: answered(async (value, decode): Promise<BackupJob> => {
      const decoded = decode.decodeBackupRequest(value);
      const options = await settleProfile(decoded.options);
      const request = { ...decoded, options };
      if (options.outputPath === '') options.outputPath = await outputPathFor(options);
      const handle = await service.startBackup(request);
      if (handle === null) throw new AppError('outputExists', { path: options.outputPath });
      return handle.finished;
    }),
    restoreBackup: answered(async (value, decode): Promise<BackupJob> => {
      const request = decode.decodeRestoreRequest(value);
      const handle = await service.startRestore(request);
      if (handle === null) {
        const database = request.options.targetDatabase ?? request.options.connectionId;
        throw new AppError('confirmationRequired', { database });
      }
      return handle.finished;
    }),
    verifyBackup: answered(async (value, decode): Promise<BackupJob> => {
      const request = decode.decodeVerifyRequest(value);
      const handle = await service.startVerify(request);
      if (handle === null) {
        throw new AppError('confirmationRequired', {
          database: request.options.connectionId ?? '',
        });
      }
      return handle.finished;
    }),
    getBackupInfo: answered((value, decode): Promise<BackupInfo> =>
      files.info(decode.decodeInfoRequest(value).path),
    ),
    preflight: answered((value, decode): Promise<Preflight> =>
      preflight.look(decode.decodePreflightRequest(value)),
    ),
    cancelJob: answered(async (value, decode): Promise<BackupJob> => {
      const { jobId } = decode.decodeCancelRequest(value);
      await found;
      return jobs.cancel(jobId);
    }),
  };
}
