import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';
import { backupFields } from '../../../src/core/model/backupFields';
import type { FieldTable } from '../../../src/core/model/optionFields';
import { restoreFields, verifyFields } from '../../../src/core/model/restoreFields';
import { optionsOf } from '../../../src/core/pgtools/catalogue/catalogue';
import { repoPaths } from '../repoPaths';

/** Where the strings for translators lie. */
export const bundleFile = path.join(repoPaths.root, 'l10n/bundle.l10n.json');

type Strings = Record<string, unknown>;

/** The imports by which files get `l10n.t`. */
const IMPORTS = ["import * as vscode from 'vscode';", "import * as l10n from '@vscode/l10n';"];

function sourceTexts(): string[] {
  return ['src', 'webview']
    .flatMap((dir) =>
      readdirSync(path.join(repoPaths.root, dir), { recursive: true, withFileTypes: true }),
    )
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
    .filter((text) => text.includes('l10n'));
}

/**
 * The strings that the code passes to `l10n.t`. All files are searched as one text: the search
 * compiles its query anew for each import in each file, which takes far longer than the search.
 */
async function stringsOfCode(): Promise<Strings> {
  const lines = sourceTexts().flatMap((text) => text.split('\n'));
  const contents = [...IMPORTS, ...lines.filter((line) => !IMPORTS.includes(line))].join('\n');
  return getL10nJson([{ extension: '.ts', contents }]);
}

/** All strings that can be translated: those of the code, of the catalogue and of the fields' tables. */
export async function makeBundle(): Promise<string> {
  const strings = await stringsOfCode();
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

/**
 * The differences between the bundle in the repository and the strings of the code, a line for
 * each.
 */
export async function bundleDifferences(): Promise<string[]> {
  const kept = Object.keys(JSON.parse(readFileSync(bundleFile, 'utf8')) as object);
  const made = Object.keys(JSON.parse(await makeBundle()) as object);
  const lines = (sign: string, all: string[], others: string[]): string[] => {
    const known = new Set(others);
    return all.filter((key) => !known.has(key)).map((key) => `${sign} ${JSON.stringify(key)}`);
  };
  return [...lines('missing:', made, kept), ...lines('not used any more:', kept, made)];
}
