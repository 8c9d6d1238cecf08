import type { BackupPlace } from '../core/forms/backup/backupProfiles';
import type { DatabaseSize } from '../core/forms/backup/clusterEstimate';
import type { PastRun, TableSample } from '../core/model/estimates/estimate';
import type { BackupOptions, BackupScope, RememberedBackup } from '../core/model/options';
import type { FormEvents, FormInit, FormKept, FormRequests } from './formApi';
import type { ConnectionState } from './types';

export interface BackupInit extends FormInit<BackupOptions> {
  /** The path is one that was asked for, not a proposal that follows connection and format. */
  typedPath?: boolean;
  /** Cores of the machine that runs pg_dump. */
  cores: number;
}

/** What an estimate is made from, beside the options and the catalog. */
export interface EstimateFactsSent {
  runs: PastRun[];
  /** The database as `PastRun` names it. */
  database: string;
  /** What a whole server holds; null = one database is backed up, or they are not known. */
  databases: DatabaseSize[] | null;
  /** `table`: by `relationKey`. */
  samples: (TableSample & { table: string })[];
  largeObjectBytes: number | null;
  plainObjectBytes?: number | undefined;
}

/** Requests of the backup page to the host: method -> [parameters, result]. */
export interface BackupRequests extends FormRequests<BackupOptions, RememberedBackup> {
  /** The page is up. */
  ready: [FormKept<BackupOptions>, BackupInit];
  /** `toolDir`: the tools of this directory, instead of those that fit best. */
  'connection/load': [
    {
      connectionId: string;
      /** The database, where it is not the connection's own. */
      database?: string | null | undefined;
      refresh: boolean;
      toolDir?: string | null | undefined;
      /** Decides which tool runs; one database when left out. */
      scope?: BackupScope | undefined;
    },
    ConnectionState,
  ];
  /** A path from the template for this connection and format. */
  'output/suggest': [
    {
      connectionId: string;
      database?: string | null | undefined;
      format: BackupOptions['format'];
      scope?: BackupScope | undefined;
    },
    { path: string },
  ];
  /** null = nothing is known of the server. */
  'estimate/facts': [
    {
      connectionId: string;
      database?: string | null | undefined;
      scope?: BackupScope | undefined;
    },
    EstimateFactsSent | null,
  ];
  /** What is known of link and disk: a profile depends on it. */
  'place/facts': [{ connectionId: string; outputPath: string }, BackupPlace];
  'output/browse': [{ options: BackupOptions }, { path: string | null }];
  /** Opens the finished backup as a document. */
  'job/open': [{ jobId: string }, void];
  'job/reveal': [{ jobId: string }, void];
  'job/restore': [{ jobId: string }, void];
}

export type BackupEvents = FormEvents;
