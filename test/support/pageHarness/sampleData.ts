/** A database as the pages may meet it: several schemas, odd and long names, partitions, sizes. */
import type {
  CatalogRelation,
  DatabaseCatalog,
  LockWait,
  ServerInfo,
} from '../../../src/core/model/catalog';
import type { BackupInfo } from '../../../src/core/model/archive';
import type { HelpOption } from '../../../src/core/model/tools';
import type {
  ConnectionState,
  ConnectionSummary,
  ToolCandidate,
} from '../../../src/protocol/types';

export const connections: ConnectionSummary[] = [
  {
    id: 'local',
    label: 'Local shop',
    target: 'localhost:5432/shop',
    address: 'localhost:5432',
    environment: 'development',
    readOnly: false,
  },
  {
    id: 'staging',
    label: 'Staging',
    target: 'db.staging.example:5432/shop',
    address: 'db.staging.example:5432',
    environment: 'staging',
    readOnly: false,
  },
  {
    id: 'prod',
    label: 'Shop production',
    target: 'pg-primary.eu-central-1.production.internal.example:6432/shop_production',
    address: 'pg-primary.eu-central-1.production.internal.example:6432',
    environment: 'production',
    readOnly: true,
  },
  {
    id: 'plain',
    label: 'postgresql://reporting@warehouse.example/analytics with a rather long name of its own',
    target: 'warehouse.example/analytics (user, port from the environment)',
    address: 'warehouse.example',
    environment: null,
    readOnly: false,
  },
];

function relation(
  schema: string,
  name: string,
  more: Partial<CatalogRelation> = {},
): CatalogRelation {
  return {
    schema,
    name,
    kind: 'table',
    bytes: 8192,
    rows: 0,
    partitionOf: null,
    extension: null,
    ownedBy: null,
    ...more,
  };
}

export const catalog: DatabaseCatalog = {
  database: 'shop',
  schemas: [
    { name: 'app', extension: null },
    { name: 'audit', extension: null },
    { name: 'Ünïcode & "Quotes"', extension: null },
    { name: 'public', extension: null },
  ],
  relations: [
    relation('app', 'customers', { bytes: 41_943_040, rows: 250_310 }),
    relation('app', 'orders', { bytes: 314_572_800, rows: 1_204_331 }),
    relation('app', 'order_items', { bytes: 524_288_000, rows: 4_800_021 }),
    relation('app', 'order_items_id_seq', {
      kind: 'sequence',
      ownedBy: { schema: 'app', name: 'order_items' },
    }),
    relation('app', 'invoice_numbers', { kind: 'sequence', rows: 1 }),
    relation('app', 'open_orders', { kind: 'view', bytes: 0, rows: null }),
    relation('app', 'sales_by_day', { kind: 'materializedView', bytes: 3_145_728, rows: 2_190 }),
    relation('app', 'exchange_rates', { kind: 'foreignTable', bytes: 0, rows: null }),
    relation('app', 'a_table_whose_name_uses_every_one_of_the_sixty_three_bytes_pg', {
      rows: null,
    }),
    relation('audit', 'log', { kind: 'partitionedTable', bytes: 0, rows: null }),
    ...Array.from({ length: 12 }, (_, month) =>
      relation('audit', `log_2026_${String(month + 1).padStart(2, '0')}`, {
        bytes: 10_485_760 * (month + 1),
        rows: 90_000 * (month + 1),
        partitionOf: { schema: 'audit', name: 'log' },
      }),
    ),
    relation('audit', 'sessions', { bytes: 73_400_320, rows: 800_000 }),
    relation('Ünïcode & "Quotes"', 'Mixed Case $Table.*?', { rows: 12 }),
    relation('Ünïcode & "Quotes"', '-leading dash', { rows: 3 }),
    relation('public', 'spatial_ref_sys', { extension: 'postgis', bytes: 6_291_456, rows: 8500 }),
    relation('public', 'settings', { rows: 40 }),
  ],
  extensions: [
    { name: 'plpgsql', schema: 'pg_catalog', version: '1.0' },
    { name: 'postgis', schema: 'public', version: '3.5.0' },
    { name: 'pg_trgm', schema: 'public', version: '1.6' },
  ],
  largeObjects: 12,
  databaseObjects: 1,
};

export const server: ServerInfo = {
  versionNumber: 170006,
  version: '17.6',
  major: 17,
  database: 'shop',
  user: 'deploy',
  databaseBytes: 1_288_490_188,
  encoding: 'UTF8',
  databases: ['postgres', 'shop', 'shop_copy', 'Ünïcode "db"', 'analytics'],
  isSuperuser: false,
};

interface Install {
  major: number;
  minor: number;
  dir: string;
}

const installs: Install[] = [
  { major: 18, minor: 1, dir: '/usr/lib/postgresql/18/bin' },
  { major: 17, minor: 6, dir: '/usr/lib/postgresql/17/bin' },
  { major: 17, minor: 2, dir: '/opt/a folder with a long name/PostgreSQL/17.2/bin' },
  { major: 15, minor: 14, dir: '/usr/lib/postgresql/15/bin' },
];

/** As the host would answer: pg_dump 15 is too old for the server, pg_restore 15 for the archive. */
export function connectionState(
  connectionId: string,
  tool: string,
  toolDir: string | null = null,
): ConnectionState {
  const chosen = installs.find(({ dir }) => dir === toolDir) ?? installs[1];
  const candidates = installs.map((install): ToolCandidate => {
    const { major, minor, dir } = install;
    const usable = major >= 17;
    return {
      dir,
      file: `${dir}/${tool}`,
      version: { major, minor, text: `${major}.${minor}` },
      reason: install !== chosen ? null : toolDir === null ? 'serverMajor' : 'chosen',
      usable,
      ...(usable
        ? {}
        : { whyNot: 'The server is 17.6, and this tool reads servers up to 15 only.' }),
    };
  });
  const running = candidates.find(({ reason }) => reason !== null);
  return {
    connectionId,
    server,
    catalog,
    tool: running?.reason
      ? {
          file: running.file,
          version: running.version,
          reason: running.reason,
          ...(running.version.major === 18 ? { unknownOptions: newOptions } : {}),
        }
      : null,
    tools: candidates,
    connectionArgs: ['--host=localhost', '--port=5432', '--username=deploy', '--dbname=shop'],
    problem: null,
  };
}

/** Options that `--help` of a future version might list. */
const newOptions: HelpOption[] = [
  {
    flag: '--frobnicate-indexes',
    short: null,
    also: [],
    argument: null,
    description: 'frobnicate indexes while dumping',
  },
  {
    flag: '--throttle',
    short: null,
    also: [],
    argument: 'KBPS',
    description: 'read at most so many kilobytes per second',
  },
];

/** A database with this many tables, in 20 schemas. */
export function hugeCatalog(tables: number): DatabaseCatalog {
  const schemas = Array.from({ length: 20 }, (_, n) => ({
    name: `tenant_${String(n).padStart(2, '0')}`,
    extension: null,
  }));
  const relations = Array.from({ length: tables }, (_, n) =>
    relation(schemas[n % 20]?.name ?? '', `events_${String(n).padStart(6, '0')}`, {
      bytes: 8192 * ((n % 97) + 1),
      rows: (n % 1013) * 7,
    }),
  );
  return { ...catalog, schemas, relations };
}

export const info: BackupInfo = {
  path: '/home/dev/shop/backups/shop_2026-11-22_1340.dump',
  format: 'custom',
  sizeBytes: 402_653_184,
  created: '2026-11-22T13:40:00',
  database: 'shop_production',
  serverVersion: '17.5 (Debian 17.5-1.pgdg120+1)',
  pgDumpVersion: '17.6 (Debian 17.6-1.pgdg120+1)',
  archiveVersion: '1.16',
  compression: 'gzip',
  encoding: 'UTF8',
  databaseEncoding: 'UTF8',
  locale: { collate: 'en_US.UTF-8', ctype: 'en_US.UTF-8' },
  complete: true,
  cluster: false,
  connects: [],
  warnings: ['attachedIndexes', 'restrictKeys'],
  contents: {
    schemas: ['app', 'audit', 'Ünïcode & "Quotes"', 'public'],
    tables: catalog.relations
      .filter(({ kind }) => kind === 'table' || kind === 'partitionedTable')
      .map(({ schema, name }) => ({ schema, name })),
    functions: 31,
    views: 7,
    sequences: 9,
    indexes: 44,
    triggers: 6,
    constraints: 58,
    hasBlobs: true,
    largeObjects: 12,
  },
};

/** The lock of a job that waits for another session. */
export const lockWait: LockWait = {
  object: 'app.order_items',
  blockers: [{ pid: 4711, application: 'psql', user: 'deploy' }],
};
