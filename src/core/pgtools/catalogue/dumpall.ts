import { backupFields } from '../../model/backupFields';
import { dataRows, insertRows } from './dataOptions';
import { ownershipRows } from './ownership';
import {
  connectionRows,
  contentRows,
  flag,
  ifExistsRow,
  informationRows,
  restrictKeyRow,
  roleRow,
  verboseRow,
} from './shared';
import { optionTable } from './rows';
import type { OptionRow } from './types';
import { dictionary } from '../../dictionary';

const tool = 'pg_dumpall';

/** Options that leave the databases out. */
const globals = ['globals-only', 'roles-only', 'tablespaces-only'] as const;

const own: readonly OptionRow[] = [
  {
    id: 'file',
    tool,
    flag: '--file',
    short: '-f',
    kind: { kind: 'file', direction: 'out' },
    group: 'output',
    label: 'Save to',
    help: 'Output file; always a plain script',
  },
  {
    id: 'lock-wait-timeout',
    tool,
    flag: '--lock-wait-timeout',
    kind: { kind: 'number', min: 0, max: 2147483647, unit: 'milliseconds' },
    noEffectWith: globals,
    group: 'behaviour',
    label: 'Lock wait timeout',
    help: 'Fail if a table lock cannot be acquired within this time, instead of waiting forever',
  },
  {
    id: 'no-sync',
    tool,
    flag: '--no-sync',
    kind: flag,
    group: 'performance',
    label: 'No sync',
    help: 'Do not wait until the output is safely on disk',
  },
  {
    id: 'globals-only',
    tool,
    flag: '--globals-only',
    short: '-g',
    kind: flag,
    conflicts: ['roles-only', 'tablespaces-only', 'exclude-database'],
    group: 'selection',
    label: 'Globals only',
    help: 'Only roles and tablespaces, no databases',
  },
  {
    id: 'roles-only',
    tool,
    flag: '--roles-only',
    short: '-r',
    kind: flag,
    conflicts: ['globals-only', 'tablespaces-only', 'exclude-database'],
    group: 'selection',
    label: 'Roles only',
    help: 'Only roles, no tablespaces and no databases',
  },
  {
    id: 'tablespaces-only',
    tool,
    flag: '--tablespaces-only',
    short: '-t',
    kind: flag,
    conflicts: ['globals-only', 'roles-only', 'exclude-database'],
    group: 'selection',
    label: 'Tablespaces only',
    help: 'Only tablespaces, no roles and no databases',
  },
  {
    id: 'exclude-database',
    tool,
    flag: '--exclude-database',
    kind: { kind: 'patternList', of: 'database' },
    conflicts: ['globals-only', 'roles-only', 'tablespaces-only'],
    group: 'selection',
    label: 'Without databases matching',
    help: 'Leave out databases by patterns, as in psql (* and ?); names in double quotes are exact',
  },
  {
    id: 'filter',
    tool,
    flag: '--filter',
    since: 17,
    kind: { kind: 'file', direction: 'in' },
    noEffectWith: globals,
    group: 'selection',
    label: 'Filter file',
    help: 'File with the databases to leave out',
  },
  {
    id: 'no-role-passwords',
    tool,
    flag: '--no-role-passwords',
    kind: flag,
    noEffectWith: ['tablespaces-only'],
    group: 'ownership',
    label: 'Without role passwords',
    help: 'Roles without passwords; does not need a superuser',
  },
  {
    id: 'clean',
    tool,
    flag: '--clean',
    short: '-c',
    kind: flag,
    // The pg_dump that it starts refuses the two, after the globals were written.
    conflicts: ['data-only'],
    group: 'script',
    label: 'Drop first',
    help: 'The script drops databases, roles and tablespaces before it creates them',
  },
  ifExistsRow(tool),
  restrictKeyRow(tool),
  roleRow(tool),
  {
    id: 'binary-upgrade',
    tool,
    flag: '--binary-upgrade',
    kind: flag,
    group: 'upgrade',
    label: 'Binary upgrade',
    help: 'For pg_upgrade only',
    dangerous: true,
    extraOnly: true,
  },
  {
    id: 'database',
    tool,
    flag: '--database',
    short: '-l',
    kind: { kind: 'text', of: 'free' },
    group: 'connection',
    label: 'First database',
    help: 'Database to connect to for the global objects',
    reserved: 'connection',
  },
  verboseRow(tool),
];

/**
 * Options that also act on roles and tablespaces, measured with 18: on all of them when nothing is
 * listed.
 */
const actingOnGlobals = dictionary<readonly string[]>({
  'no-privileges': [],
  'no-comments': [],
  'no-security-labels': [],
  'quote-all-identifiers': [],
  encoding: [],
  // Without databases and tablespaces, only roles are left.
  'no-tablespaces': ['roles-only', 'tablespaces-only'],
});

/** Options that pg_dumpall hands on to pg_dump do nothing where no database is dumped. */
function ofDatabases(rows: readonly OptionRow[]): OptionRow[] {
  return rows.map((row) => {
    const without = actingOnGlobals[row.id] ?? globals;
    if (without.length === 0) return row;
    return { ...row, noEffectWith: [...(row.noEffectWith ?? []), ...without] };
  });
}

/** Every option of pg_dumpall, 12 to 18. */
export const dumpAllOptions = optionTable(tool, backupFields, [
  ...own,
  ...ofDatabases([
    ...contentRows(tool),
    ...ownershipRows(tool),
    ...dataRows(tool),
    ...insertRows(tool),
  ]),
  ...connectionRows(tool),
  ...informationRows(tool),
]);
