import path from 'node:path';
import { optionsOf } from '../../../src/core/pgtools/catalogue/catalogue';
import { defaultOf } from '../../../src/core/forms/fields/fieldValues';
import { backupFields } from '../../../src/core/model/backupFields';
import type { FieldTable, OptionField } from '../../../src/core/model/optionFields';
import { restoreFields, verifyFields } from '../../../src/core/model/restoreFields';
import { RESTORE_PROFILES } from '../../../src/core/forms/restore/profiles/profileNames';
import type { OptionRow } from '../../../src/core/pgtools/catalogue/types';
import { repoPaths } from '../repoPaths';

/** The table of all options that the forms know, for readers. */
export const referenceFile = path.join(repoPaths.root, '.github/options.md');

const BACKUP_FORMATS = backupFields.format.kind.values;

/** The catalogue and the fields of the forms as Markdown. */
export function makeReference(): string {
  const parts = (['pg_dump', 'pg_restore', 'pg_dumpall', 'psql'] as const).map((tool) => {
    const rows = optionsOf(tool).map(line);
    return [
      `## ${tool}`,
      '',
      '| Option | Versions | What it does | In the form |',
      '| --- | --- | --- | --- |',
      ...rows,
      '',
    ].join('\n');
  });
  const head =
    '# Options of the PostgreSQL tools\n\nMade by `npm run reference` from the option catalogue (`src/core/pgtools/catalogue`) and the tables\nof fields (`src/core/model/*Fields.ts`).\n';
  return [head, ...parts, ...fieldParts()].join('\n');
}

/** What the command API takes, field by field. */
function fieldParts(): string[] {
  const tables: [command: string, table: FieldTable, more: readonly string[]][] = [
    ['createBackup', backupFields, []],
    ['restoreBackup', restoreFields, restoreMore()],
    ['verifyBackup', verifyFields, []],
  ];
  return tables.map(([command, table, more]) =>
    [
      `## \`options\` of \`pgBackup.${command}\``,
      '',
      '| Field | Value | Left out | In the form | Options |',
      '| --- | --- | --- | --- | --- |',
      ...Object.entries(table).map(([name, field]) => fieldLine(name, field)),
      ...more,
      '',
    ].join('\n'),
  );
}

/** What of a restore no table of fields holds: its profile is kept by no option. */
function restoreMore(): string[] {
  const values = RESTORE_PROFILES.map((profile) => `\`${profile}\``).join(', ');
  return [
    `| \`profile\` | ${values} | \`"recommended"\`, unless \`jobs\` or \`singleTransaction\` is given | Profile |  |`,
    '',
    'Left out, `jobs` and `exitOnError` are what suits file, server, tool and machine; the table has what they begin with.',
  ];
}

/** One field of a table, for readers. */
export function fieldLine(name: string, field: OptionField): string {
  const { label, group, options = {} } = field;
  const flags = Object.entries(options).map(([tool, ids]) => `${tool} ${names(ids, ', ')}`);
  const shown = group === undefined ? label : `${group}: ${label}`;
  return `| \`${name}\` | ${valueText(field)} | ${defaultText(field)} | ${shown} | ${flags.join('; ')} |`;
}

function valueText({ kind }: OptionField): string {
  const text = {
    flag: 'true or false',
    integer: kind.type === 'integer' ? `${String(kind.min)} to ${String(kind.max)}` : '',
    choice: kind.type === 'choice' ? kind.values.map((value) => `\`${value}\``).join(', ') : '',
    text: 'text',
    names: 'exact names',
    relations: '`{ schema, name }` or `"schema.name"`',
    databases: '`{ name, target }`',
    roles: '`{ name, target }`',
    entries: 'numbers of entries',
    arguments: 'texts',
    toolOptions: 'options above, by their names without dashes',
  }[kind.type];
  return kind.nullable ? `${text}; or null` : text;
}

function defaultText(field: OptionField): string {
  if (field.optional) return 'none';
  if (field.proposed) return 'what the form proposes';
  if (!('default' in field)) return 'has to be given';
  if (typeof field.default !== 'function') return `\`${JSON.stringify(field.default)}\``;
  const byFormat = BACKUP_FORMATS.map((format) => JSON.stringify(defaultOf(field, format)));
  const isFormat = BACKUP_FORMATS.every((format, i) => byFormat[i] === JSON.stringify(format));
  return isFormat || byFormat.every((value) => value === byFormat[0])
    ? `\`${String(byFormat[0])}\``
    : BACKUP_FORMATS.map((format, i) => `${format}: \`${String(byFormat[i])}\``).join(', ');
}

function line(row: OptionRow): string {
  const flag = row.short === undefined ? `\`${row.flag}\`` : `\`${row.flag}\`, \`${row.short}\``;
  const versions =
    row.until === undefined
      ? `${String(row.since ?? 12)} and newer`
      : `${String(row.since ?? 12)} to ${String(row.until)}`;
  const relations = [
    ...(row.formats ? [`only with ${[...row.formats, ...laterFormats(row)].join(', ')}`] : []),
    ...(row.effectiveFormats ? [`acts on ${row.effectiveFormats.join(', ')} only`] : []),
    ...(row.requires ? [`needs ${names(row.requires, ' or ')}`] : []),
    ...(row.noEffectWithout ? [`acts only with ${names(row.noEffectWithout, ' or ')}`] : []),
    ...(row.conflicts ? [`not with ${names(row.conflicts, ', ')}`] : []),
    ...(row.noEffectWith ? [`does nothing with ${names(row.noEffectWith, ', ')}`] : []),
  ];
  const text = [row.help, ...relations].join('; ').replaceAll('|', '\\|');
  return `| ${flag} | ${versions} | ${text} | ${place(row)} |`;
}

function laterFormats(row: OptionRow): string[] {
  return (row.laterFormats ?? []).map(({ format, minors }) => {
    const since = Object.entries(minors).map(([major, minor]) => `${major}.${String(minor)}`);
    return `${format} (${since.join(', ')})`;
  });
}

function names(ids: readonly string[], between: string): string {
  return ids.map((id) => `\`--${id}\``).join(between);
}

function place(row: OptionRow): string {
  if (row.reserved !== undefined) return `no: ${row.reserved}`;
  const field = row.formField;
  if (field !== undefined) return `\`${field}\``;
  return row.extraOnly ? 'as an extra argument' : row.label;
}
