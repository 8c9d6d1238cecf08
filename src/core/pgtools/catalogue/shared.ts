import type { ToolName } from '../../model/tools';
import type { OptionKind, OptionRow } from './types';

/** Kinds that many rows share. */
export const flag = { kind: 'flag' } as const satisfies OptionKind;
export const relations = { kind: 'patternList', of: 'relation' } as const satisfies OptionKind;
export const schemas = { kind: 'patternList', of: 'schema' } as const satisfies OptionKind;
export const section = {
  kind: 'choice',
  choices: [
    { value: 'pre-data', label: 'Before the data' },
    { value: 'data', label: 'Data' },
    { value: 'post-data', label: 'After the data' },
  ],
  many: true,
} as const satisfies OptionKind;

/** Connection options, the same in every tool. Never offered: they come from the connection. */
export function connectionRows(tool: ToolName): OptionRow[] {
  const rows: OptionRow[] = [
    row('dbname', '-d', 'Database', 'Database to connect to'),
    row('host', '-h', 'Host', 'Host name or socket directory of the server'),
    row('port', '-p', 'Port', 'Port of the server'),
    row('username', '-U', 'User', 'User to connect as'),
    {
      ...row('no-password', '-w', 'No prompt', 'Never ask for a password'),
      kind: flag,
      reserved: 'managed',
    },
    { ...row('password', '-W', 'Prompt', 'Ask for a password'), kind: flag },
  ];
  return rows;

  function row(id: string, short: string, label: string, help: string): OptionRow {
    return {
      id,
      tool,
      flag: `--${id}`,
      short,
      kind: { kind: 'text', of: 'free' },
      group: 'connection',
      label,
      help,
      reserved: 'connection',
    };
  }
}

/** `--help` and `--version`. */
export function informationRows(tool: ToolName): OptionRow[] {
  return [
    {
      id: 'help',
      tool,
      flag: '--help',
      short: '-?',
      kind: flag,
      group: 'information',
      label: 'Help',
      help: 'Print the options and exit',
      reserved: 'information',
    },
    {
      id: 'version',
      tool,
      flag: '--version',
      short: '-V',
      kind: flag,
      group: 'information',
      label: 'Version',
      help: 'Print the version and exit',
      reserved: 'information',
    },
  ];
}

/** Verbose mode: every run asks for it, progress is read from it. */
export function verboseRow(tool: ToolName): OptionRow {
  return {
    id: 'verbose',
    tool,
    flag: '--verbose',
    short: '-v',
    kind: flag,
    group: 'behaviour',
    label: 'Verbose',
    help: 'Report what is being done',
    reserved: 'managed',
  };
}

export function roleRow(tool: ToolName): OptionRow {
  return {
    id: 'role',
    tool,
    flag: '--role',
    kind: { kind: 'text', of: 'role' },
    group: 'behaviour',
    label: 'Act as role',
    help: 'SET ROLE to this role after connecting, where the login itself may not read or create everything',
  };
}

/** psql's protection against meta-commands in scripts; back-patched in August 2025, never to 12. */
export function restrictKeyRow(tool: ToolName): OptionRow {
  return {
    id: 'restrict-key',
    tool,
    flag: '--restrict-key',
    since: 13,
    minors: { 13: 22, 14: 19, 15: 14, 16: 10, 17: 6 },
    kind: { kind: 'text', of: 'key' },
    group: 'script',
    label: 'Restrict key',
    help: 'Letters and digits for the \\restrict line of the script, for output that is the same every time',
  };
}

/** The statistics options and the negatives that came with 18, alike in all three tools. */
export function contentRows(tool: Exclude<ToolName, 'psql'>): OptionRow[] {
  const isRestore = tool === 'pg_restore';
  const verb = isRestore ? 'restore' : 'dump';
  // pg_dumpall leaves these checks to pg_dump, which it starts after it has written the globals.
  const content = (...ids: string[]): { conflicts: string[] } => ({ conflicts: ids });
  return [
    {
      id: 'schema-only',
      tool,
      flag: '--schema-only',
      short: '-s',
      kind: flag,
      ...content('data-only', 'no-schema', 'statistics', 'statistics-only'),
      ...(tool === 'pg_dump' && {
        conflicts: [
          'data-only',
          'include-foreign-data',
          'no-schema',
          'statistics',
          'statistics-only',
        ],
      }),
      group: 'content',
      label: 'Schema only',
      help: `Only ${verb} the definitions, no rows`,
    },
    {
      id: 'data-only',
      tool,
      flag: '--data-only',
      short: '-a',
      kind: flag,
      ...content('schema-only', 'clean', 'no-data', 'statistics', 'statistics-only'),
      group: 'content',
      label: 'Data only',
      help: `Only ${verb} rows, sequence values and large objects, no definitions`,
    },
    {
      id: 'no-data',
      tool,
      flag: '--no-data',
      since: 18,
      kind: flag,
      ...content('data-only'),
      group: 'content',
      label: 'Without data',
      help: `Do not ${verb} rows`,
    },
    {
      id: 'no-schema',
      tool,
      flag: '--no-schema',
      since: 18,
      kind: flag,
      ...content('schema-only'),
      group: 'content',
      label: 'Without schema',
      help: `Do not ${verb} definitions`,
    },
    {
      id: 'statistics',
      tool,
      flag: '--statistics',
      since: 18,
      kind: flag,
      ...content('schema-only', 'data-only', 'no-statistics'),
      group: 'content',
      label: 'With statistics',
      help: isRestore
        ? "Restore the planner's statistics that are in the archive (servers from 18 on)"
        : "Also dump the planner's statistics, so that the restored database need not be analysed first",
    },
    {
      id: 'statistics-only',
      tool,
      flag: '--statistics-only',
      since: 18,
      kind: flag,
      ...content('schema-only', 'data-only', 'no-statistics'),
      group: 'content',
      label: 'Statistics only',
      help: `Only ${verb} the planner's statistics`,
    },
    {
      id: 'no-statistics',
      tool,
      flag: '--no-statistics',
      since: 18,
      kind: flag,
      ...content('statistics', 'statistics-only'),
      group: 'content',
      label: 'Without statistics',
      help: `Do not ${verb} the planner's statistics`,
    },
    without('comments', 'comments', 'COMMENT commands'),
    without('publications', 'publications', 'publications'),
    without('subscriptions', 'subscriptions', 'subscriptions'),
    without('security-labels', 'security labels', 'security labels'),
    { ...without('policies', 'policies', 'row-level security policies'), since: 18 },
  ];

  function without(id: string, label: string, what: string): OptionRow {
    return {
      id: `no-${id}`,
      tool,
      flag: `--no-${id}`,
      kind: flag,
      group: 'content',
      label: `Without ${label}`,
      help: `Do not ${verb} ${what}`,
    };
  }
}

export function ifExistsRow(tool: Exclude<ToolName, 'psql'>): OptionRow {
  return {
    id: 'if-exists',
    tool,
    flag: '--if-exists',
    kind: flag,
    ...(tool === 'pg_dump' && { effectiveFormats: ['plain'] as const }),
    requires: ['clean'],
    group: 'script',
    label: 'Drop if exists',
    help: 'No error for objects to drop that do not exist',
  };
}
