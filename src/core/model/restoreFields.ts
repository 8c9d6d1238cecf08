import { MAX_JOBS } from './limits';
import { field, type FieldTable } from './optionFields';

const FLAG = { type: 'flag' } as const;

/** Fields that belong to one file, are destructive, or name the target: never remembered. */
const ONCE = { remembered: false, inHistory: false } as const;
const SELECTION = { ...ONCE, default: null, label: 'Objects', place: 'objects' } as const;

/** Every field of a restore's options, from the top of the form to its end. */
export const restoreFields = {
  /** Absolute path of an archive, a directory archive or a script. */
  inputPath: field(
    { type: 'text' },
    { ...ONCE, label: 'File', place: 'alone', options: { psql: ['file'] } },
  ),
  /** Which of several dumps in a zip or tar, as `packedChoice` names it; null = the only one. */
  inputMember: field(
    { type: 'text', nullable: true },
    { ...ONCE, default: null, label: 'Dump in the file', place: 'alone' },
  ),
  connectionId: field({ type: 'text' }, { ...ONCE, label: 'Connection', place: 'alone' }),
  /**
   * The file is a script of pg_dumpall and may be run: it creates roles and databases, and connects
   * to each of them in turn. Never together with a target database.
   */
  wholeServer: field(FLAG, {
    ...ONCE,
    default: false,
    label: 'Run the script on the whole server',
    help: 'It is run for each of its databases in turn, by a psql of its own. You are asked again before it starts.',
    group: 'Whole server',
    place: 'alone',
  }),
  /** Of a script of pg_dumpall: what of it is restored, and into which databases; null = all of it. */
  databases: field(
    { type: 'databases', nullable: true },
    { ...ONCE, default: null, label: 'Databases of the script', place: 'alone' },
  ),
  /** Only with `databases`. */
  withoutRoles: field(FLAG, {
    ...ONCE,
    default: false,
    label: 'Without roles and tablespaces',
    help: 'Otherwise those that are not on the server yet are made; the others stay as they are.',
    place: 'alone',
  }),
  /** null = the connection's own database. */
  targetDatabase: field(
    { type: 'text', nullable: true },
    { ...ONCE, default: null, label: 'Target database', place: 'alone' },
  ),
  /** Create `targetDatabase` from template0 first; it must not exist. */
  createDatabase: field(FLAG, {
    ...ONCE,
    default: false,
    label: 'Create a new database',
    help: 'Empty, with the encoding and locale of the backup. It must not exist yet.',
    group: 'Target database',
    place: 'alone',
  }),
  /** Restore beside `targetDatabase`, which must exist, then give the new one its name. */
  swapIn: field(FLAG, {
    ...ONCE,
    default: false,
    label: 'Replace the database and keep the old one',
    help: 'The backup is restored into a new database beside it and checked. Then the two exchange names in one step; the old one stays under another name until you drop it.',
    group: 'Target database',
    place: 'alone',
  }),
  /** Only with `swapIn`. */
  endSessions: field(FLAG, {
    ...ONCE,
    default: false,
    label: 'End the sessions of others when the databases are exchanged',
    help: 'What they have not committed is undone; they connect to the restored database next. Otherwise the restored database waits beside the old one until nobody is connected.',
    group: 'Target database',
    place: 'alone',
  }),
  /** Of an archive that is cut or damaged, also within its data; into a new database only. */
  salvage: field(FLAG, {
    ...ONCE,
    default: false,
    label: 'Restore what is whole',
    help: 'Of an archive that is cut or damaged, also where only reading its rows shows it: rows that are not whole are left out, and the job names them. Into a new database only.',
    place: 'alone',
  }),
  /** Only with `salvage`. */
  salvageRows: field(FLAG, {
    ...ONCE,
    default: false,
    label: 'Also the complete rows of tables that are cut',
    help: 'The rows before the cut. The job says how many there are.',
    place: 'alone',
  }),
  schemaOnly: field(FLAG, {
    ...ONCE,
    default: false,
    label: 'Schema only',
    group: 'Content',
    place: 'alone',
    control: 'content',
    options: { pg_restore: ['schema-only'] },
    inHistory: true,
  }),
  dataOnly: field(FLAG, {
    ...ONCE,
    default: false,
    label: 'Data only',
    group: 'Content',
    place: 'alone',
    control: 'content',
    options: { pg_restore: ['data-only'] },
    inHistory: true,
  }),
  /** Exact names; null = everything. */
  schemas: field(
    { type: 'names', nullable: true },
    {
      ...SELECTION,
      control: 'tables',
      options: { pg_restore: ['schema', 'exclude-schema'] },
      inHistory: true,
    },
  ),
  /**
   * Tables with everything that belongs to them: indexes, constraints, owned sequences, triggers,
   * defaults, …
   */
  tables: field(
    { type: 'relations', nullable: true },
    {
      ...SELECTION,
      options: { pg_restore: ['use-list', 'table', 'index', 'function', 'trigger'] },
      inHistory: true,
    },
  ),
  /** Entries by their numbers in the archive, exactly those; not together with the two above. */
  dumpIds: field(
    { type: 'entries', nullable: true },
    { ...SELECTION, control: 'tables', inHistory: true },
  ),
  clean: field(FLAG, {
    default: false,
    label: 'Clean',
    help: 'Drop each object before it is restored.',
    place: 'existing',
    options: { pg_restore: ['clean'] },
    remembered: false,
    inHistory: true,
  }),
  /** Only with `clean`. */
  ifExists: field(FLAG, {
    ...ONCE,
    default: false,
    label: 'If exists',
    help: 'No error where there is nothing to drop.',
    place: 'existing',
    options: { pg_restore: ['if-exists'] },
  }),
  /** Only where something is dropped. */
  safetyBackup: field(FLAG, {
    ...ONCE,
    default: true,
    label: 'Safety backup',
    help: 'Back up what is dropped before anything is restored. The job then offers to put it back. Turn it off where the database is damaged and cannot be backed up.',
    place: 'alone',
  }),
  exitOnError: field(FLAG, {
    default: true,
    label: 'Exit on error',
    help: 'Stop at the first error instead of listing them at the end.',
    place: 'errors',
    options: { pg_restore: ['exit-on-error'] },
    // Not remembered: one restore that continued after errors must not make the next one do so.
    remembered: false,
    inHistory: false,
  }),
  /** Excludes `jobs` > 1; implies `exitOnError`. */
  singleTransaction: field(FLAG, {
    default: false,
    label: 'Single transaction',
    help: 'All or nothing: an error undoes the whole restore.',
    place: 'errors',
    options: { pg_restore: ['single-transaction'], psql: ['single-transaction'] },
    remembered: true,
    inHistory: true,
  }),
  noOwner: field(FLAG, {
    default: false,
    label: 'No owner',
    help: 'Everything belongs to you.',
    place: 'owners',
    options: { pg_restore: ['no-owner'] },
    remembered: true,
    inHistory: false,
  }),
  noPrivileges: field(FLAG, {
    default: false,
    label: 'No privileges',
    help: 'No GRANT and REVOKE.',
    place: 'owners',
    options: { pg_restore: ['no-privileges'] },
    remembered: true,
    inHistory: false,
  }),
  /** Roles of the file by other ones, wherever it names them: owners, privileges, policies. */
  mapRoles: field(
    { type: 'roles', nullable: true },
    {
      ...ONCE,
      default: null,
      label: 'Other roles',
      help: 'What the backup gives to this role is given to the one that is named here. An archive is then restored by its script, by one job.',
      place: 'alone',
      control: 'noOwner',
    },
  ),
  /** Only with `clean` and `singleTransaction`. */
  remakeKeys: field(FLAG, {
    ...ONCE,
    default: false,
    label: 'Remake foreign keys of others',
    help: 'Those that refer to what is dropped: dropped first and added again at the end, or nothing changes.',
    place: 'existing',
  }),
  /** Only with `dataOnly` and `singleTransaction`. */
  replaceRows: field(FLAG, {
    ...ONCE,
    default: false,
    label: 'Replace rows',
    help: 'The tables of the backup are emptied before their rows are loaded; foreign keys are checked at the end, in one transaction. Triggers do not fire.',
    place: 'existing',
  }),
  jobs: field(
    { type: 'integer', min: 1, max: MAX_JOBS },
    {
      default: 1,
      label: 'Parallel jobs',
      help: 'Tables and indexes restored at the same time.',
      place: 'advanced',
      options: { pg_restore: ['jobs'] },
      // Follows from the file.
      remembered: false,
      inHistory: true,
    },
  ),
  disableTriggers: field(FLAG, {
    default: false,
    label: 'Disable triggers',
    help: 'No triggers and foreign key checks while rows are restored.',
    place: 'advanced',
    options: { pg_restore: ['disable-triggers'] },
    remembered: false,
    inHistory: true,
  }),
  subscriptions: field(FLAG, {
    default: false,
    label: 'Subscriptions',
    help: 'Make the subscriptions of a dump as well. Left out otherwise: in a copy they would take the changes meant for the original.',
    place: 'advanced',
    remembered: false,
    inHistory: false,
  }),
  /** Does nothing for a file without a manifest. */
  checksums: field(FLAG, {
    default: false,
    label: 'Compare checksums',
    help: 'First read the whole file and compare it with the checksums of its manifest; otherwise only its size is compared.',
    place: 'advanced',
    remembered: true,
    inHistory: false,
  }),
  /** For scripts; for archives, pg_restore has options of its own. */
  withoutComments: field(FLAG, {
    default: false,
    label: 'No comments',
    help: 'Leave the comments of a script out.',
    place: 'advanced',
    remembered: false,
    inHistory: false,
  }),
  withoutPublications: field(FLAG, {
    default: false,
    label: 'No publications',
    help: 'Leave the publications of a script out.',
    place: 'advanced',
    remembered: false,
    inHistory: false,
  }),
  withoutSecurityLabels: field(FLAG, {
    default: false,
    label: 'No security labels',
    help: 'Leave the security labels of a script out.',
    place: 'advanced',
    remembered: false,
    inHistory: false,
  }),
  /** For scripts: tables that are restored without their rows; null = none. */
  withoutRowsOf: field(
    { type: 'relations', nullable: true },
    { ...SELECTION, label: 'Tables without rows', control: 'tables', inHistory: true },
  ),
  searchPath: field(
    { type: 'choice', values: ['asWritten', 'public', 'allSchemas'] },
    {
      default: 'asWritten',
      label: 'Search path',
      help: 'Otherwise it is empty, and functions in checks, triggers and generated columns do not find what they name without a schema. An archive is then restored by its script, by one job.',
      place: 'advanced',
      remembered: false,
      inHistory: false,
    },
  ),
  /** Passed as they are, one argument an element; checked against the form's own fields. */
  extraArgs: field(
    { type: 'arguments' },
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

/** Every field of a verification's options. */
export const verifyFields = {
  /** Absolute path of the backup. */
  inputPath: field({ type: 'text' }, { ...ONCE, label: 'File', place: 'alone' }),
  /** As of a restore. */
  inputMember: field(
    { type: 'text' },
    { ...ONCE, optional: true, label: 'Dump in the file', place: 'alone' },
  ),
  level: field(
    { type: 'choice', values: ['structure', 'fullRead', 'trialRestore'] },
    { ...ONCE, label: 'Level', place: 'alone' },
  ),
  /** On whose server the scratch database is made; needed for `trialRestore` only. */
  connectionId: field(
    { type: 'text' },
    { ...ONCE, optional: true, label: 'Connection', place: 'alone' },
  ),
} satisfies FieldTable;
