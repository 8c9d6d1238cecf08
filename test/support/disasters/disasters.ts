import assert from 'node:assert/strict';
import path from 'node:path';
import { readToc } from '../../../src/core/archive/file/tocReader';
import { countRows } from '../../../src/core/catalog/restore/countRows';
import { doPreflightStep } from '../../../src/core/catalog/restore/preflightSteps';
import { buildConnection } from '../../../src/core/connections/libpq';
import { withRoles } from '../../../src/core/forms/restore/byScript';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { entriesWithout } from '../../../src/core/jobs/restore/ahead/lookAhead';
import type { ErrorProblem } from '../../../src/core/model/findings/errorProblems';
import type { Preflight, Remedy, RemedyId } from '../../../src/core/model/findings/findings';
import type { BackupJob } from '../../../src/core/model/job';
import { jobProblems } from '../../../src/core/pgtools/stderr/problems/jobProblems';
import { tableKey } from '../../../src/core/preflight/countedRows';
import { quoteIdentifier } from '../../../src/core/sql';
import { adminQuery } from '../machine/adminSession';
import { tableChecksums } from '../machine/compareDatabases';
import { holdLock } from '../machine/heldLock';
import { psql } from '../machine/psql';
import { createDatabase, dropDatabase } from '../machine/sampleDatabase';
import type { ServerCoordinates } from '../machine/server';
import { compareTargets } from './compareTargets';
import type { Attempt, CaseBackup, CaseOptions, Disaster, Door } from './disaster';
import { buttonsOf, Tally } from './tally';
import { createRoles, dropRoles, usual } from './usualDatabase';

/** What all databases of cases begin with. */
const MARK = 'disaster';
const TARGET = 'disaster_target';
const SOURCE = 'disaster_source';
/** A database that the restore makes instead. */
const NEW = 'disaster_new';
const TIMEOUT = { timeoutMs: 60_000 };

/** What cases may need beside their server. */
interface Around {
  /** Port of a pooler before the server. */
  poolerPort?: number;
  /** Has what was found and taken; several servers may share one. */
  tally?: Tally;
}

/** Builds disasters on one server, looks ahead, restores, and compares. */
export class Disasters {
  private readonly files = new Map<string, string>();
  private made = 0;
  /** Buttons that were taken for the backup of the case that runs. */
  private mended: string[] = [];

  private constructor(
    readonly server: ServerCoordinates,
    readonly door: Door,
    private readonly around: Required<Around>,
  ) {}

  static async on(
    server: ServerCoordinates,
    door: Door,
    { poolerPort = 0, tally = new Tally() }: Around = {},
  ): Promise<Disasters> {
    await createRoles(server);
    return new Disasters(server, door, { poolerPort, tally });
  }

  async dispose(): Promise<void> {
    await this.dropAll();
    await dropRoles(this.server);
    await this.door.dispose();
  }

  /** Also those that a swap has put aside. */
  private async dropAll(): Promise<void> {
    const sql = `SELECT datname FROM pg_database WHERE datname LIKE '${MARK}%';`;
    const names = (await adminQuery(this.server, sql)).split('\n').filter((name) => name !== '');
    for (const name of names) await dropDatabase(this.server, name);
  }

  /** @param more SQL that is run in the database before it is backed up */
  private async fileOf(disaster: Disaster, more = ''): Promise<string> {
    if (disaster.file !== undefined) return disaster.file;
    const { source = usual, backup = {}, gone = '' } = disaster;
    const key = JSON.stringify([source, backup, gone, more]);
    const known = this.files.get(key);
    if (known !== undefined) return known;
    await dropDatabase(this.server, SOURCE);
    await createDatabase(this.server, SOURCE);
    await psql(this.server, SOURCE, `${source}\n${more}`);
    const { host, port, user } = this.server;
    await this.door.connect({ id: 'source', host, port, user, database: SOURCE });
    const name = `disaster${++this.made}${backup.format === 'plain' ? '.sql' : '.dump'}`;
    const outputPath = this.door.path(name);
    await this.backUp({ connectionId: 'source', outputPath, ...backup }, disaster.mendBackup);
    if (gone !== '') {
      await dropDatabase(this.server, SOURCE);
      await adminQuery(this.server, gone);
    }
    this.files.set(key, outputPath);
    return outputPath;
  }

  /** @param mend the remedy of the first one, which fails */
  private async backUp(options: CaseBackup, mend: RemedyId | undefined): Promise<void> {
    const job = await this.door.backup(options);
    if (mend === undefined) {
      assert.equal(job.status, 'completed', job.output.join('\n'));
      return;
    }
    assert.equal(job.status, 'failed');
    const problems = jobProblems(job);
    this.around.tally.see(problems);
    const problem = problems.find(({ remedies }) => remedies.some(({ id }) => id === mend));
    const remedy = problem?.remedies.find(({ id }) => id === mend);
    assert.ok(problem && remedy?.kind === 'setBackup', said(job));
    await this.backUp({ ...options, ...remedy.options }, undefined);
    this.mended.push(`${problem.kind} ${mend}`);
  }

  private async makeTarget(disaster: Disaster): Promise<void> {
    const { target = '', clauses = '' } = disaster;
    const name = nameOf(disaster);
    await dropDatabase(this.server, name);
    if (target === null) return;
    await createDatabase(this.server, name, `TEMPLATE template0 ${clauses}`);
    if (target !== '') await psql(this.server, name, target);
  }

  private async undo(disaster: Disaster): Promise<void> {
    if (disaster.undo !== undefined) await psql(this.server, nameOf(disaster), disaster.undo);
  }

  private async connect(disaster: Disaster): Promise<void> {
    const { host, port, user } = this.server;
    await this.door.connect({
      ...{ id: 'target', host, user: disaster.as ?? user },
      port: disaster.pooled === true ? this.around.poolerPort : port,
      database: ownDatabase(disaster),
      ...disaster.connection,
    });
  }

  /** The options of a case and nothing else: the rest follows from the defaults. */
  private async optionsOf(disaster: Disaster): Promise<CaseOptions> {
    const inputPath = await this.fileOf(disaster);
    const { only } = disaster;
    return {
      ...{ inputPath, connectionId: 'target', targetDatabase: nameOf(disaster) },
      ...(disaster.target === null ? { createDatabase: true } : {}),
      ...(only === undefined ? {} : { dumpIds: await numbersOf(inputPath, only) }),
      ...disaster.options,
    };
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
    const options = await this.optionsOf(disaster);
    await this.makeTarget(disaster);
    await this.connect(disaster);
    const name = nameOf(disaster);
    const lock =
      disaster.lock === undefined ? null : await holdLock(this.server, name, disaster.lock);
    let ahead: Preflight;
    try {
      ahead = await this.door.preflight(options);
    } finally {
      await lock?.release();
    }
    const there = disaster.target !== null;
    const look = async (): Promise<State | null> => (there ? watch(this.server, name) : null);
    const before = await look();
    const nothing = { ahead, job: null, refusal: null, before };
    if (disaster.outcome === null) return { ...nothing, after: null };
    try {
      const job = await this.door.restore(options);
      return { ...nothing, job, after: await look() };
    } catch (error) {
      if (!mayBeRefused(disaster) || !(error instanceof Error)) throw error;
      return { ...nothing, refusal: error, after: await look() };
    }
  }

  /** Compares the findings of a case with its outcome. */
  async run(disaster: Disaster): Promise<void> {
    this.mended = [];
    const { ahead, job, refusal, before, after } = await this.attempt(disaster, tableChecksums);
    const { tally } = this.around;
    const found = ahead.findings.map(({ code, severity }) => `${code}:${severity}`);
    assert.deepEqual(found.sort(), [...disaster.expect].sort(), JSON.stringify(ahead, null, 1));
    const problems = job === null ? [] : jobProblems(job);
    tally.see([...ahead.findings, ...problems]);
    const offered = new Set<string>(
      ahead.findings.flatMap(({ remedies }) => remedies.map(({ id }) => id)),
    );
    for (const id of disaster.offers ?? []) assert.ok(offered.has(id), `offers ${id}`);
    for (const id of disaster.withholds ?? []) assert.ok(!offered.has(id), `withholds ${id}`);
    const ended = job?.status ?? (refusal === null ? null : 'failed');
    assert.equal(ended, disaster.outcome, job === null ? String(refusal) : said(job));
    if (job !== null) judge(disaster, ahead, job);
    if (before !== null && after !== null)
      compareTargets(ahead, refusal === null ? ended : 'refused', { before, after });
    if (ended === 'completed') tally.wentThrough(new Set(this.mended));
    if (disaster.afterwards !== undefined) await this.takeAfterwards(disaster, problems);
    await this.undo(disaster);
    for (const ids of disaster.press ?? []) await this.press(disaster, ids, job);
  }

  /** Takes what the restored database needs, on what the restore has left. */
  private async takeAfterwards(
    disaster: Disaster,
    problems: readonly ErrorProblem[],
  ): Promise<void> {
    assert.ok(disaster.after, 'what has come of it is looked at');
    for (const id of disaster.afterwards ?? []) {
      const problem = problems.find(({ remedies }) => remedies.some((each) => each.id === id));
      const remedy = problem?.remedies.find((each) => each.id === id);
      assert.ok(problem && remedy, `${id} is offered: ${JSON.stringify(problems)}`);
      await this.take(disaster, remedy, await this.optionsOf(disaster));
      this.mended.push(`${problem.kind} ${id}`);
    }
    await disaster.after(this.server, nameOf(disaster));
    this.around.tally.wentThrough(new Set(this.mended));
  }

  /** Takes remedies as the page does, then restores. */
  private async press(
    disaster: Disaster,
    ids: readonly string[],
    failed: BackupJob | null,
  ): Promise<void> {
    await this.makeTarget(disaster);
    const name = nameOf(disaster);
    const lock =
      disaster.lock === undefined ? null : await holdLock(this.server, name, disaster.lock);
    let options = await this.optionsOf(disaster);
    const undo: string[] = [];
    const taken = new Set<string>();
    try {
      for (const id of ids) {
        const { findings } = await this.door.preflight(options);
        const problems = failed === null ? [] : jobProblems(failed);
        const offered = [...findings, ...problems].flatMap(({ remedies }) => remedies);
        const remedy = offered.find((each) => each.id === id);
        assert.ok(remedy, `${id} is offered: ${JSON.stringify([findings, problems])}`);
        for (const button of buttonsOf([...findings, ...problems])) {
          if (button.endsWith(` ${id}`)) taken.add(button);
        }
        options = await this.take(disaster, remedy, options);
        if (remedy.kind !== 'step' || remedy.step.do !== 'createRoles') continue;
        undo.push(...remedy.step.names.map((role) => `DROP ROLE "${role}";`));
      }
      const { verdict, findings } = await this.door.preflight(options);
      const left = JSON.stringify(findings);
      assert.notEqual(verdict.worst, 'stops', `after ${ids.join(', ')}: ${left}`);
      const job = await this.door.restore(options);
      const ends = disaster.endsWithErrors === true ? 'completedWithErrors' : 'completed';
      assert.equal(job.status, ends, `after ${ids.join(', ')}: ${said(job)}`);
      this.around.tally.wentThrough(taken);
    } finally {
      await lock?.release();
    }
    const made = options.targetDatabase ?? name;
    await disaster.after?.(this.server, made);
    await this.undo(disaster);
    await dropDatabase(this.server, made);
    for (const sql of undo) await adminQuery(this.server, sql);
  }

  private async take(
    disaster: Disaster,
    remedy: Remedy,
    options: CaseOptions,
  ): Promise<CaseOptions> {
    switch (remedy.kind) {
      case 'set':
        return { ...options, ...remedy.options };
      case 'mapRoles': {
        const user = disaster.as ?? this.server.user;
        return { ...options, mapRoles: withRoles(options.mapRoles ?? null, remedy.names, user) };
      }
      case 'newDatabase':
        // As the form does: a new database has nothing to drop.
        return {
          ...options,
          ...{ createDatabase: true, targetDatabase: NEW, clean: false, ifExists: false },
        };
      case 'leaveOut': {
        const whole = { ...restoreDefaults(), ...options };
        const dumpIds = await entriesWithout(whole, remedy.dumpIds);
        return { ...options, dumpIds, schemas: null, tables: null };
      }
      case 'step': {
        const { host, port, user, password, binDir } = this.server;
        const profile = { id: 'step', host, port, user: disaster.as ?? user };
        const inherited = { PATH: process.env['PATH'] };
        const more = { password, inherited, applicationName: 'pgbackup-step' };
        const database = ownDatabase(disaster);
        const to = buildConnection(profile, { ...more, database, connectTimeoutSeconds: 10 });
        const tool = path.join(binDir, 'psql');
        const { step } = remedy;
        if (step.do !== 'countRows') await doPreflightStep(tool, to, step, TIMEOUT);
        else {
          const counted = await countRows(tool, to, step.tables, TIMEOUT);
          for (const { schema, name } of step.tables) {
            const rows = await psql(
              this.server,
              database,
              `SELECT count(*) FROM ${quoteIdentifier(schema)}.${quoteIdentifier(name)}`,
            );
            assert.equal(counted.get(tableKey({ schema, name })), Number(rows), name);
          }
        }
        return options;
      }
      case 'copy':
        if (remedy.id !== 'copyFunctionPath') {
          await psql(this.server, nameOf(disaster), remedy.text);
          return options;
        }
        // What mends functions is for the database that is backed up.
        return { ...options, inputPath: await this.fileOf(disaster, remedy.text) };
      case 'setBackup':
      case 'place':
        return assert.fail(`${remedy.id} is no remedy of a restore`);
    }
  }
}

/** Dump ids of the entries of these types. */
async function numbersOf(archive: string, types: readonly string[]): Promise<number[]> {
  const toc = await readToc(archive, {});
  const indexes = toc.listed().filter((i) => types.includes(toc.desc(i)));
  return indexes.map((i) => toc.dumpId(i));
}

function mayBeRefused({ outcome, byChance }: Disaster): boolean {
  return outcome === 'failed' || byChance === true;
}

function nameOf({ name = TARGET }: Disaster): string {
  return name;
}

/** The database of the connection. */
function ownDatabase(disaster: Disaster): string {
  return disaster.target === null ? 'postgres' : nameOf(disaster);
}

/** Fails where the verdict was good and the restore failed, or the other way round. */
function judge({ left, unforeseen }: Disaster, ahead: Preflight, job: BackupJob): void {
  const failed = job.status !== 'completed';
  if (failed && unforeseen !== true)
    assert.ok(ahead.findings.length > 0, `nobody said that it fails: ${said(job)}`);
  if (ahead.verdict.worst === 'stops') assert.ok(failed, 'it went through');
  if (left !== undefined) assert.equal(job.targetState, left);
}

/** What a failed job said, to be read in a test's failure. */
export function said({ failure, output, errors }: BackupJob): string {
  const messages = errors.slice(0, 3).map(({ message }) => message);
  return [JSON.stringify(failure), ...messages, ...output.slice(-12)].join('\n');
}
