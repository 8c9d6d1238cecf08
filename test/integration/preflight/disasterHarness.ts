import assert from 'node:assert/strict';
import path from 'node:path';
import { getBackupInfo } from '../../../src/core/archive/inspect/backupInfo';
import { readTargetFacts } from '../../../src/core/catalog/restore/readTargetFacts';
import { readServerInfo } from '../../../src/core/catalog/serverInfo';
import { buildConnection, type LibpqConnection } from '../../../src/core/connections/libpq';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { doPreflightStep } from '../../../src/core/catalog/restore/preflightSteps';
import { withRoles } from '../../../src/core/forms/restore/byScript';
import { entriesWithout, lookAhead } from '../../../src/core/jobs/restore/lookAhead';
import type {
  FindingCode,
  Preflight,
  Remedy,
  Severity,
} from '../../../src/core/model/findings/findings';
import type { BackupJob, JobStatus, TargetState } from '../../../src/core/model/job';
import type { BackupOptions, RestoreOptions } from '../../../src/core/model/options';
import { jobProblems } from '../../../src/core/pgtools/stderr/problems/jobProblems';
import { adminQuery } from '../../support/machine/adminSession';
import { tableChecksums, type ContentChecksum } from '../../support/machine/compareDatabases';
import { holdLock } from '../../support/machine/heldLock';
import { psql } from '../../support/machine/psql';
import { createDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { JobHarness } from '../harness/jobHarness';

/** What must be found, and how bad it is: `drops:loses`. */
export type Expected = `${FindingCode}:${Severity}`;

/** A restore whose findings and outcome are known beforehand. */
export interface Disaster {
  title: string;
  /** Makes the database that is backed up; absent = the usual one. */
  source?: string;
  backup?: Partial<BackupOptions>;
  /** SQL that is run on the server after the backup, e.g. to drop a role. */
  gone?: string;
  /** An existing archive to restore instead of a new backup. */
  file?: string;
  /** SQL that fills the target; null = the target does not exist. */
  target?: string | null;
  /** Clauses of its CREATE DATABASE. */
  clauses?: string;
  /** A lock that another session holds during the restore. */
  lock?: string;
  options?: Partial<RestoreOptions>;
  /** The role that restores, which is not a superuser. */
  as?: string;
  expect: readonly Expected[];
  /** How the restore ends; null = it is not run. */
  outcome: JobStatus | null;
  /**
   * The state of the target afterwards; `changed`: it was modified. Default: unchanged if the
   * restore failed.
   */
  left?: TargetState | 'changed';
  /** The ids of remedies that must be offered, in any finding. */
  offers?: readonly string[];
  /**
   * Remedies that are taken, one row after the other on a target made anew; those of a row together.
   * Then the restore goes through.
   */
  press?: readonly (readonly string[])[];
  /** The restore fails for what nobody sees beforehand; its errors offer the remedies. */
  unforeseen?: true;
  /** Looks at the database that was restored after a remedy. */
  after?: (server: ServerCoordinates, database: string) => Promise<void>;
}

/** What was found before a restore, and what it did. */
export interface Attempt<State> {
  ahead: Preflight;
  /** null = it was not run. */
  job: BackupJob | null;
  /** null = the target did not exist. */
  before: State | null;
  after: State | null;
}

const TARGET = 'disaster_target';
const SOURCE = 'disaster_source';
/** A database that the restore makes instead. */
const NEW = 'disaster_new';
const TIMEOUT = { timeoutMs: 20_000 };

/** Builds disasters on one server, looks ahead, restores, and compares. */
export class Disasters {
  private readonly files = new Map<string, string>();
  private made = 0;

  private constructor(
    readonly server: ServerCoordinates,
    readonly jobs: JobHarness,
    private readonly usual: string,
  ) {}

  static async on(server: ServerCoordinates, usual: string): Promise<Disasters> {
    return new Disasters(server, await JobHarness.create([server.binDir]), usual);
  }

  async dispose(): Promise<void> {
    for (const name of [TARGET, SOURCE, NEW]) await this.drop(name);
    await this.jobs.dispose();
  }

  private async drop(name: string): Promise<void> {
    await adminQuery(this.server, `DROP DATABASE IF EXISTS ${name};`);
  }

  private async fileOf(disaster: Disaster): Promise<string> {
    if (disaster.file !== undefined) return disaster.file;
    const { source = this.usual, backup = {}, gone = '' } = disaster;
    const key = JSON.stringify([source, backup, gone]);
    const known = this.files.get(key);
    if (known !== undefined) return known;
    await this.drop(SOURCE);
    await createDatabase(this.server, SOURCE);
    await psql(this.server, SOURCE, source);
    this.jobs.connect('source', this.server, SOURCE);
    const outputPath = this.jobs.path(`disaster${++this.made}.dump`);
    const job = await this.jobs.backup({ connectionId: 'source', outputPath, ...backup });
    assert.equal(job.status, 'completed', job.output.join('\n'));
    if (gone !== '') {
      await this.drop(SOURCE);
      await adminQuery(this.server, gone);
    }
    this.files.set(key, outputPath);
    return outputPath;
  }

  private async makeTarget({ target = '', clauses = '' }: Disaster): Promise<void> {
    await this.drop(TARGET);
    if (target === null) return;
    await createDatabase(this.server, TARGET, `TEMPLATE template0 ${clauses}`);
    if (target !== '') await psql(this.server, TARGET, target);
  }

  private connect(disaster: Disaster): string {
    const id = this.jobs.connect(
      'target',
      this.server,
      disaster.target === null ? 'postgres' : TARGET,
      disaster.as === undefined ? {} : { user: disaster.as },
    );
    if (disaster.as !== undefined) this.jobs.setPassword(id, 'disaster');
    return id;
  }

  private get psql(): string {
    return path.join(this.server.binDir, 'psql');
  }

  /** Connections of the role that restores. */
  private reach(disaster: Disaster): (database: string) => LibpqConnection {
    const { host, port, user, password } = this.server;
    const profile = { id: 'target', host, port, user: disaster.as ?? user };
    return (database) =>
      buildConnection(profile, {
        password: disaster.as === undefined ? password : 'disaster',
        database,
        applicationName: 'pgbackup-look',
        inherited: { PATH: process.env['PATH'] },
        connectTimeoutSeconds: 10,
      });
  }

  /** What is found, before anything is done. */
  async look(disaster: Disaster, options: RestoreOptions): Promise<Preflight> {
    const { host } = this.server;
    const tool = this.psql;
    const to = this.reach(disaster);
    const timeout = TIMEOUT;
    const own = disaster.target === null ? 'postgres' : TARGET;
    const server = await readServerInfo(tool, to(own), timeout);
    const info = await getBackupInfo(options.inputPath);
    const connection = { id: 'target', label: 'Target', environment: null, readOnly: false };
    return lookAhead(options, info, {
      context: { connection, server, info, tool: null },
      host,
      readFacts: (database, wanted) =>
        readTargetFacts(tool, to(database ?? own), { ...wanted, server }, timeout),
    });
  }

  /**
   * Builds the case, runs the preflight checks, and restores unless `outcome` is null.
   *
   * @param watch reads the state of the target, before and after the restore
   */
  async attempt<State>(
    disaster: Disaster,
    watch: (server: ServerCoordinates, database: string) => Promise<State>,
  ): Promise<Attempt<State>> {
    const inputPath = await this.fileOf(disaster);
    await this.makeTarget(disaster);
    const connectionId = this.connect(disaster);
    const options: RestoreOptions = {
      ...restoreDefaults(),
      ...{ inputPath, connectionId, targetDatabase: TARGET },
      createDatabase: disaster.target === null,
      ...disaster.options,
    };
    const lock =
      disaster.lock === undefined ? null : await holdLock(this.server, TARGET, disaster.lock);
    let ahead: Preflight;
    try {
      ahead = await this.look(disaster, options);
    } finally {
      await lock?.release();
    }
    const there = disaster.target !== null;
    const before = there ? await watch(this.server, TARGET) : null;
    if (disaster.outcome === null) return { ahead, job: null, before, after: null };
    const job = await this.jobs.restore(options, Object.keys(options) as (keyof RestoreOptions)[]);
    return { ahead, job, before, after: there ? await watch(this.server, TARGET) : null };
  }

  /** Compares the findings of a case with its outcome. */
  async run(disaster: Disaster): Promise<void> {
    const { ahead, job, before, after } = await this.attempt(disaster, tableChecksums);
    const found = ahead.findings.map(({ code, severity }) => `${code}:${severity}`);
    assert.deepEqual(found.sort(), [...disaster.expect].sort(), JSON.stringify(ahead, null, 1));
    const offered = new Set(ahead.findings.flatMap(({ remedies }) => remedies.map(({ id }) => id)));
    for (const id of disaster.offers ?? []) assert.ok(offered.has(id), `offers ${id}`);
    if (job === null) return;
    assert.equal(job.status, disaster.outcome, this.said(job));
    this.judge(disaster, ahead, job);
    if (before !== null && after !== null) compare(disaster, { ahead, job, before, after });
    for (const ids of disaster.press ?? []) await this.press(disaster, ids, job);
  }

  /** Takes remedies as the page does, then restores. */
  private async press(
    disaster: Disaster,
    ids: readonly string[],
    failed: BackupJob,
  ): Promise<void> {
    await this.makeTarget(disaster);
    let options = failed.options as RestoreOptions;
    const undo: string[] = [];
    for (const id of ids) {
      const { findings } = await this.look(disaster, options);
      const offered = [...findings, ...jobProblems(failed)].flatMap(({ remedies }) => remedies);
      const remedy = offered.find((each) => each.id === id);
      assert.ok(remedy, `${id} is offered: ${JSON.stringify(findings)}`);
      options = await this.take(disaster, remedy, options);
      if (remedy.kind !== 'step' || remedy.step.do !== 'createRoles') continue;
      undo.push(...remedy.step.names.map((name) => `DROP ROLE "${name}";`));
    }
    const { verdict, findings } = await this.look(disaster, options);
    const left = JSON.stringify(findings);
    assert.notEqual(verdict.worst, 'stops', `after ${ids.join(', ')}: ${left}`);
    const job = await this.jobs.restore(options, Object.keys(options) as (keyof RestoreOptions)[]);
    assert.equal(job.status, 'completed', `after ${ids.join(', ')}: ${this.said(job)}`);
    const made = options.targetDatabase === TARGET ? TARGET : NEW;
    await disaster.after?.(this.server, made);
    await this.drop(made);
    for (const sql of undo) await adminQuery(this.server, sql);
  }

  private async take(
    disaster: Disaster,
    remedy: Remedy,
    options: RestoreOptions,
  ): Promise<RestoreOptions> {
    const connection = this.reach(disaster)(disaster.target === null ? 'postgres' : TARGET);
    switch (remedy.kind) {
      case 'set':
        return { ...options, ...remedy.options };
      case 'mapRoles': {
        const user = disaster.as ?? this.server.user;
        return { ...options, mapRoles: withRoles(options.mapRoles, remedy.names, user) };
      }
      case 'newDatabase':
        return { ...options, createDatabase: true, targetDatabase: NEW };
      case 'leaveOut': {
        const dumpIds = await entriesWithout(options, remedy.dumpIds);
        return { ...options, dumpIds, schemas: null, tables: null };
      }
      case 'step':
        await doPreflightStep(this.psql, connection, remedy.step, TIMEOUT);
        return options;
      case 'copy':
      case 'setBackup':
        return assert.fail(`${remedy.id} changes nothing`);
    }
  }

  /** Fails where the verdict was good and the restore failed, or the other way round. */
  private judge({ left, unforeseen }: Disaster, ahead: Preflight, job: BackupJob): void {
    const failed = job.status !== 'completed';
    if (failed && unforeseen !== true)
      assert.ok(ahead.findings.length > 0, `nobody said that it fails: ${this.said(job)}`);
    if (ahead.verdict.worst === 'stops') assert.ok(failed, 'it went through');
    if (left !== undefined && left !== 'changed') assert.equal(job.targetState, left);
  }

  /** What a failed job said, to be read in a test's failure. */
  said(job: BackupJob): string {
    const failure = this.jobs.manager.failure(job.id)?.message ?? '';
    return [failure, ...job.output.slice(-12)].join('\n');
  }
}

type Sums = ReadonlyMap<string, ContentChecksum>;

/** Fails where a table was changed that no finding and no line of the case mentions. */
function compare(
  { left }: Disaster,
  { ahead, job, before, after }: { ahead: Preflight; job: BackupJob; before: Sums; after: Sums },
): void {
  for (const [name, sum] of before) {
    const kept = JSON.stringify(after.get(name)) === JSON.stringify(sum);
    const told = ahead.findings.some(({ severity }) => severity === 'loses');
    assert.ok(kept || told || left === 'changed', `${name} is not what it was`);
  }
  if (job.status === 'failed' && left === undefined) assert.deepEqual([...after], [...before]);
}
