import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { vouchedFor } from '../../../src/core/jobs/restore/restorePermission';
import type { WantedVerify } from '../../../src/core/jobs/verify/verifyRequest';
import { MachineRecords } from '../../../src/core/backups/records/machineRecords';
import type { ConnectionProfile } from '../../../src/core/model/profile';
import type { PasswordProvider } from '../../../src/core/connections/passwords';
import { AppError } from '../../../src/core/errors';
import { OpenPsql } from '../../../src/core/catalog/psql';
import { readServerInfo } from '../../../src/core/catalog/serverInfo';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import type { BackupOptions, RestoreOptions } from '../../../src/core/model/options';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import type { BackupJob } from '../../../src/core/model/job';
import type { FirstAnswer, JobServices } from '../../../src/core/jobs/job/jobContext';
import { JobManager } from '../../../src/core/jobs/manager/jobManager';
import { isLeftoverOutput } from '../../../src/core/archive/file/unfinished';
import { findTools } from '../../../src/core/pgtools/locate/locate';
import { adminQuery } from '../../support/machine/adminSession';
import type { ServerCoordinates } from '../../support/machine/server';
import { AT_ONCE_MS, comesTrue, PATIENCE_MS } from '../../support/until';

/** Answers the first question of each job by a psql that stays open for more, as a supervisor does. */
export const STAYS_OPEN: FirstAnswer = {
  take: async (psql, target, signal) => {
    const options = { signal, timeoutMs: PATIENCE_MS, withSize: false };
    // The job's signal does not end it.
    const open = await OpenPsql.start(psql, target, { timeoutMs: PATIENCE_MS });
    return { server: await readServerInfo(psql, target, { ...options, on: open }), open };
  },
};

/** A job manager on real tools, with a directory of its own for outputs and temporary files. */
export class JobHarness {
  readonly manager: JobManager;
  /** The questions that the user would be asked. */
  readonly asked: string[] = [];
  /** What its jobs have made and verified. */
  readonly records: MachineRecords;
  private constructor(
    readonly dir: string,
    readonly tempDir: string,
    private readonly recordsDir: string,
    private readonly profiles: Map<string, ConnectionProfile>,
    private readonly passwords: Map<string, string>,
    services: Partial<JobServices>,
    tools: readonly string[],
  ) {
    this.records = new MachineRecords(recordsDir);
    const provider: PasswordProvider = {
      accepted: () => Promise.resolve(),
      get: async (profile) => passwords.get(profile.id),
      request: async (profile, reason) => {
        this.asked.push(`${profile.id} ${reason}`);
        return undefined;
      },
    };
    const search = findTools({
      env: {},
      platform: process.platform,
      homeDir: '/nonexistent',
      excludeDirs: [],
      places: tools,
    });
    this.manager = new JobManager({
      connections: {
        get: (id) => {
          const profile = profiles.get(id);
          if (!profile) throw new AppError('connectionUnknown', { id });
          return profile;
        },
      },
      passwords: provider,
      tools: { find: () => search },
      inherited: {
        PATH: process.env['PATH'],
        HOME: '/nonexistent',
        // Without these variables, tools on Windows find no folder for temporary files, and no
        // network.
        ...pick(['TEMP', 'TMP', 'SystemRoot']),
      },
      tempDir,
      records: this.records,
      describe: (failure) => failure.message,
      ...services,
    });
  }

  /** `binDirs`: the directories of the tools that jobs can use. */
  static async create(
    binDirs: readonly string[],
    services: Partial<JobServices> = {},
  ): Promise<JobHarness> {
    const dir = await mkdtemp(path.join(tmpdir(), 'pg-backup-jobs-'));
    const tempDir = await mkdtemp(path.join(tmpdir(), 'pg-backup-temp-'));
    const recordsDir = await mkdtemp(path.join(tmpdir(), 'pg-backup-records-'));
    return new JobHarness(dir, tempDir, recordsDir, new Map(), new Map(), services, binDirs);
  }

  /** Makes a connection `id` to a server, with its password known. */
  connect(
    id: string,
    server: ServerCoordinates,
    database: string,
    more: Partial<ConnectionProfile> = {},
  ): string {
    const { host, port, user } = server;
    this.profiles.set(id, { id, host, port, user, database, ...more });
    this.passwords.set(id, server.password);
    return id;
  }

  setPassword(id: string, password: string | undefined): void {
    if (password === undefined) this.passwords.delete(id);
    else this.passwords.set(id, password);
  }

  path(name: string): string {
    return path.join(this.dir, name);
  }

  backup(
    options: Partial<BackupOptions> & Pick<BackupOptions, 'connectionId' | 'outputPath'>,
    overwrite = false,
  ): Promise<BackupJob> {
    return this.startBackup(options, overwrite).finished;
  }

  startBackup(
    options: Partial<BackupOptions> & Pick<BackupOptions, 'connectionId' | 'outputPath'>,
    overwrite = false,
  ): ReturnType<JobManager['startBackup']> {
    const whole = { ...backupDefaults(options.format ?? 'custom'), ...options };
    return this.manager.startBackup({ options: whole, overwrite });
  }

  restore(
    options: Partial<RestoreOptions> & Pick<RestoreOptions, 'connectionId' | 'inputPath'>,
    explicitFields?: (keyof RestoreOptions)[],
  ): Promise<BackupJob> {
    return this.startRestore(options, explicitFields).finished;
  }

  startRestore(
    options: Partial<RestoreOptions> & Pick<RestoreOptions, 'connectionId' | 'inputPath'>,
    explicitFields?: (keyof RestoreOptions)[],
  ): ReturnType<JobManager['startRestore']> {
    const request = { options: { ...restoreDefaults(), ...options }, explicitFields };
    return this.manager.startRestore(vouchedFor(request));
  }

  verify(request: WantedVerify): ReturnType<JobManager['startVerify']> {
    return this.manager.startVerify(vouchedFor(request));
  }

  /** Names in the output directory that a finished job should not have left, and temporary files. */
  async leftovers(): Promise<string[]> {
    const partials = (await readdir(this.dir)).filter(isLeftoverOutput);
    return [...partials, ...(await readdir(this.tempDir))];
  }

  async dispose(): Promise<void> {
    await this.manager.dispose();
    await rm(this.dir, { recursive: true, force: true });
    await rm(this.tempDir, { recursive: true, force: true });
    await rm(this.recordsDir, { recursive: true, force: true });
  }
}

/** Backends of jobs on this server. */
export async function jobBackends(server: ServerCoordinates): Promise<string[]> {
  const rows = await adminQuery(
    server,
    `SELECT pid || ' ' || application_name || ' ' || coalesce(query, '') FROM pg_stat_activity
     WHERE application_name LIKE 'pgbackup-%';`,
  );
  return rows.split('\n').filter((row) => row !== '');
}

/** … and those that stay: a server needs a moment to see that a client has gone. */
export async function backendsLeft(server: ServerCoordinates): Promise<string[]> {
  await comesTrue(async () => (await jobBackends(server)).length === 0, AT_ONCE_MS);
  return jobBackends(server);
}

/** Processes of this machine whose arguments or environment name `mark` (Linux). */
export function processesWith(mark: string): string[] {
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
      if (command.includes(mark)) found.push(`${pid} ${command}`);
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

/** The seed of this run: `SEED` repeats an earlier one. Printed, so that a failure can be repeated. */
export function seedOfRun(): number {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  console.log(`    SEED=${seed}`);
  return seed;
}

/** Variables of this process, where they are set. */
function pick(names: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}
