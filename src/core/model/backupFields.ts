import { field, type FieldTable } from './optionFields';
import { MAX_JOBS, MAX_LOCK_WAIT_SECONDS } from './limits';

const FLAG = { type: 'flag' } as const;
const NAMES = { type: 'names' } as const;
const RELATIONS = { type: 'relations' } as const;

const WITH_DATABASES = {
  scopes: ['database', 'server'],
  reason: 'No database is dumped, only what all of them share.',
} as const;

/** The selection of objects is not remembered: objects come and go. */
const SELECTION = {
  label: 'Objects',
  place: 'objects',
  remembered: false,
  inHistory: true,
  only: {
    scopes: ['database'],
    reason:
      'Objects are chosen in a backup of one database. pg_dumpall takes databases as a whole.',
  },
} as const;

/** Every field of a backup's options, from the top of the form to its end. */
export const backupFields = {
  connectionId: field(
    { type: 'text' },
    { label: 'Connection', place: 'alone', remembered: false, inHistory: false },
  ),
  /** null = the connection's own database. */
  database: field(
    { type: 'text', nullable: true },
    {
      default: null,
      label: 'Database',
      place: 'alone',
      remembered: false,
      inHistory: true,
      only: {
        scopes: ['database'],
        reason: 'pg_dumpall takes the whole server, whichever database it connects to.',
      },
    },
  ),
  scope: field(
    { type: 'choice', values: ['database', 'server', 'globals', 'roles', 'tablespaces'] },
    {
      default: 'database',
      label: 'What to back up',
      place: 'alone',
      options: { pg_dumpall: ['globals-only', 'roles-only', 'tablespaces-only'] },
      remembered: true,
      inHistory: true,
    },
  ),
  /** Absolute path of the file (or directory, for the directory format) that will appear. */
  outputPath: field(
    { type: 'text' },
    {
      proposed: true,
      label: 'Save to',
      place: 'alone',
      options: { pg_dump: ['file'], pg_dumpall: ['file'] },
      remembered: false,
      inHistory: false,
    },
  ),
  /** Sets format, compression and jobs; 'custom' = they are chosen one by one. */
  profile: field(
    { type: 'choice', values: ['recommended', 'smallest', 'fastest', 'portable', 'custom'] },
    {
      default: 'custom',
      label: 'Profile',
      place: 'alone',
      remembered: true,
      inHistory: false,
      only: {
        scopes: ['database'],
        reason:
          'pg_dumpall writes plain SQL only: there is no format and no compression to choose.',
      },
    },
  ),
  format: field(
    { type: 'choice', values: ['custom', 'plain', 'directory', 'tar'] },
    {
      default: (format) => format,
      label: 'Format',
      place: 'alone',
      options: { pg_dump: ['format'] },
      remembered: true,
      inHistory: true,
      only: {
        scopes: ['database'],
        otherwise: 'plain',
        reason:
          'pg_dumpall writes plain SQL only. Choose that format, or back up the databases one by one.',
      },
    },
  ),
  /** 0 to 9; 0 = not compressed, and is passed as such. */
  compression: field(
    { type: 'integer', min: 0, max: 9, zero: 'none' },
    {
      // The tools' default; no compression for formats that are meant to be read or cannot be
      // compressed.
      default: (format) => (format === 'custom' || format === 'directory' ? 6 : 0),
      label: 'Compression',
      place: 'alone',
      options: { pg_dump: ['compress'] },
      beside: { compress: 'shared' },
      remembered: true,
      inHistory: true,
      only: { scopes: ['database'], otherwise: 0, reason: 'pg_dumpall does not compress.' },
    },
  ),
  includeSchema: field(FLAG, {
    default: true,
    label: 'Schema',
    group: 'Content',
    help: 'Definitions of tables, views, functions…',
    place: 'content',
    options: { pg_dump: ['data-only'], pg_dumpall: ['data-only'] },
    remembered: false,
    inHistory: true,
    only: WITH_DATABASES,
  }),
  includeData: field(FLAG, {
    default: true,
    label: 'Data',
    group: 'Content',
    help: 'Rows, sequence values, large objects',
    place: 'content',
    options: { pg_dump: ['schema-only'], pg_dumpall: ['schema-only'] },
    remembered: false,
    inHistory: true,
    only: WITH_DATABASES,
  }),
  includePrivileges: field(FLAG, {
    default: true,
    label: 'Privileges',
    group: 'Content',
    help: 'GRANT and REVOKE',
    place: 'content',
    options: { pg_dump: ['no-privileges'], pg_dumpall: ['no-privileges'] },
    remembered: true,
    inHistory: false,
  }),
  /** Acts on plain scripts only: in archives, ownership is a choice at restore time. */
  includeOwnership: field(FLAG, {
    default: true,
    label: 'Ownership',
    group: 'Content',
    help: 'Who owns each object',
    place: 'content',
    options: { pg_dump: ['no-owner'], pg_dumpall: ['no-owner'] },
    remembered: true,
    inHistory: false,
    only: WITH_DATABASES,
  }),
  /** Databases that a backup of the whole server leaves out, exact names. */
  excludeDatabases: field(NAMES, {
    default: [],
    label: 'Databases',
    place: 'alone',
    beside: { 'no-role-passwords': 'own' },
    remembered: false,
    inHistory: true,
    only: {
      scopes: ['server'],
      reason: 'Databases can only be left out of a backup of the whole server.',
    },
  }),
  /** Whole schemas, exact names; null = no filter. */
  schemas: field(
    { type: 'names', nullable: true },
    { ...SELECTION, default: null, control: 'tables', options: { pg_dump: ['schema'] } },
  ),
  /** Single relations; null = no filter. Together with `schemas`: see `dumpSelection`. */
  tables: field(
    { type: 'relations', nullable: true },
    { ...SELECTION, default: null, options: { pg_dump: ['table', 'table-and-children'] } },
  ),
  /** Whole schemas left out of everything else; not together with `schemas` or `tables`. */
  excludeSchemas: field(NAMES, {
    ...SELECTION,
    default: [],
    control: 'tables',
    options: { pg_dump: ['exclude-schema'] },
  }),
  /** Relations left out, with their data. */
  excludeTables: field(RELATIONS, {
    ...SELECTION,
    default: [],
    control: 'tables',
    options: { pg_dump: ['exclude-table', 'exclude-table-and-children'] },
  }),
  /** Tables whose definition is dumped without rows. */
  excludeTableData: field(RELATIONS, {
    ...SELECTION,
    default: [],
    control: 'tables',
    options: { pg_dump: ['exclude-table-data', 'exclude-table-data-and-children'] },
  }),
  /** With a filter, pg_dump leaves large objects out by default; null = the tool's default. */
  largeObjects: field(
    { type: 'flag', nullable: true },
    {
      ...SELECTION,
      default: null,
      label: 'Large objects',
      options: { pg_dump: ['large-objects', 'no-large-objects'] },
    },
  ),
  /** Extensions to keep while a filter is on (pg_dump 14+); null = the tool's default. */
  extensions: field(
    { type: 'names', nullable: true },
    { ...SELECTION, default: null, label: 'Extensions', options: { pg_dump: ['extension'] } },
  ),
  /** Parallel workers; a custom archive is joined from the directory that they write. */
  jobs: field(
    { type: 'integer', min: 1, max: MAX_JOBS },
    {
      default: 1,
      label: 'Parallel jobs',
      help: 'Tables dumped at the same time. A custom archive is then joined from a directory.',
      place: 'advanced',
      options: { pg_dump: ['jobs'] },
      remembered: true,
      inHistory: true,
      only: {
        scopes: ['database'],
        reason: 'pg_dumpall dumps one database after the other, by one job. Set 1.',
      },
    },
  ),
  noSync: field(FLAG, {
    default: false,
    label: 'Do not wait for the disk',
    help: 'Faster, but a crash of the machine soon after can damage the backup.',
    place: 'advanced',
    options: { pg_dump: ['no-sync'], pg_dumpall: ['no-sync'] },
    remembered: false,
    inHistory: false,
  }),
  /** Seconds to wait for a table lock; 0 = wait for ever. */
  lockWaitTimeout: field(
    { type: 'integer', min: 0, max: MAX_LOCK_WAIT_SECONDS, unit: 'seconds', zero: 'wait forever' },
    {
      default: 30,
      label: 'Lock wait timeout',
      help: 'Seconds to wait for a table that another session has locked.',
      place: 'advanced',
      options: { pg_dump: ['lock-wait-timeout'], pg_dumpall: ['lock-wait-timeout'] },
      remembered: true,
      inHistory: false,
    },
  ),
  /** Encoding of the dump; null = the database's. */
  encoding: field(
    { type: 'text', of: 'encoding', nullable: true },
    {
      default: null,
      label: 'Encoding',
      help: 'Of the text in the backup.',
      place: 'advanced',
      options: { pg_dump: ['encoding'], pg_dumpall: ['encoding'] },
      remembered: true,
      inHistory: true,
    },
  ),
  /** Passed as they are, one argument an element; checked against the form's own fields. */
  extraArgs: field(
    { type: 'arguments' },
    // Their effect is unknown, and they may contain a secret.
    {
      default: [],
      label: 'Extra arguments',
      place: 'advanced',
      remembered: false,
      inHistory: true,
    },
  ),
  toolOptions: field(
    { type: 'toolOptions' },
    { default: {}, label: 'Advanced', place: 'alone', remembered: true, inHistory: true },
  ),
  /** Directory of the installed tools to use; null = those that fit best. */
  toolDir: field(
    { type: 'text', nullable: true },
    { default: null, label: 'Tool', place: 'alone', remembered: true, inHistory: false },
  ),
} satisfies FieldTable;
