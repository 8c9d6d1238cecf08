import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { repoPaths } from '../../support/repoPaths';

const archives = path.join(repoPaths.fixtures, 'archives');

/** Absolute path of a real archive. */
export function fixture(name: string): string {
  return path.join(archives, name);
}

/** Names of the real archives (not of the scripts) of one kind of file. */
export function fixtureNames(ending: RegExp): string[] {
  return readdirSync(archives)
    .filter((name) => ending.test(name))
    .sort();
}

/** A directory of its own for a suite's files, gone when the suite ends. */
export function scratch(): {
  dir: string;
  write: (name: string, content: Uint8Array | string) => string;
} {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'pgbackup-unit-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  return {
    dir,
    write: (name, content) => {
      const file = path.join(dir, name);
      writeFileSync(file, content);
      return file;
    },
  };
}
