import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';
import { backupFields } from '../../src/core/model/backupFields';
import type { FieldTable } from '../../src/core/model/optionFields';
import { restoreFields, verifyFields } from '../../src/core/model/restoreFields';
import { optionsOf } from '../../src/core/pgtools/catalogue/catalogue';
import { repoPaths } from './repoPaths';

/** Where the strings for translators lie. */
export const bundleFile = path.join(repoPaths.root, 'l10n/bundle.l10n.json');

/** All strings that can be translated: those of the code, of the catalogue and of the fields' tables. */
export async function makeBundle(): Promise<string> {
  const sources = ['src', 'webview'].flatMap((dir) =>
    readdirSync(path.join(repoPaths.root, dir), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => path.join(entry.parentPath, entry.name)),
  );
  const found = await getL10nJson(
    sources.map((file) => ({ extension: '.ts', contents: readFileSync(file, 'utf8') })),
  );
  const strings: Record<string, unknown> = { ...found };
  for (const tool of ['pg_dump', 'pg_restore', 'pg_dumpall', 'psql'] as const) {
    for (const { label, help } of optionsOf(tool)) {
      strings[label] ??= label;
      strings[help] ??= help;
    }
  }
  for (const text of [backupFields, restoreFields, verifyFields].flatMap(textsOf)) {
    strings[text] ??= text;
  }
  const sorted = Object.fromEntries(
    Object.entries(strings).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );
  return `${JSON.stringify(sorted, undefined, 2)}\n`;
}

function textsOf(table: FieldTable): string[] {
  return Object.values(table).flatMap(({ label, group, help, only, kind }) => {
    const zero = kind.type === 'integer' ? kind.zero : undefined;
    return [label, group, help, only?.reason, zero].filter((text) => text !== undefined);
  });
}
