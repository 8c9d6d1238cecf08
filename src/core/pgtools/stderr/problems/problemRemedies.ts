import type { ErrorProblemKind } from '../../../model/findings/errorProblems';
import type { Remedy, RemedyId } from '../../../model/findings/findings';
import type { JobError } from '../../../model/job';
import type { BackupOptions, RestoreOptions, TableRef } from '../../../model/options';
import { readForeignKey, violatingRowsSql } from './foreignKeySql';

/** The objects that errors of one kind name, and the first of these errors. */
export interface Culprits {
  names: Set<string>;
  errors: JobError[];
}

const NEW_DATABASE: Remedy = { id: 'newDatabase', kind: 'newDatabase' };

/** What remedies of a restore are made from. */
interface Patient {
  culprits: Culprits;
  names: string[];
  options: RestoreOptions;
  /**
   * Does the target exist already? In a database that the restore creates, nothing can be created
   * beforehand.
   */
  there: boolean;
}

const NO_OWNERS = setting('noOwnersAndPrivileges', { noOwner: true, noPrivileges: true });
const FEWER_JOBS = setting('fewerJobs', { jobs: 1 });

const elsewhere = ({ there }: Patient): Remedy[] => (there ? [NEW_DATABASE] : []);

const create =
  (id: 'createRoles' | 'createSchemas') =>
  ({ there, names }: Patient): Remedy[] =>
    there ? [{ id, kind: 'step', step: { do: id, names } }] : [];

const withOption =
  (id: RemedyId, option: string) =>
  ({ options }: Patient): Remedy[] => [
    setting(id, { toolOptions: { ...options.toolOptions, [option]: true } }),
  ];

/** Remedies by kind of problem. Kinds that are not listed have a sentence but no remedy. */
const RESTORE: Partial<Record<ErrorProblemKind, (patient: Patient) => Remedy[]>> = {
  roleMissing: (patient) => [
    NO_OWNERS,
    { id: 'mapRoles', kind: 'mapRoles', names: patient.names },
    ...create('createRoles')(patient),
  ],
  schemaMissing: create('createSchemas'),
  tablespaceMissing: withOption('noTablespaces', 'no-tablespaces'),
  notOwner: () => [NO_OWNERS],
  extensionOwner: withOption('noComments', 'no-comments'),
  exists: ({ options, there }) =>
    options.clean || !there
      ? []
      : [
          NEW_DATABASE,
          setting('clean', { clean: true, ifExists: true }),
          setting('dataOnly', { dataOnly: true, clean: false, ifExists: false }),
        ],
  dependents: elsewhere,
  duplicateKey: elsewhere,
  generatedColumn: elsewhere,
  encoding: elsewhere,
  foreignKey: ({ culprits, options }) => [
    // What a transaction has undone has no rows that could be listed, and no key to add.
    ...(options.singleTransaction ? [] : foreignKeyRemedies(culprits)),
    ...(options.dataOnly && !options.replaceRows
      ? [
          setting('definitionsToo', { dataOnly: false }),
          setting('disableTriggers', { disableTriggers: true }),
        ]
      : []),
  ],
  searchPath: ({ names }) => [
    setting('searchPath', { searchPath: 'allSchemas' }),
    ...searchPathRemedies(names),
  ],
  // COPY does not load rows into such a table, whatever the option says.
  rowSecurity: (patient) =>
    patient.culprits.errors.every(({ message }) => /^COPY\b|\bCOPY FROM\b/.test(message))
      ? []
      : withOption('enableRowSecurity', 'enable-row-security')(patient),
  locks: () => [setting('noSingleTransaction', { singleTransaction: false })],
  inUse: ({ names }) => [
    { id: 'endSessions', kind: 'step', step: { do: 'endAllSessions', databases: names } },
  ],
  lockTimeout: ({ there, names }) =>
    there && names.includes('lock')
      ? [{ id: 'endSessions', kind: 'step', step: { do: 'endAllSessions', databases: null } }]
      : [],
  connections: () => [FEWER_JOBS],
  memory: () => [FEWER_JOBS],
  unknownSetting: () => [setting('goOn', { exitOnError: false, singleTransaction: false })],
};

/** What can be done so that the next restore goes through; the best first. */
export function restoreRemedies(
  kind: ErrorProblemKind,
  culprits: Culprits,
  options: RestoreOptions,
): Remedy[] {
  const there = !options.createDatabase && !options.swapIn;
  return RESTORE[kind]?.({ culprits, names: [...culprits.names], options, there }) ?? [];
}

/** What can be done so that the next backup goes through; the best first. */
export function backupRemedies(
  kind: ErrorProblemKind,
  { errors }: Culprits,
  options: BackupOptions,
): Remedy[] {
  const set = (id: RemedyId, change: Partial<BackupOptions>): Remedy => ({
    ...{ id, kind: 'setBackup', options: change },
  });
  switch (kind) {
    case 'damaged': {
      const tables = errors.flatMap(({ message, sql }) => dumpedTable(message, sql) ?? []);
      const all = [...options.excludeTableData, ...tables];
      return tables.length === 0 ? [] : [set('withoutDamaged', { excludeTableData: all })];
    }
    case 'rowSecurity': {
      const toolOptions = { ...options.toolOptions, 'enable-row-security': true };
      return [set('enableRowSecurity', { toolOptions })];
    }
    case 'connections':
    case 'memory':
      return [set('fewerJobs', { jobs: 1 })];
    default:
      return [];
  }
}

function setting(id: RemedyId, options: Partial<RestoreOptions>): Remedy {
  return { id, kind: 'set', options };
}

/** Remedies for foreign keys that existing rows violate. */
function foreignKeyRemedies({ errors }: Culprits): Remedy[] {
  const keys = errors.flatMap(({ sql }) => readForeignKey(sql ?? '') ?? []);
  if (keys.length === 0) return [];
  const text = keys.map(violatingRowsSql).join('\n\n');
  return [
    { id: 'copyRowsQuery', kind: 'copy', text },
    { id: 'addForeignKeys', kind: 'step', step: { do: 'addForeignKeys', keys } },
  ];
}

const SIGNATURE = /^((?:[\w$]+\.)?[\w$]+\([^)]*\)) → /;

function searchPathRemedies(names: readonly string[]): Remedy[] {
  const functions = new Set(names.flatMap((name) => SIGNATURE.exec(name)?.[1] ?? []));
  if (functions.size === 0) return [];
  const text = [...functions]
    .map((signature) => `ALTER FUNCTION ${signature} SET search_path = ${pathOf(signature)};`)
    .join('\n');
  return [{ id: 'copyFunctionPath', kind: 'copy', text }];
}

function pathOf(signature: string): string {
  const schema = /^([\w$]+)\./.exec(signature)?.[1] ?? 'public';
  return schema === 'public' ? 'public, pg_catalog' : `${schema}, public, pg_catalog`;
}

const COPY = /^COPY (?:ONLY )?("(?:[^"]|"")+"|[^\s."]+)\.("(?:[^"]|"")+"|[^\s."(]+)[ (]/;

/** The table whose rows pg_dump was copying: `The command was: COPY app.orders (id, …) TO stdout;`. */
function dumpedTable(message: string, sql = ''): TableRef | null {
  for (const line of [...sql.split('\n'), ...message.split('\n')]) {
    const [, schema, name] = COPY.exec(line) ?? [];
    if (schema !== undefined && name !== undefined) {
      return { schema: unquoted(schema), name: unquoted(name) };
    }
  }
  return null;
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
