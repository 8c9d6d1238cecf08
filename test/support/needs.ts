import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NEWEST_MAJOR } from '../../src/core/model/tools';
import { repoPaths } from './repoPaths';

/** What some tests need of the system that they run on. */
type Need =
  | 'scripts as programs'
  | 'links'
  | 'modes of files'
  | 'pipes in folders'
  | 'signals'
  | 'replacement of open files'
  | 'git'
  | 'packages of npm'
  | 'no newer PostgreSQL';

const isThere: Readonly<Record<Need, () => boolean>> = {
  'scripts as programs': () => process.platform !== 'win32',
  links: canLink,
  // And names that only Windows refuses.
  'modes of files': () => process.platform !== 'win32',
  'pipes in folders': () => process.platform !== 'win32',
  // Those that stop a process, and a program that tells its start.
  signals: () => process.platform !== 'win32',
  'replacement of open files': canReplaceOpenFile,
  git: () => starts('git'),
  // Those with programs, for this system.
  'packages of npm': () => {
    const name = `${process.platform}-${process.arch}`;
    return existsSync(path.join(repoPaths.root, 'node_modules/@esbuild', name));
  },
  // Its tools would be found in their usual folders, where a test wants to have none.
  'no newer PostgreSQL': () => process.platform === 'linux' && !hasNewerPostgres(),
};
const known = new Map<Need, boolean>();

/** Declares a test where the system has what it needs; elsewhere, says that it is left out, and why. */
export function itNeeds(
  need: Need,
  title: string,
  test: (this: Mocha.Context) => Promise<void> | void,
): void {
  if (has(need)) it(title, test as Mocha.AsyncFunc);
  else leaveOut(need, title);
}

/** The same for a suite. */
export function describeNeeds(need: Need, title: string, suite: (this: Mocha.Suite) => void): void {
  if (has(need)) describe(title, suite);
  else leaveOut(need, title);
}

function has(need: Need): boolean {
  const answer = known.get(need) ?? isThere[need]();
  known.set(need, answer);
  return answer;
}

function leaveOut(need: Need, title: string): void {
  console.log(`Left out on ${process.platform}, which has no ${need}: ${title}`);
}

/** Are there tools in usual folders that fit the newest server of the tests? */
function hasNewerPostgres(): boolean {
  const folders = ['/usr/lib/postgresql', '/usr'].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [],
  );
  return folders.some(
    (folder) => Number(/(?:^|-)(\d+)$/.exec(path.basename(folder))?.[1]) >= NEWEST_MAJOR,
  );
}

/** Some systems make links, but do not follow them. */
function canLink(): boolean {
  const dir = mkdtempSync(path.join(tmpdir(), 'pgbackup-unit-'));
  try {
    writeFileSync(path.join(dir, 'file'), 'x');
    symlinkSync('file', path.join(dir, 'link'));
    symlinkSync('.', path.join(dir, 'loop'), 'dir');
    return readFileSync(path.join(dir, 'loop', 'link'), 'utf8') === 'x';
  } catch {
    return false;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** By a new file of its name, and by a renamed one, while its reader goes on: not under Wine. */
function canReplaceOpenFile(): boolean {
  const dir = mkdtempSync(path.join(tmpdir(), 'pgbackup-unit-'));
  const file = path.join(dir, 'file');
  const handles: number[] = [];
  try {
    for (const replace of [replaceByNew, replaceByRenamed]) {
      writeFileSync(file, 'x');
      const handle = openSync(file, 'r');
      handles.push(handle);
      replace(file);
      if (readFileSync(handle, 'utf8') !== 'x') return false;
    }
    return true;
  } catch {
    return false;
  } finally {
    for (const handle of handles) closeSync(handle);
    rmSync(dir, { recursive: true, force: true });
  }
}

function replaceByNew(file: string): void {
  rmSync(file);
  writeFileSync(file, '');
}

function replaceByRenamed(file: string): void {
  writeFileSync(`${file}.new`, 'z');
  renameSync(`${file}.new`, file);
}

function starts(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
