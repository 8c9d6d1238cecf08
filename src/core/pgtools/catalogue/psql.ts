import { restoreFields } from '../../model/restoreFields';
import { optionTable } from './rows';
import { connectionRows, flag, informationRows } from './shared';
import type { OptionGroup, OptionKind, OptionRow, Reserved } from './types';

const tool = 'psql';
const text = { kind: 'text', of: 'free' } as const satisfies OptionKind;

/**
 * A form needs few of psql's options: most format query results. They are listed so that they are
 * recognised.
 */
function row(
  id: string,
  short: string | null,
  kind: OptionKind,
  group: OptionGroup,
  label: string,
  help: string,
  more: Partial<OptionRow> = {},
): OptionRow {
  return { id, tool, flag: `--${id}`, ...(short && { short }), kind, group, label, help, ...more };
}

const managed: { reserved: Reserved } = { reserved: 'managed' };
const extraOnly = { extraOnly: true } as const;

const general: readonly OptionRow[] = [
  row('command', '-c', text, 'script', 'Command', 'Run this command', managed),
  row(
    'file',
    '-f',
    { kind: 'file', direction: 'in' },
    'script',
    'Script',
    'Run the commands in this file',
  ),
  row('list', '-l', flag, 'information', 'List databases', 'List the databases and exit', {
    reserved: 'information',
  }),
  row('set', '-v', text, 'script', 'Variable', 'Set a psql variable: name=value', {
    ...extraOnly,
    spellings: [{ flag: '--variable' }],
    reservedNames: {
      ON_ERROR_STOP: 'exitOnError',
      ON_ERROR_ROLLBACK: 'managed',
      AUTOCOMMIT: 'managed',
      SINGLESTEP: 'managed',
      SINGLELINE: 'managed',
      VERBOSITY: 'managed',
    },
  }),
  row('no-psqlrc', '-X', flag, 'behaviour', 'No psqlrc', 'Do not read the start-up file', managed),
  row(
    'single-transaction',
    '-1',
    flag,
    'behaviour',
    'Single transaction',
    'Everything or nothing, unless the script ends the transaction itself',
  ),
  row('echo-all', '-a', flag, 'display', 'Echo all', 'Print all input lines', extraOnly),
  row('echo-errors', '-b', flag, 'display', 'Echo errors', 'Print commands that failed', managed),
  row(
    'echo-queries',
    '-e',
    flag,
    'display',
    'Echo queries',
    'Print commands sent to the server',
    extraOnly,
  ),
  row(
    'echo-hidden',
    '-E',
    flag,
    'display',
    'Echo hidden',
    'Print the queries of backslash commands',
    extraOnly,
  ),
  row(
    'log-file',
    '-L',
    { kind: 'file', direction: 'out' },
    'output',
    'Log file',
    'Also write the session to this file',
  ),
  row(
    'no-readline',
    '-n',
    flag,
    'behaviour',
    'No readline',
    'No editing of the command line',
    extraOnly,
  ),
  // A value that begins with | starts a program.
  row(
    'output',
    '-o',
    { kind: 'file', direction: 'out' },
    'output',
    'Output',
    'Write results to this file',
    managed,
  ),
  row('quiet', '-q', flag, 'display', 'Quiet', 'Print results only', managed),
  // Both wait for a terminal.
  row('single-step', '-s', flag, 'behaviour', 'Single step', 'Confirm each command', managed),
  row(
    'single-line',
    '-S',
    flag,
    'behaviour',
    'Single line',
    'A line break ends a command',
    managed,
  ),
];

const format: readonly OptionRow[] = [
  row('no-align', '-A', flag, 'display', 'Unaligned', 'Results without alignment'),
  row('csv', null, flag, 'display', 'CSV', 'Results as CSV'),
  row(
    'field-separator',
    '-F',
    text,
    'display',
    'Field separator',
    'Between the fields of unaligned results',
  ),
  row('html', '-H', flag, 'display', 'HTML', 'Results as HTML'),
  row('pset', '-P', text, 'display', 'Print option', 'Set a printing option: name=value'),
  row(
    'record-separator',
    '-R',
    text,
    'display',
    'Record separator',
    'Between the rows of unaligned results',
  ),
  row('tuples-only', '-t', flag, 'display', 'Rows only', 'Results without headings'),
  row('table-attr', '-T', text, 'display', 'Table attributes', 'Attributes of HTML tables'),
  row('expanded', '-x', flag, 'display', 'Expanded', 'Each field on its own line'),
  row(
    'field-separator-zero',
    '-z',
    flag,
    'display',
    'Zero field separator',
    'A zero byte between fields',
  ),
  row(
    'record-separator-zero',
    '-0',
    flag,
    'display',
    'Zero record separator',
    'A zero byte between rows',
  ),
];

/** Every option of psql, 12 to 18. */
export const psqlOptions = optionTable(tool, restoreFields, [
  ...general,
  // They format query results, which a restore does not show.
  ...format.map((each) => ({ ...each, ...extraOnly })),
  ...connectionRows(tool),
  ...informationRows(tool),
]);
