import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';
import { backupFields } from '../../src/core/model/backupFields';
import type { FieldTable } from '../../src/core/model/optionFields';
import { restoreFields, verifyFields } from '../../src/core/model/restoreFields';
import { optionsOf } from '../../src/core/pgtools/catalogue/catalogue';
import { repoPaths } from './repoPaths';

/** Where the strings for translators lie. */
export const bundleFile = path.join(repoPaths.root, 'l10n/bundle.l10n.json');

/** What was found in a file the last time, by a hash of its content: looking for it takes 0.1 s. */
const cacheFile = path.join(repoPaths.root, '.cache/l10n.json');

type Strings = Record<string, unknown>;

function sourceTexts(): string[] {
  return ['src', 'webview']
    .flatMap((dir) =>
      readdirSync(path.join(repoPaths.root, dir), { recursive: true, withFileTypes: true }),
    )
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
    .filter((text) => text.includes('l10n'));
}

function readCache(): Record<string, Strings> {
  try {
    return JSON.parse(readFileSync(cacheFile, 'utf8')) as Record<string, Strings>;
  } catch {
    return {};
  }
}

/** The strings that the code passes to `l10n.t`. */
async function stringsOfCode(): Promise<Strings> {
  const before = readCache();
  const now: Record<string, Strings> = {};
  for (const contents of sourceTexts()) {
    const hash = createHash('sha256').update(contents).digest('hex');
    now[hash] = before[hash] ?? (await getL10nJson([{ extension: '.ts', contents }]));
  }
  mkdirSync(path.dirname(cacheFile), { recursive: true });
  writeFileSync(cacheFile, JSON.stringify(now));
  return Object.assign({}, ...Object.values(now)) as Strings;
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

/** How the bundle that is kept differs from that of the code, a line for each string. */
export async function bundleDifferences(): Promise<string[]> {
  const kept = Object.keys(JSON.parse(readFileSync(bundleFile, 'utf8')) as object);
  const made = Object.keys(JSON.parse(await makeBundle()) as object);
  const lines = (sign: string, all: string[], others: string[]): string[] => {
    const known = new Set(others);
    return all.filter((key) => !known.has(key)).map((key) => `${sign} ${JSON.stringify(key)}`);
  };
  return [...lines('missing:', made, kept), ...lines('not used any more:', kept, made)];
}
