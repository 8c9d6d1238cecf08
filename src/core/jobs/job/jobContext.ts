import type { MachineRecords } from '../../backups/records/machineRecords';
import type { OpenPsql } from '../../catalog/psql';
import type { AppError } from '../../errors';
import type { LibpqConnection } from '../../connections/libpq';
import type { PasswordProvider } from '../../connections/passwords';
import type { TunnelPrompts } from '../../connections/openTunnel';
import type { StartSsh } from '../../connections/ssh/startSsh';
import type { ServerInfo } from '../../model/catalog';
import type { BackupJob } from '../../model/job';
import type { ConnectionProfile } from '../../model/profile';
import type { ToolSearch } from '../../model/tools';
import type { JobRecord } from './jobRecord';
import type { StartTool } from './startTool';

/** Dependencies of jobs. */
export interface JobServices {
  connections: {
    /** @throws AppError `connectionUnknown` or `connectionInvalid` */
    get(id: string): ConnectionProfile;
  };
  passwords: PasswordProvider;
  /** The client tools on this machine, or where the connection's are; may be from a cache. */
  tools: { find(profile?: ConnectionProfile): Promise<ToolSearch> };
  /** The host's environment, of which tools get what `buildConnection` lets through. */
  inherited: Readonly<Record<string, string | undefined>>;
  /** Absolute; list files are kept below it, in a private directory, while a restore runs. */
  tempDir: string;
  /**
   * Absolute; small files in it remember what each object took in a job's last run, for the time
   * left of its next. Nothing is remembered when left out.
   */
  historyDir?: string | undefined;
  /**
   * Records of the backups that jobs of this machine made and verified; nothing is recorded when
   * left out.
   */
  records?: MachineRecords | undefined;
  /**
   * Puts a failure into words, for a job's list of errors, when the tool printed none. When left
   * out, the extension host adds the text.
   */
  describe?: ((failure: AppError) => string) | undefined;
  /** Seconds until connecting is given up; 15 when left out. */
  connectTimeoutSeconds?: number;
  /**
   * For how many seconds a tool may say nothing, write nothing and get nothing done on the server
   * before it counts as stalled; for ever when left out or 0.
   */
  stallTimeoutSeconds?: number | undefined;
  /**
   * Writes the job's record before the call returns, ahead of a step that another process has to
   * know of should this one be killed during it. Nothing is kept when left out.
   */
  keepRecord?: (job: BackupJob) => void;
  /** The job's first question to its server, if that is being answered already. */
  askedAhead?: FirstAnswer | null;
  /** Starts the tools' processes; this process when left out. */
  startTool?: StartTool;
  /** Starts `ssh`, which has to outlast the tools that it serves; as a tool when left out. */
  startTunnel?: StartSsh;
  /** Answers what `ssh` asks; when left out, it never asks. */
  sshPrompts?: TunnelPrompts | undefined;
  /** Names that running jobs hold; when left out, those of one manager's jobs alone. */
  reservations?: Reservations;
  /**
   * Resolves when the job may begin, with a function that lets the next job begin; rejects when the
   * job is cancelled before. When left out, jobs begin at once.
   */
  admit?: (signal: AbortSignal) => Promise<() => void>;
  /** A new job's `runId`; random when left out. */
  newRunId?: () => string;
}

/** What the server has answered to the first question. */
export interface FirstAnswered {
  readonly server: ServerInfo;
  /** The psql that has asked: it waits for further questions, connected. null = it has ended. */
  readonly open: OpenPsql | null;
}

/** An answer of the server that the job may ask for. */
export interface FirstAnswer {
  /** The answer to the very same question, once; null = it has to be asked. `signal` ends it. */
  take(psql: string, target: LibpqConnection, signal: AbortSignal): Promise<FirstAnswered> | null;
}

/** Names that only one running job may hold: an output path, a database that is restored into. */
export interface Reservations {
  /** Returns a function that releases the name, or null when another job holds it. */
  take(name: string): (() => void) | null;
}

/** Names held by jobs of this process. */
export class LocalReservations implements Reservations {
  private readonly held = new Set<string>();

  take(name: string): (() => void) | null {
    if (this.held.has(name)) return null;
    this.held.add(name);
    return () => this.held.delete(name);
  }
}

/** `application_name` of a job's sessions, but for those that watch or end others. */
export function applicationNameOf(runId: string): string {
  return `pgbackup-${runId}`;
}

/** What a running job works with. */
export interface JobRun {
  record: JobRecord;
  services: JobServices;
  reservations: Reservations;
  /** 12 hexadecimal digits, in the names of partial outputs and in the application name. */
  runId: string;
  /**
   * `application_name` of the job's sessions, by which the server's backends of this job are found.
   */
  applicationName: string;
  /** Starts `ssh` for the job's connections. */
  tunnelStarter: () => Promise<StartSsh>;
  /** Aborted when the job is cancelled. */
  signal: AbortSignal;
  /** Actions to run when the job ends, newest first; failures are ignored. */
  cleanups: (() => unknown)[];
}

/** Tells watchers that the record has changed, and writes it before the job goes on. */
export function keepRecord({ record, services }: Pick<JobRun, 'record' | 'services'>): void {
  record.touch();
  services.keepRecord?.(record.snapshot());
}
