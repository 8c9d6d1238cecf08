import { backupFields } from '../../model/backupFields';
import { dataRows, insertRows } from './dataOptions';
import { dumpSelectionOptions } from './dumpSelection';
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

const tool = 'pg_dump';

const output: readonly OptionRow[] = [
  {
    id: 'file',
    tool,
    flag: '--file',
    short: '-f',
    kind: { kind: 'file', direction: 'out' },
    group: 'output',
    label: 'Save to',
    help: 'Output file, or directory for the directory format',
  },
  {
    id: 'format',
    tool,
    flag: '--format',
    short: '-F',
    kind: {
      kind: 'choice',
      choices: [
        { value: 'custom', label: 'Custom' },
        { value: 'directory', label: 'Directory' },
        { value: 'tar', label: 'Tar' },
        { value: 'plain', label: 'Plain SQL' },
      ],
    },
    default: 'plain',
    group: 'output',
    label: 'Format',
    help: 'Format of the output',
  },
  {
    id: 'compress',
    tool,
    flag: '--compress',
    short: '-Z',
    kind: {
      kind: 'compression',
      methods: [
        { method: 'none', label: 'None', since: 12, levels: null },
        { method: 'gzip', label: 'gzip', since: 12, levels: { min: 1, max: 9, default: 6 } },
        { method: 'lz4', label: 'LZ4', since: 16, levels: { min: 1, max: 12, default: 1 } },
        {
          method: 'zstd',
          label: 'Zstandard',
          since: 16,
          // The tool takes -131072..22; below 1 it is faster and hardly compresses.
          levels: { min: 1, max: 22, default: 3 },
          long: true,
        },
      ],
    },
    // `compression is not supported by tar archive format`, except for none.
    formats: ['custom', 'directory', 'plain'],
    group: 'output',
    label: 'Compression',
    help: 'Method and level; 0 = not compressed',
  },
  {
    id: 'jobs',
    tool,
    flag: '--jobs',
    short: '-j',
    kind: { kind: 'number', min: 1, max: 2147483647 },
    default: 1,
    // `parallel backup only supported by the directory format`
    formats: ['directory'],
    conflicts: ['include-foreign-data'],
    group: 'performance',
    label: 'Parallel jobs',
    help: 'Tables dumped at the same time; needs one connection more than jobs',
  },
  {
    id: 'lock-wait-timeout',
    tool,
    flag: '--lock-wait-timeout',
    // It becomes a statement_timeout, so an integer is milliseconds in every version.
    kind: { kind: 'number', min: 0, max: 2147483647, unit: 'milliseconds' },
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
    id: 'sync-method',
    tool,
    flag: '--sync-method',
    since: 17,
    kind: {
      kind: 'choice',
      choices: [
        { value: 'fsync', label: 'Each file (fsync)' },
        { value: 'syncfs', label: 'Whole file system (syncfs, Linux)' },
      ],
    },
    default: 'fsync',
    noEffectWith: ['no-sync'],
    group: 'performance',
    label: 'Sync method',
    help: 'How the output is brought safely to disk',
  },
];

const script: readonly OptionRow[] = [
  {
    id: 'clean',
    tool,
    flag: '--clean',
    short: '-c',
    kind: flag,
    effectiveFormats: ['plain'],
    conflicts: ['data-only'],
    group: 'script',
    label: 'Drop first',
    help: 'The script drops objects before it creates them',
  },
  {
    id: 'create',
    tool,
    flag: '--create',
    short: '-C',
    kind: flag,
    effectiveFormats: ['plain'],
    group: 'script',
    label: 'Create database',
    help: 'The script creates the database under its old name and connects to it',
  },
  ifExistsRow(tool),
  // Measured with 13.23, 15.18, 17.11, 17.12 and 18.6.
  {
    ...restrictKeyRow(tool),
    formats: ['plain'],
    laterFormats: [{ format: 'tar', minors: { 17: 12 } }],
  },
];

const behaviour: readonly OptionRow[] = [
  roleRow(tool),
  {
    id: 'enable-row-security',
    tool,
    flag: '--enable-row-security',
    kind: flag,
    group: 'behaviour',
    label: 'Respect row security',
    help: 'Dump only the rows that the role may see, instead of failing: an incomplete backup',
    dangerous: true,
  },
  {
    id: 'serializable-deferrable',
    tool,
    flag: '--serializable-deferrable',
    kind: flag,
    group: 'behaviour',
    label: 'Serializable, deferrable',
    help: 'Wait for a moment without anomalies between serializable transactions',
  },
  {
    id: 'snapshot',
    tool,
    flag: '--snapshot',
    kind: { kind: 'text', of: 'snapshot' },
    group: 'behaviour',
    label: 'Snapshot',
    help: 'Dump the state of this exported snapshot',
  },
  {
    id: 'no-synchronized-snapshots',
    tool,
    flag: '--no-synchronized-snapshots',
    until: 14,
    kind: flag,
    group: 'behaviour',
    label: 'Without synchronized snapshots',
    help: 'For parallel jobs on servers before 9.2: the dump is only consistent if nothing changes meanwhile',
    dangerous: true,
  },
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
  verboseRow(tool),
];

/** Every option of pg_dump, 12 to 18. */
export const dumpOptions = optionTable(tool, backupFields, [
  ...output,
  ...contentRows(tool),
  ...dumpSelectionOptions,
  ...ownershipRows(tool),
  ...dataRows(tool),
  ...insertRows(tool),
  ...script,
  ...behaviour,
  ...connectionRows(tool),
  ...informationRows(tool),
]);
