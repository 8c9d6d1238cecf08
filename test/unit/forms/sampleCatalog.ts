import type { CatalogRelation, DatabaseCatalog, ServerInfo } from '../../../src/core/model/catalog';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import type { BackupContext, RestoreContext } from '../../../src/core/forms/form/context';
import type { BackupOptions, RestoreOptions, TableRef } from '../../../src/core/model/options';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import type { BackupInfo } from '../../../src/core/model/archive';
import type { ToolVersion } from '../../../src/core/model/tools';

/** `app.orders` as a reference; the first dot separates. */
export function ref(text: string): TableRef {
  const dot = text.indexOf('.');
  return { schema: text.slice(0, dot), name: text.slice(dot + 1) };
}

export function relation(text: string, more: Partial<CatalogRelation> = {}): CatalogRelation {
  return {
    ...ref(text),
    kind: 'table',
    bytes: 1000,
    rows: 10,
    partitionOf: null,
    extension: null,
    ownedBy: null,
    ...more,
  };
}

/** Schemas app (tables, a view, an owned sequence), log (partitions over two levels), audit, empty. */
export function sampleCatalog(): DatabaseCatalog {
  return {
    database: 'shop',
    schemas: [
      { name: 'app', extension: null },
      { name: 'log', extension: null },
      { name: 'archive', extension: null },
      { name: 'audit', extension: null },
      { name: 'cron', extension: 'pg_cron' },
    ],
    relations: [
      relation('app.customers'),
      relation('app.orders', { bytes: 5000 }),
      relation('app.orders_id_seq', { kind: 'sequence', bytes: 0, ownedBy: ref('app.orders') }),
      relation('app.totals', { kind: 'view', bytes: 0 }),
      relation('app.geo', { extension: 'postgis' }),
      relation('log.events', { kind: 'partitionedTable', bytes: 0, rows: null }),
      relation('log.events_2023', { partitionOf: ref('log.events') }),
      relation('log.events_2024', {
        kind: 'partitionedTable',
        bytes: 0,
        partitionOf: ref('log.events'),
      }),
      relation('log.events_2024_a', { partitionOf: ref('log.events_2024') }),
      relation('archive.events_2022', { partitionOf: ref('log.events') }),
      relation('archive.notes'),
      relation('audit.trail'),
      relation('cron.job', { extension: 'pg_cron' }),
    ],
    extensions: [
      { name: 'plpgsql', schema: 'pg_catalog', version: '1.0' },
      { name: 'pg_trgm', schema: 'public', version: '1.6' },
      { name: 'pg_cron', schema: 'cron', version: '1.6' },
    ],
    largeObjects: 3,
    databaseObjects: 2,
  };
}

export function tool(text: string): { version: ToolVersion } {
  const [major = 0, minor = 0] = text.split('.').map(Number);
  return { version: { major, minor, text } };
}

export function server(more: Partial<ServerInfo> = {}): ServerInfo {
  return {
    versionNumber: 170006,
    version: '17.6',
    major: 17,
    database: 'shop',
    user: 'alice',
    databaseBytes: 1e6,
    encoding: 'UTF8',
    databases: ['postgres', 'shop', 'other'],
    isSuperuser: true,
    ...more,
  };
}

/** A target that knows less than the dumps that {@link archive} and {@link script} stand for. */
export const oldServer = server({ major: 15, versionNumber: 150014, version: '15.14' });

export const connection = { id: 'dev', label: 'Dev', environment: null, readOnly: false };

export function backupContext(more: Partial<BackupContext> = {}): BackupContext {
  return { connection, server: server(), catalog: sampleCatalog(), tool: tool('17.6'), ...more };
}

export function backup(more: Partial<BackupOptions> = {}): BackupOptions {
  return {
    ...backupDefaults(more.format),
    connectionId: 'dev',
    outputPath: '/backups/shop.dump',
    ...more,
  };
}

export function archive(more: Partial<BackupInfo> = {}): BackupInfo {
  return {
    path: '/backups/shop.dump',
    format: 'custom',
    sizeBytes: 1000,
    created: '2026-11-22T13:40:00',
    database: 'shop',
    serverVersion: '17.6',
    pgDumpVersion: '17.6',
    contents: {
      schemas: ['app', 'log'],
      tables: [ref('app.orders'), ref('log.events'), ref('public.notes')],
      functions: 1,
      views: 1,
      sequences: 1,
      indexes: 1,
      triggers: 1,
      constraints: 0,
      hasBlobs: false,
      largeObjects: 0,
    },
    archiveVersion: '1.16',
    compression: 'gzip',
    encoding: 'UTF8',
    databaseEncoding: 'UTF8',
    locale: null,
    complete: true,
    cluster: false,
    connects: [],
    warnings: [],
    ...more,
  };
}

export function script(more: Partial<BackupInfo> = {}): BackupInfo {
  return archive({
    path: '/backups/shop.sql',
    format: 'plain',
    archiveVersion: null,
    compression: 'none',
    ...more,
  });
}

export function restoreContext(more: Partial<RestoreContext> = {}): RestoreContext {
  return { connection, server: server(), info: archive(), tool: tool('17.6'), ...more };
}

export function restore(more: Partial<RestoreOptions> = {}): RestoreOptions {
  return {
    ...restoreDefaults(),
    connectionId: 'dev',
    inputPath: '/backups/shop.dump',
    ...more,
  };
}
