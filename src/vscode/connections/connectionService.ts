import type { ServerDatabase } from '../../core/catalog/readDatabases';
import type { FactsWanted } from '../../core/catalog/restore/readTargetFacts';
import type { TargetReading } from '../../core/catalog/readTargetContents';
import type { DatabaseCatalog, ServerInfo } from '../../core/model/catalog';
import {
  databaseBefore,
  describeAddress,
  describeTarget,
  type LibpqConnection,
} from '../../core/connections/libpq';
import type { ChangingStep } from '../../core/model/findings/findings';
import type { TargetFactsRead } from '../../core/model/findings/preflightFacts';
import { connectionLabel, type ConnectionProfile } from '../../core/model/profile';
import type { BackupInfo } from '../../core/model/archive';
import type { BackupContext } from '../../core/forms/form/context';
import { formConnection } from '../../core/forms/form/formConnection';
import { AppError } from '../../core/errors';
import { databaseKey, forgetDatabases, RowCounts } from '../../core/preflight/rowCounts';
import { SharedWork } from '../../core/sharedWork';
import type { BackupScope } from '../../core/model/options';
import { chooseForBackup } from '../../core/pgtools/choose/choose';
import { placedTool } from '../../core/pgtools/args/toolPlace';
import { toolForScope } from '../../core/pgtools/args/dumpallArgs';
import { shownName } from '../../core/text/shownText';
import { chooseTool, type ToolTask } from '../../core/pgtools/choose/candidates';
import type { ToolChoice } from '../../core/model/tools';
import type { ConnectionState, ConnectionSummary, ToolSummary } from '../../protocol/types';
import { describeError } from '../text/errorText';
import type { Settings } from '../settings/settings';
import type { Connector } from './connector';
import type { UsedConnections } from './usedConnections';
import { readServerInfo } from './readServerInfo';
import { toolCandidates } from './toolCandidates';
import type { ToolService } from './toolService';

/** How long a question to the catalog may take. */
const CATALOG_TIMEOUT_MS = 60_000;
/** Longest wait for the facts after a button was pressed, before the question is shown. */
const LOOK_TIMEOUT_MS = 10_000;

interface Known {
  server: ServerInfo;
  catalog: DatabaseCatalog;
}

/** What a form wants to know. */
interface Wanted {
  connectionId: string;
  database?: string | null | undefined;
  refresh: boolean;
  toolDir?: string | null | undefined;
  /** Aborted when the form is closed: then nothing is asked for its sake. */
  signal?: AbortSignal | undefined;
}

/** Answers questions of forms and commands about the connections of the settings. */
export class ConnectionService {
  /** By connection and database; what the server said last. */
  private readonly known = new Map<string, SharedWork<Known>>();
  private readonly answered = new Map<string, ServerInfo>();
  /** What is known exactly until something is done there. */
  readonly rowCounts = new RowCounts();

  constructor(
    private readonly settings: Settings,
    private readonly connector: Connector,
    private readonly tools: ToolService,
    private readonly used: UsedConnections,
  ) {
    settings.onDidChangeConnections(() => {
      this.forgetAll();
      this.answered.clear();
    });
  }

  summaries(): ConnectionSummary[] {
    return this.settings.connections().map((profile) => ({
      ...formConnection(profile),
      target: shownName(describeTarget(profile, process.env)),
      address: shownName(describeAddress(profile, process.env)),
      ...(this.used.has(profile) ? {} : { unused: true as const }),
    }));
  }

  /** How a connection is called; of one that is not there any more, its id. */
  labelOf(connectionId: string): string {
    const profile = this.settings.connections().find(({ id }) => id === connectionId);
    return profile === undefined ? connectionId : connectionLabel(profile);
  }

  /** Connects to the server and reads its version; asks the user for a password when required. */
  async test(profile: ConnectionProfile, signal?: AbortSignal): Promise<ServerInfo> {
    const psql = await this.tools.newest('psql', profile);
    return this.connector.connected(
      profile,
      (connection) => readServerInfo(psql, connection, { timeoutMs: CATALOG_TIMEOUT_MS, signal }),
      { signal },
    );
  }

  /** For the backup form: server, catalog and the pg_dump, or pg_dumpall, that fits. */
  async stateForBackup(
    wanted: Wanted & { scope?: BackupScope | undefined },
  ): Promise<ConnectionState> {
    return this.state(wanted, (server) => ({
      tool: toolForScope(wanted.scope ?? 'database'),
      server,
    }));
  }

  /** For the restore form: the tool depends on the file too. */
  async stateForRestore(
    wanted: Omit<Wanted, 'database'>,
    info: BackupInfo | null,
  ): Promise<ConnectionState> {
    return this.state(wanted, (server) =>
      info?.format === 'plain'
        ? { tool: 'psql', server, script: info }
        : { tool: 'pg_restore', server, archiveVersion: info?.archiveVersion ?? null },
    );
  }

  /** The database that the server said it is, once it was asked; else what libpq will ask for. */
  databaseName(connectionId: string): string | undefined {
    const answered = this.answered.get(connectionId)?.database;
    if (answered !== undefined) return answered;
    const profile = this.settings.connections().find((p) => p.id === connectionId);
    try {
      return profile && databaseBefore(profile, process.env);
    } catch (error) {
      // Its URL cannot be used, which the form says at its place.
      if (AppError.is(error, 'connectionInvalid')) return undefined;
      throw error;
    }
  }

  /** Asks the server where only it can tell: a section of a service file may name the database. */
  async learnDatabase(profile: ConnectionProfile): Promise<void> {
    if (this.databaseName(profile.id) !== undefined) return;
    this.answered.set(profile.id, await this.test(profile));
  }

  /**
   * What is in a database of a connection right now, undefined = in its own.
   *
   * @throws AppError as `runQuery`
   */
  async readTarget(
    profile: ConnectionProfile,
    database: string | undefined,
  ): Promise<TargetReading> {
    const psql = await this.tools.newest('psql', profile);
    const options = { timeoutMs: LOOK_TIMEOUT_MS };
    const read = async (connection: LibpqConnection): Promise<TargetReading> => {
      const server = await readServerInfo(psql, connection, options);
      const { readTargetContents } = await import('../../core/catalog/readTargetContents');
      return readTargetContents(psql, connection, server, options);
    };
    return this.connector.connected(profile, read, { database });
  }

  /**
   * Asks a database of a connection, undefined = its own, by a psql that knows its server.
   *
   * @throws AppError as `runQuery`, and as `work`
   */
  async ask<T>(
    profile: ConnectionProfile,
    database: string | undefined,
    work: (psql: string, target: LibpqConnection, server: ServerInfo) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const psql = await this.tools.newest('psql', profile);
    const options = { timeoutMs: LOOK_TIMEOUT_MS, signal };
    return this.connector.connected(
      profile,
      async (target) => work(psql, target, await readServerInfo(psql, target, options)),
      { database, signal },
    );
  }

  /**
   * What a pre-flight needs to know of a database, undefined = the connection's own, null = of its
   * server alone.
   *
   * @throws AppError as `runQuery`
   */
  async readFacts(
    profile: ConnectionProfile,
    database: string | null | undefined,
    wanted: FactsWanted,
    signal?: AbortSignal,
  ): Promise<TargetFactsRead> {
    const { readTargetFacts } = await import('../../core/catalog/restore/readTargetFacts');
    const psql = await this.tools.newest('psql', profile);
    const options = { timeoutMs: LOOK_TIMEOUT_MS, signal };
    const read = async (connection: LibpqConnection): Promise<TargetFactsRead> => {
      const server = await readServerInfo(psql, connection, options);
      return readTargetFacts(psql, connection, { ...wanted, server, profile }, options);
    };
    const look = { signal, database: database ?? undefined };
    return this.connector.connected(profile, read, look).catch((error: unknown) => {
      if (database !== null || !AppError.is(error, 'databaseMissing')) throw error;
      return this.connector.connected(profile, read, { signal, database: 'postgres' });
    });
  }

  /**
   * Does what a pre-flight offers, in a database, undefined = the connection's own.
   *
   * @throws AppError as `doPreflightStep`
   */
  async takeStep(
    profile: ConnectionProfile,
    database: string | undefined,
    step: ChangingStep,
  ): Promise<void> {
    const { doPreflightStep } = await import('../../core/catalog/restore/preflightSteps');
    const psql = await this.tools.newest('psql', profile);
    await this.connector.connected(
      profile,
      (connection) => doPreflightStep(psql, connection, step, { timeoutMs: CATALOG_TIMEOUT_MS }),
      { database },
    );
    this.forget(profile.id);
  }

  /**
   * The databases that the connection's server has right now.
   *
   * @param database by which the server is asked, where its own is none
   * @throws AppError as `runQuery`
   */
  async readDatabases(profile: ConnectionProfile, database?: string): Promise<string[]> {
    const psql = await this.tools.newest('psql', profile);
    const options = { timeoutMs: LOOK_TIMEOUT_MS };
    return this.connector.connected(
      profile,
      async (connection) => (await readServerInfo(psql, connection, options)).databases,
      { database },
    );
  }

  /**
   * The same with their sizes, without what belongs to a hoster.
   *
   * @param mayAsk may the user be asked whether to connect, and for a password?
   * @throws AppError as `runQuery`; `connectionUnused`
   */
  async readSizes(profile: ConnectionProfile, mayAsk = true): Promise<ServerDatabase[]> {
    const psql = await this.tools.newest('psql', profile);
    const options = { timeoutMs: CATALOG_TIMEOUT_MS };
    const { readDatabases } = await import('../../core/catalog/readDatabases');
    const read = (connection: LibpqConnection): Promise<ServerDatabase[]> =>
      readDatabases(psql, connection, options);
    return mayAsk ? this.connector.connected(profile, read) : this.connector.unasked(profile, read);
  }

  /** Newest major of the servers that have answered: its tools serve all of them. */
  newestServerMajor(): number | null {
    const majors = [...this.answered.values()].map(({ major }) => major);
    return majors.length === 0 ? null : Math.max(...majors);
  }

  /**
   * Before anything connects: asks about an entry of the workspace that was never used.
   *
   * @throws AppError `connectionUnused`
   */
  requireUse(profile: ConnectionProfile): Promise<void> {
    return this.used.require(profile);
  }

  /** The user has chosen it among others, seeing where each leads. */
  chosen(profile: ConnectionProfile): Promise<void> {
    return this.used.add(profile);
  }

  /**
   * The pg_dump that would run, without ever asking for anything.
   *
   * @throws AppError `connectionUnused`, as `runQuery`
   */
  async choiceFor(profile: ConnectionProfile): Promise<ToolChoice & { server: ServerInfo }> {
    const psql = await this.tools.newest('psql', profile);
    const server = await this.connector.unasked(profile, (connection) =>
      readServerInfo(psql, connection, { timeoutMs: CATALOG_TIMEOUT_MS }),
    );
    const { installs } = await this.tools.find(profile);
    return { ...chooseForBackup(installs, server), server };
  }

  /** Context for checking a form, from the data that its page has. */
  formContext(state: ConnectionState): BackupContext {
    return {
      connection: this.summaries().find(({ id }) => id === state.connectionId) ?? null,
      server: state.server,
      catalog: state.catalog,
      tool: state.tool,
    };
  }

  /** Discards the facts about all databases, after a restore of a server. */
  forgetAll(): void {
    this.known.clear();
    this.rowCounts.clear();
  }

  /** Discards the facts about a database, after a restore into it. */
  forget(connectionId: string): void {
    this.rowCounts.forget(connectionId);
    forgetDatabases(this.known, connectionId);
  }

  private async state(
    wanted: Wanted,
    taskFor: (server: ServerInfo) => ToolTask,
  ): Promise<ConnectionState> {
    const { connectionId, refresh } = wanted;
    const database = wanted.database ?? undefined;
    const state: ConnectionState = {
      connectionId,
      server: null,
      catalog: null,
      tool: null,
      tools: [],
      connectionArgs: [],
      problem: null,
    };
    try {
      const profile = this.settings.connection(connectionId);
      const inside = await this.connector.inside(profile).catch(() => undefined);
      state.connectionArgs = this.connector.stated(profile, { database, inside }).args;
      if (refresh) this.forget(connectionId);
      const known = await this.load(profile, database, wanted.signal);
      if (database === undefined) this.answered.set(connectionId, known.server);
      state.server = known.server;
      state.catalog = known.catalog;
      const task = taskFor(known.server);
      const { installs } = await this.tools.find(profile);
      state.tools = toolCandidates(installs, task, null);
      if (task.tool === 'pg_dumpall') {
        state.connectionArgs = this.connector.stated(profile, { inside }).dumpallArgs;
      }
      const choice = chooseTool(installs, task, wanted.toolDir ?? null);
      state.tools = toolCandidates(installs, task, choice);
      state.tool = await this.toolSummary(task, choice);
    } catch (error) {
      state.problem = describeError(error);
    }
    return state;
  }

  private async toolSummary({ tool }: ToolTask, choice: ToolChoice): Promise<ToolSummary> {
    const { dir, version, tools } = choice.install;
    const file = tools[tool];
    if (file === undefined) throw new AppError('toolMissing', { tool, dir });
    const abilities = await this.tools.abilitiesOf(file, tool, version);
    const streams = placedTool(file) !== null;
    const ofWindows = process.platform === 'win32' && !streams;
    return { file, version, reason: choice.reason, streams, ofWindows, ...abilities };
  }

  /** A failed answer, or one that nobody waited for, is asked for anew. */
  private load(
    profile: ConnectionProfile,
    database: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Known> {
    const key = databaseKey(profile.id, database);
    let known = this.known.get(key);
    if (known?.isOfUse !== true) {
      known = new SharedWork((shared) => this.read(profile, database, shared));
      this.known.set(key, known);
    }
    return known.wait(signal);
  }

  private async read(
    profile: ConnectionProfile,
    database: string | undefined,
    signal: AbortSignal,
  ): Promise<Known> {
    const psql = await this.tools.newest('psql', profile);
    const options = { timeoutMs: CATALOG_TIMEOUT_MS, signal };
    const read = async (connection: LibpqConnection): Promise<Known> => {
      const server = await readServerInfo(psql, connection, options);
      const { readCatalog } = await import('../../core/catalog/readCatalog');
      return { server, catalog: await readCatalog(psql, connection, server, options) };
    };
    return this.connector.connected(profile, read, { database, signal });
  }
}
