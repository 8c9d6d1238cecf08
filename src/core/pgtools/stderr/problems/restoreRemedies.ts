import type { ErrorProblemKind } from '../../../model/findings/errorProblems';
import { setting, type Remedy, type RemedyId } from '../../../model/findings/findings';
import type { RestoreOptions } from '../../../model/options';
import { duplicateRowsSql } from './duplicateRowsSql';
import { readForeignKey, violatingRowsSql } from './foreignKeySql';
import { grantStatements } from './grantSql';
import {
  CONNECTION_SETTINGS,
  copying,
  type Culprits,
  LOCK_SETTING,
  OTHER_CONNECTION,
  place,
  STANDBY_WAYS,
} from './remedies';

/** What remedies of a restore are made from. */
interface Patient extends Omit<Culprits, 'names'> {
  names: string[];
  options: RestoreOptions;
  /**
   * Does the target exist already? In a database that the restore creates, nothing can be created
   * beforehand.
   */
  there: boolean;
}

type Cure = (patient: Patient) => readonly Remedy[];

const NEW_DATABASE: Remedy = { id: 'newDatabase', kind: 'newDatabase' };
const NO_OWNERS = setting('noOwnersAndPrivileges', { noOwner: true, noPrivileges: true });
const FEWER_JOBS = setting('fewerJobs', { jobs: 1 });
const GO_ON = setting('goOn', { exitOnError: false, singleTransaction: false });
const OTHER_TOOLS = place('otherTools');
/** A statement that gives rights or an owner away. */
const OF_PRIVILEGES = /^\s*(?:GRANT|REVOKE|ALTER DEFAULT PRIVILEGES|ALTER .+ OWNER TO)\s/s;

const elsewhere: Cure = ({ there }) => (there ? [NEW_DATABASE] : []);

/** Scripts have no numbers of entries. */
const leaveOut: Cure = ({ dumpIds }) =>
  dumpIds.size === 0 ? [] : [{ id: 'leaveOut', kind: 'leaveOut', dumpIds: [...dumpIds] }];

const createSchemas: Cure = ({ there, names }) =>
  there ? [{ id: 'createSchemas', kind: 'step', step: { do: 'createSchemas', names } }] : [];

/** Without the schema that they have in the backup, unless they insist on one: `name → schema`. */
const createExtensions: Cure = ({ there, names }) =>
  there
    ? [
        {
          ...{ id: 'createExtensions', kind: 'step' },
          step: {
            do: 'createExtensions',
            extensions: names.map((named) => {
              const [name = '', schema = null] = named.split(' → ');
              return { name, schema };
            }),
          },
        },
      ]
    : [];

const endSessions = (databases: string[] | null): Remedy => ({
  ...{ id: 'endSessions', kind: 'step' },
  step: { do: 'endAllSessions', databases },
});

const withOption =
  (id: RemedyId, option: string): Cure =>
  ({ options }) => [setting(id, { toolOptions: { ...options.toolOptions, [option]: true } })];

/** TRUNCATE and the rows are one transaction, which minds the keys; of archives alone. */
const rowsInstead: Cure = ({ there, dumpIds, options: { schemaOnly } }) =>
  there && dumpIds.size > 0 && !schemaOnly
    ? [
        setting('rowsInstead', {
          ...{ replaceRows: true, dataOnly: true, disableTriggers: false },
          ...{ clean: false, ifExists: false, remakeKeys: false },
          ...{ singleTransaction: true, exitOnError: true, jobs: 1 },
        }),
      ]
    : [];

/** Objects that are missing may have been left out by the choice of objects. */
const everything: Cure = () => [
  setting('everything', { schemas: null, tables: null, dumpIds: null }),
];

/**
 * Remedies by kind of problem, the best first. A restore can always be run again: the page offers that
 * for all of them. The kinds without any are those of the disk and of the other end of the connection,
 * which no option of a restore changes.
 */
const CURES: Readonly<Record<ErrorProblemKind, readonly Cure[]>> = {
  roleMissing: [
    ({ names }) => [
      NO_OWNERS,
      { id: 'mapRoles', kind: 'mapRoles', names },
      { id: 'createRoles', kind: 'step', step: { do: 'createRoles', names } },
    ],
  ],
  schemaMissing: [createSchemas, everything, leaveOut],
  tablespaceMissing: [withOption('noTablespaces', 'no-tablespaces')],
  extensionMissing: [leaveOut, () => [OTHER_CONNECTION]],
  extensionNeeded: [createExtensions, leaveOut],
  extensionRefused: [
    ({ errors }) =>
      copying(
        'copyExtensions',
        errors.flatMap(({ sql = '' }) => (/^\s*CREATE EXTENSION [^;]+;\s*$/.test(sql) ? sql : [])),
      ),
    leaveOut,
    () => [OTHER_CONNECTION],
  ],
  extensionOwner: [withOption('noComments', 'no-comments')],
  extensionSchema: [createExtensions, leaveOut],
  exists: [
    ({ options, there }) =>
      options.clean || !there
        ? []
        : [
            NEW_DATABASE,
            setting('clean', { clean: true, ifExists: true }),
            ...(options.schemaOnly
              ? []
              : [setting('dataOnly', { dataOnly: true, clean: false, ifExists: false })]),
          ],
    () => [GO_ON],
  ],
  dependents: [rowsInstead, elsewhere],
  notOwner: [() => [NO_OWNERS], elsewhere, () => [OTHER_CONNECTION]],
  permission: [
    ({ errors }) => (errors.some(({ sql = '' }) => OF_PRIVILEGES.test(sql)) ? [NO_OWNERS] : []),
    ({ names, errors, user }) =>
      copying('copyGrants', grantStatements(names, errors, { user, use: 'restore' })),
    () => [OTHER_CONNECTION],
    leaveOut,
  ],
  duplicateKey: [rowsInstead, elsewhere],
  duplicateRows: [
    ({ errors }) =>
      copying('copyDuplicatesQuery', [
        ...new Set(errors.flatMap(({ sql = '' }) => duplicateRowsSql(sql) ?? [])),
      ]),
    leaveOut,
  ],
  foreignKey: [
    ({ errors, options }) => {
      const keys = errors.flatMap(({ sql }) => readForeignKey(sql ?? '') ?? []);
      // What a transaction has undone has no rows that could be listed, and no key to add.
      if (keys.length === 0 || options.singleTransaction) return [];
      return [
        ...copying('copyRowsQuery', [keys.map(violatingRowsSql).join('\n\n')]),
        { id: 'addForeignKeys', kind: 'step', step: { do: 'addForeignKeys', keys } },
      ];
    },
    ({ options }) =>
      options.dataOnly && !options.replaceRows
        ? [
            setting('definitionsToo', { dataOnly: false }),
            setting('disableTriggers', { disableTriggers: true }),
          ]
        : [],
    leaveOut,
  ],
  // Rows that only need the rows of others go in when what failed is restored again.
  check: [() => [GO_ON], leaveOut],
  generatedColumn: [elsewhere, leaveOut],
  // A new database has the encoding of the backup.
  encoding: [elsewhere, leaveOut],
  searchPath: [
    () => [setting('searchPath', { searchPath: 'allSchemas' })],
    ({ names }) => functionPaths(names),
  ],
  unknownSetting: [() => [GO_ON, OTHER_TOOLS]],
  newerSyntax: [leaveOut, () => [GO_ON, OTHER_TOOLS]],
  // COPY does not load rows into such a table, whatever the option says.
  rowSecurity: [
    (patient) =>
      patient.errors.every(({ message }) => /^COPY\b|\bCOPY FROM\b/.test(message))
        ? []
        : withOption('enableRowSecurity', 'enable-row-security')(patient),
    () => [OTHER_CONNECTION],
  ],
  locks: [() => [setting('noSingleTransaction', { singleTransaction: false }), ...LOCK_SETTING]],
  connections: [() => [FEWER_JOBS]],
  memory: [() => [FEWER_JOBS]],
  diskFull: [() => [OTHER_CONNECTION]],
  outputFull: [],
  inUse: [({ names }) => [endSessions(names)]],
  readOnly: [() => [OTHER_CONNECTION]],
  standbyConflict: [() => STANDBY_WAYS],
  lockTimeout: [
    ({ there, names }) =>
      there && names.some((name) => name !== 'statement') ? [endSessions(null)] : [],
    ({ names }) => (names.includes('deadlock') ? [FEWER_JOBS] : []),
  ],
  damaged: [elsewhere, () => [OTHER_CONNECTION]],
  pooler: [() => [CONNECTION_SETTINGS, FEWER_JOBS]],
  ended: [],
  connectionLost: [() => [CONNECTION_SETTINGS]],
  sequencesBehind: [() => [{ id: 'setSequences', kind: 'step', step: { do: 'setSequences' } }]],
  missing: [everything],
};

/** What can be done so that the next restore goes through; the best first. */
export function restoreRemedies(
  kind: ErrorProblemKind,
  { names, ...culprits }: Culprits,
  options: RestoreOptions,
): Remedy[] {
  const there = !options.createDatabase && !options.swapIn;
  const patient = { ...culprits, names: [...names], options, there };
  return CURES[kind].flatMap((cure) => cure(patient));
}

const SIGNATURE = /^((?:[\w$]+\.)?[\w$]+\([^)]*\)) → /;

function functionPaths(names: readonly string[]): Remedy[] {
  const functions = new Set(names.flatMap((name) => SIGNATURE.exec(name)?.[1] ?? []));
  return copying(
    'copyFunctionPath',
    [...functions].map(
      (signature) => `ALTER FUNCTION ${signature} SET search_path = ${pathOf(signature)};`,
    ),
  );
}

function pathOf(signature: string): string {
  const schema = /^([\w$]+)\./.exec(signature)?.[1] ?? 'public';
  return schema === 'public' ? 'public, pg_catalog' : `${schema}, public, pg_catalog`;
}
