import type { ErrorProblemKind } from '../../../model/findings/errorProblems';
import type { Remedy, RemedyId } from '../../../model/findings/findings';
import type { JobError } from '../../../model/job';
import type { BackupOptions } from '../../../model/options';
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
import { copiedTable, schemasOf, tablesIn } from './statementNames';

/** What can be done so that the next backup goes through; the best first. */
export function backupRemedies(
  kind: ErrorProblemKind,
  culprits: Culprits,
  options: BackupOptions,
): Remedy[] {
  switch (kind) {
    case 'damaged':
      return withoutDamaged(culprits, options);
    case 'permission':
    case 'notOwner':
      return [...withoutRefused(culprits, options), ...grants(culprits), OTHER_CONNECTION];
    case 'rowSecurity': {
      const toolOptions = { ...options.toolOptions, 'enable-row-security': true };
      return [set('enableRowSecurity', { toolOptions }), OTHER_CONNECTION];
    }
    case 'connections':
    case 'memory':
      return [set('fewerJobs', { jobs: 1 })];
    case 'locks':
      return [...LOCK_SETTING];
    case 'lockTimeout':
      return [set('waitForLocks', { lockWaitTimeout: 0 }), set('fewerJobs', { jobs: 1 })];
    case 'encoding':
      return [set('ownEncoding', { encoding: null })];
    case 'outputFull':
      return [place('otherOutput')];
    case 'standbyConflict':
      return [...STANDBY_WAYS];
    case 'pooler':
      return [CONNECTION_SETTINGS, set('fewerJobs', { jobs: 1 })];
    case 'connectionLost':
    case 'roleMissing':
      return [CONNECTION_SETTINGS];
    case 'diskFull':
    case 'readOnly':
      return [OTHER_CONNECTION];
    default:
      // Errors of restores, and what only the server can change: the page offers to run it again.
      return [];
  }
}

function set(id: RemedyId, options: Partial<BackupOptions>): Remedy {
  return { id, kind: 'setBackup', options };
}

function withoutDamaged({ errors }: Culprits, { excludeTableData }: BackupOptions): Remedy[] {
  const tables = errors.flatMap(({ message, sql = '' }) => {
    return copiedTable(sql) ?? copiedTable(message) ?? [];
  });
  if (tables.length === 0) return [];
  return [set('withoutDamaged', { excludeTableData: [...excludeTableData, ...tables] })];
}

/** Passwords are in a table of their own, which only superusers read. */
const PASSWORDS = /pg_authid$/;

function grants({ names, errors, user }: Culprits): Remedy[] {
  const own = [...names].filter((name) => !PASSWORDS.test(name));
  return copying('copyGrants', grantStatements(own, errors, { user, use: 'read' }));
}

/** Leaves out what the role may not read. */
function withoutRefused({ names, errors }: Culprits, options: BackupOptions): Remedy[] {
  if ([...names].some((name) => PASSWORDS.test(name))) {
    const toolOptions = { ...options.toolOptions, 'no-role-passwords': true };
    return [set('noRolePasswords', { toolOptions })];
  }
  const schemas = [...names].flatMap((name) => /^schema (.+)$/.exec(name)?.[1] ?? []);
  const tables = [...names].flatMap((name) => refusedTable(name, errors));
  const largeObjects = [...names].some((name) => name.startsWith('large object '));
  if (schemas.length + tables.length === 0 && !largeObjects) return [];
  return [
    set('withoutRefused', {
      excludeSchemas: [...options.excludeSchemas, ...schemas],
      excludeTables: [...options.excludeTables, ...tables],
      ...(largeObjects ? { largeObjects: false } : {}),
    }),
  ];
}

/**
 * pg_dump locks many tables at once, and the server names the one that it refuses, without its schema:
 * of two of one name, nobody knows which is meant.
 */
function refusedTable(named: string, errors: readonly JobError[]): BackupOptions['excludeTables'] {
  const [, name] =
    /^(?:(?:materialized |foreign )?(?:table|view)|relation|sequence) (.+)$/.exec(named) ?? [];
  if (name === undefined) return [];
  const tables = errors.flatMap(({ sql = '' }) => tablesIn(sql));
  const [schema, other] = schemasOf(name, tables);
  return schema === undefined || other !== undefined ? [] : [{ schema, name }];
}
