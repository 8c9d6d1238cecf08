import { availableParallelism } from 'node:os';
import type { BackupInfoCache } from '../../core/archive/inspect/backupInfoCache';
import type { UnpackedDumps } from '../../core/archive/packed/unpackedDumps';
import { describeAddress } from '../../core/connections/libpq';
import { AppError } from '../../core/errors';
import type { RestoreContext } from '../../core/forms/form/context';
import type { RequestedOptions } from '../../core/jobs/restore/requestedOptions';
import type { ChangingStep, Preflight } from '../../core/model/findings/findings';
import type { BackupJob } from '../../core/model/job';
import type { RestoreOptions, TableRef } from '../../core/model/options';
import { shortened } from '../../core/preflight/shortened';
import { connectionLabel } from '../../core/model/profile';
import type { ConnectionService } from '../connections/connectionService';
import type { Settings } from '../settings/settings';

/** Counting reads the tables; there is a button that ends it. */
const COUNT_TIMEOUT_MS = 15 * 60_000;

/** Checks restores ahead, for the form and the command API, and carries out remedies of findings. */
export class PreflightService {
  constructor(
    private readonly settings: Settings,
    private readonly connections: ConnectionService,
    private readonly files: BackupInfoCache,
    private readonly dumps: UnpackedDumps,
  ) {}

  /**
   * What a restore will do, with so many names as can be sent. Changes nothing.
   *
   * @throws AppError as `lookWhole`
   */
  async look(request: RequestedOptions, signal?: AbortSignal): Promise<Preflight> {
    return shortened(await this.lookWhole(request, signal));
  }

  /**
   * What a restore will do, with the names of all objects. Changes nothing.
   *
   * @throws AppError `connectionUnknown`, `connectionInvalid`, `connectionUnused`; those of reading
   *   the file; `objectUnknown`, `objectAmbiguous`; `cancelled`
   */
  async lookWhole(request: RequestedOptions, signal?: AbortSignal): Promise<Preflight> {
    const { inputPath, inputMember, connectionId, toolDir } = request.options;
    const profile = this.settings.connection(connectionId);
    await this.connections.requireUse(profile);
    const member = inputMember ?? undefined;
    const info = await this.files.info(inputPath, { signal, member });
    const state = await this.connections.stateForRestore(
      { connectionId, refresh: false, toolDir },
      info,
    );
    const context: RestoreContext = {
      ...this.connections.formContext(state),
      info,
      cores: availableParallelism(),
    };
    const { lookAhead, resolveOptions } = await import('../../core/jobs/restore/ahead/lookAhead');
    const options = resolveOptions(request, info, context);
    const dump = await this.dumps.open(inputPath, { signal, member });
    try {
      return await lookAhead(
        options,
        { ...info, path: dump.path },
        {
          context,
          host: describeAddress(profile, process.env),
          readFacts: (database, wanted) =>
            this.connections.readFacts(profile, database, wanted, signal),
          counted: this.connections.rowCounts.in(connectionId, options.targetDatabase ?? undefined),
          signal,
        },
      );
    } finally {
      dump.release();
    }
  }

  /**
   * The entries that remain when some are left out together with everything that needs them.
   *
   * @throws AppError those of reading the archive
   */
  async withoutEntries(options: RestoreOptions, dumpIds: readonly number[]): Promise<number[]> {
    const { entriesWithout } = await import('../../core/jobs/restore/ahead/lookAhead');
    const { inputPath, inputMember } = options;
    const dump = await this.dumps.open(inputPath, { member: inputMember ?? undefined });
    try {
      return await entriesWithout({ ...options, inputPath: dump.path }, dumpIds);
    } finally {
      dump.release();
    }
  }

  /**
   * The list of entries that pg_restore would read in a restore with these options; null = none.
   *
   * @throws AppError as `look`
   */
  async listText(options: RestoreOptions, signal?: AbortSignal): Promise<string | null> {
    const { restoreListText } = await import('../../core/jobs/restore/leaveOut');
    const { inputPath, inputMember, createDatabase, targetDatabase } = options;
    const profile = this.settings.connection(options.connectionId);
    const member = inputMember ?? undefined;
    const info = await this.files.info(inputPath, { signal, member });
    const dump = await this.dumps.open(inputPath, { signal, member });
    const read = { ...options, inputPath: dump.path };
    try {
      return await this.connections.ask(
        profile,
        createDatabase ? undefined : (targetDatabase ?? undefined),
        (psql, target, server) =>
          restoreListText({
            ...{ options: read, info, server, psql, target, created: createDatabase, signal },
          }),
        signal,
      );
    } finally {
      dump.release();
    }
  }

  /**
   * The options of a restore of what another one has not brought; null = nothing is left.
   *
   * @param how the options that apply besides what is restored, and into which database
   * @throws AppError `connectionUnknown`; those of reading the archive; as `runQuery`
   */
  async rest(job: BackupJob, how: RestoreOptions): Promise<RestoreOptions | null> {
    if (!isRestore(job)) return null;
    const { databaseOfRest, restOptions } =
      await import('../../core/jobs/restore/again/restOptions');
    const { inputPath, inputMember, connectionId } = job.options;
    const profile = this.settings.connection(connectionId);
    const dump = await this.dumps.open(inputPath, { member: inputMember ?? undefined });
    try {
      return await this.connections.ask(profile, databaseOfRest(job) ?? undefined, (psql, target) =>
        restOptions(job, how, { inputPath: dump.path, psql, target }),
      );
    } finally {
      dump.release();
    }
  }

  /**
   * Carries out the remedy of a finding.
   *
   * @param database null = the connection's own
   * @throws AppError `connectionReadOnly`, and as `doPreflightStep`
   */
  async take(connectionId: string, database: string | null, step: ChangingStep): Promise<void> {
    const profile = this.settings.connection(connectionId);
    if (profile.readOnly === true) {
      throw new AppError('connectionReadOnly', { name: connectionLabel(profile) });
    }
    await this.connections.takeStep(profile, database ?? undefined, step);
  }

  /**
   * Counts rows: what is looked at for some minutes from now on has these numbers.
   *
   * @param database null = the connection's own
   * @throws AppError as `runQuery`
   */
  async count(
    connectionId: string,
    database: string | null,
    tables: readonly TableRef[],
    signal: AbortSignal,
  ): Promise<void> {
    const profile = this.settings.connection(connectionId);
    const { countRows } = await import('../../core/catalog/restore/countRows');
    const there = database ?? undefined;
    const options = { timeoutMs: COUNT_TIMEOUT_MS, signal };
    const counted = await this.connections.ask(
      profile,
      there,
      (psql, target) => countRows(psql, target, tables, options),
      signal,
    );
    this.connections.rowCounts.add(connectionId, there, counted);
  }
}

type RestoreJob = BackupJob & { options: RestoreOptions };

function isRestore(job: BackupJob): job is RestoreJob {
  return job.type === 'restore';
}
