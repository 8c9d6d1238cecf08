import { flag } from './shared';
import type { OptionRow } from './types';

/** INSERT instead of COPY, in pg_dump and pg_dumpall. */
export function insertRows(tool: 'pg_dump' | 'pg_dumpall'): OptionRow[] {
  return [
    {
      id: 'inserts',
      tool,
      flag: '--inserts',
      kind: flag,
      group: 'inserts',
      label: 'INSERT commands',
      help: 'Rows as INSERT instead of COPY: slow to restore, portable',
    },
    {
      id: 'column-inserts',
      tool,
      flag: '--column-inserts',
      spellings: [{ flag: '--attribute-inserts', hidden: true }],
      kind: flag,
      group: 'inserts',
      label: 'INSERT with column names',
      help: 'Rows as INSERT commands that name their columns',
    },
    {
      id: 'rows-per-insert',
      tool,
      flag: '--rows-per-insert',
      kind: { kind: 'number', min: 1, max: 2147483647 },
      group: 'inserts',
      label: 'Rows per INSERT',
      help: 'The most rows in one INSERT; implies INSERT commands',
    },
    {
      id: 'on-conflict-do-nothing',
      tool,
      flag: '--on-conflict-do-nothing',
      kind: flag,
      requires: ['inserts', 'rows-per-insert', 'column-inserts'],
      group: 'inserts',
      label: 'Skip rows that conflict',
      help: 'Add ON CONFLICT DO NOTHING to the INSERT commands',
    },
  ];
}

/** How the data is written, in pg_dump and pg_dumpall. */
export function dataRows(tool: 'pg_dump' | 'pg_dumpall'): OptionRow[] {
  return [
    {
      id: 'encoding',
      tool,
      flag: '--encoding',
      short: '-E',
      kind: { kind: 'text', of: 'encoding' },
      group: 'data',
      label: 'Encoding',
      help: "Encoding of the dump; the database's own when left out",
    },
    {
      id: 'extra-float-digits',
      tool,
      flag: '--extra-float-digits',
      kind: { kind: 'number', min: -15, max: 3 },
      group: 'data',
      label: 'Extra float digits',
      help: 'Digits for floating-point values other than the exact default',
    },
    {
      id: 'disable-dollar-quoting',
      tool,
      flag: '--disable-dollar-quoting',
      kind: flag,
      group: 'data',
      label: 'No dollar quoting',
      help: 'Quote function bodies as standard SQL strings',
    },
    {
      id: 'quote-all-identifiers',
      tool,
      flag: '--quote-all-identifiers',
      kind: flag,
      group: 'data',
      label: 'Quote all identifiers',
      help: 'For restoring into a version with other reserved words',
    },
    {
      id: 'load-via-partition-root',
      tool,
      flag: '--load-via-partition-root',
      kind: flag,
      group: 'data',
      label: 'Load via partition root',
      help: 'Rows find their partition anew on restore',
    },
    {
      id: 'no-unlogged-table-data',
      tool,
      flag: '--no-unlogged-table-data',
      kind: flag,
      group: 'data',
      label: 'Without data of unlogged tables',
      help: 'Define unlogged tables, leave out their rows',
    },
    {
      id: 'no-toast-compression',
      tool,
      flag: '--no-toast-compression',
      since: 14,
      kind: flag,
      group: 'data',
      label: 'Without TOAST compression methods',
      help: "Compress columns by the target's default method",
    },
    {
      id: 'sequence-data',
      tool,
      flag: '--sequence-data',
      since: 18,
      kind: flag,
      group: 'data',
      label: 'Sequence values',
      help: 'Include the values of sequences even when data is left out',
    },
    {
      id: 'disable-triggers',
      tool,
      flag: '--disable-triggers',
      kind: flag,
      ...(tool === 'pg_dump' && { actsOn: ['plain'] as const }),
      actsOnlyWith: ['data-only'],
      group: 'data',
      label: 'Disable triggers',
      help: 'Switch triggers off while rows are loaded into existing tables; needs a superuser',
    },
  ];
}
