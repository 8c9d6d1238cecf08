import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { VscodeVersion } from '../install/vscodeServer';
import { repoPaths } from '../repoPaths';
import { type Tier, tiers } from './tierReport';

/** Every `*.test.ts` below test/, relative to it and without `.ts`. */
export function allTestFiles(): string[] {
  const root = path.join(repoPaths.root, 'test');
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).slice(0, -3))
    .map((file) => file.split(path.sep).join('/'))
    .sort();
}

/** The tier whose folder a test file is in, if it is in one. */
export function tierOf(file: string): Tier | undefined {
  return tiers.find((tier) => file.startsWith(`${tier}/`));
}

/** Test files of the extension tier that run in a workspace that is not trusted. */
export function isRestricted(file: string): boolean {
  return file.startsWith('extension/restricted/');
}

/**
 * Whether a test file of the extension tier runs in this version of VS Code. The oldest one runs what
 * depends on VS Code; what asks of it no more than to hand over a command's argument, and the
 * workspace that is not trusted, run in the current one alone.
 */
export function runsInVersion(file: string, version: VscodeVersion): boolean {
  return version === 'current' || !(isRestricted(file) || file.startsWith('extension/once/'));
}

/** Files of the e2e tier that need a browser alone, so that others may run beside them. */
export function isWithoutVscode(file: string): boolean {
  return file.startsWith('e2e/pages');
}

/** By their size, which is all that is known of how long they take: the last should be a short one. */
export function longestFirst(files: readonly string[]): string[] {
  const size = (file: string): number =>
    statSync(path.join(repoPaths.root, 'test', `${file}.ts`)).size;
  return [...files].sort((a, b) => size(b) - size(a));
}

/** What the loader check finds: files that no tier loaded, or that hold no test. */
export function unloadedFiles(loaded: Readonly<Record<string, number>>): string[] {
  return allTestFiles().flatMap((file) => {
    if (tierOf(file) === undefined) return [`test/${file}.ts lies in no tier's folder`];
    const tests = loaded[file];
    if (tests === undefined) return [`test/${file}.ts was not loaded`];
    return tests === 0 ? [`test/${file}.ts holds no test`] : [];
  });
}
