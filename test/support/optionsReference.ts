import path from 'node:path';
import { optionsOf } from '../../src/core/pgtools/catalogue/catalogue';
import type { OptionRow } from '../../src/core/pgtools/catalogue/types';
import { repoPaths } from './repoPaths';

/** The table of all options that the forms know, for readers. */
export const referenceFile = path.join(repoPaths.root, 'media/reference/options.md');

/** The catalogue as Markdown. */
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
    '# Options of the PostgreSQL tools\n\nMade from the option catalogue (`src/core/pgtools/catalogue`) by `npm run reference`.\n';
  return [head, ...parts].join('\n');
}

function line(row: OptionRow): string {
  const flag = row.short === undefined ? `\`${row.flag}\`` : `\`${row.flag}\`, \`${row.short}\``;
  const versions =
    row.until === undefined
      ? `${String(row.since ?? 12)} and newer`
      : `${String(row.since ?? 12)} to ${String(row.until)}`;
  const relations = [
    ...(row.formats ? [`only with ${[...row.formats, ...laterFormats(row)].join(', ')}`] : []),
    ...(row.actsOn ? [`acts on ${row.actsOn.join(', ')} only`] : []),
    ...(row.requires ? [`needs ${names(row.requires, ' or ')}`] : []),
    ...(row.actsOnlyWith ? [`acts only with ${names(row.actsOnlyWith, ' or ')}`] : []),
    ...(row.conflicts ? [`not with ${names(row.conflicts, ', ')}`] : []),
    ...(row.pointlessWith ? [`does nothing with ${names(row.pointlessWith, ', ')}`] : []),
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
  if (row.seedField !== undefined) return `\`${row.seedField}\``;
  return row.extraOnly ? 'as an extra argument' : row.label;
}
