import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { debianSources, ubuntuArchive } from './aptSources';
import { run } from '../machine/run';

const debianKeyring = 'usr/share/keyrings/debian-archive-keyring.gpg';
const ubuntuKeyring = 'usr/share/keyrings/ubuntu-archive-keyring.gpg';

/** What to take, from which release of Debian or Ubuntu. */
export interface DebianSelection {
  /** Debian when left out. */
  readonly of?: 'debian' | 'ubuntu';
  /** Tried one after another until one has the packages, e.g. `['forky', 'sid']`. */
  readonly suites: readonly string[];
  /** Whether the suite's security updates are wanted (releases out of regular support). */
  readonly withSecurity?: boolean;
  readonly packages: readonly string[];
  /** Decides which of the packages that apt adds as dependencies are taken, by name. */
  readonly keep: (packageName: string) => boolean;
}

/** Debian, Ubuntu and what derives from them. */
export function hasDebianTools(): boolean {
  return existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg');
}

/** Debian's keys; Ubuntu has them in a package of the same name. */
async function keysOfDebian(workDir: string): Promise<string> {
  if (existsSync(`/${debianKeyring}`)) return `/${debianKeyring}`;
  await run('apt-get', ['download', 'debian-archive-keyring'], { cwd: workDir });
  for (const file of await readdir(workDir)) {
    if (file.endsWith('.deb')) await run('dpkg', ['-x', file, '.'], { cwd: workDir });
  }
  return path.join(workDir, debianKeyring);
}

/** Ubuntu's keys, which newer releases of Debian have in a package. */
async function keysOfUbuntu(workDir: string): Promise<string> {
  if (existsSync(`/${ubuntuKeyring}`)) return `/${ubuntuKeyring}`;
  const target = path.join(workDir, 'ubuntu');
  const packages = ['ubuntu-keyring'];
  await unpackDebianPackages(target, { suites: ['trixie', 'sid'], packages, keep: () => false });
  return path.join(target, ubuntuKeyring);
}

/**
 * Downloads the packages with their dependencies, libc included, and unpacks them into `target`.
 * Nothing is installed and no root is needed: apt works on its own lists and an empty package
 * status, which makes it compute the whole closure instead of what this machine lacks.
 */
export async function unpackDebianPackages(
  target: string,
  selection: DebianSelection,
): Promise<void> {
  await fromFirst(selection.suites, selection.packages.join(', '), (suite) =>
    unpackFromSuite(target, suite, selection),
  );
}

/** Carries it out with the first release where it can be done. */
async function fromFirst(
  suites: readonly string[],
  what: string,
  take: (suite: string) => Promise<void>,
): Promise<void> {
  const failures: string[] = [];
  for (const suite of suites) {
    try {
      await take(suite);
      return;
    } catch (error) {
      failures.push(`${suite}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`could not take ${what} from an archive\n${failures.join('\n')}`);
}

async function unpackFromSuite(
  target: string,
  suite: string,
  selection: DebianSelection,
): Promise<void> {
  await withApt(target, suite, selection, async (options, work) => {
    const plan = await run('apt-get', [
      ...options,
      ...['-q', '-y', '--print-uris', 'install', ...selection.packages],
    ]);
    const names = [...plan.matchAll(/^'[^']*' ([^_\s]+)_/gm)]
      .map((match) => match[1] ?? '')
      .filter((name) => selection.packages.includes(name) || selection.keep(name));
    const debs = path.join(work, 'debs');
    await run('apt-get', [...options, '-q', 'download', ...names], { cwd: debs });
    await mkdir(target, { recursive: true });
    for (const deb of await readdir(debs)) await run('dpkg', ['-x', path.join(debs, deb), target]);
  });
}

/** The source of a package. */
export interface DebianSource {
  readonly name: string;
  /** Tried one after another. */
  readonly suites: readonly string[];
  /** Environment of the programs that unpack it. */
  readonly env: Readonly<Record<string, string>>;
}

/** Downloads the source of a package into `target`, as its author has released it. */
export async function unpackDebianSource(target: string, source: DebianSource): Promise<void> {
  await fromFirst(source.suites, source.name, (suite) => unpackSource(target, suite, source));
}

async function unpackSource(
  target: string,
  suite: string,
  { name, env }: DebianSource,
): Promise<void> {
  const selection = { packages: [], suites: [suite], keep: () => false };
  await withApt(target, suite, selection, async (options, work) => {
    const cwd = path.join(work, 'debs');
    await run('apt-get', [...options, '-q', 'source', '--download-only', name], { cwd });
    const released = (await readdir(cwd)).find((file) => /\.orig\.tar\.\w+$/.test(file));
    if (released === undefined) throw new Error(`no source of ${name}`);
    await mkdir(target, { recursive: true });
    const archive = path.join(cwd, released);
    await run('tar', ['-xf', archive, '-C', target, '--strip-components=1'], { env });
  });
}

/** Runs with apt's own lists of one suite, in a directory that goes afterwards. */
async function withApt(
  target: string,
  suite: string,
  selection: DebianSelection,
  action: (options: string[], work: string) => Promise<void>,
): Promise<void> {
  const work = `${target}.apt`;
  await rm(work, { recursive: true, force: true });
  for (const dir of ['lists/partial', 'cache/archives/partial', 'debs', 'keys']) {
    await mkdir(path.join(work, dir), { recursive: true });
  }
  try {
    const sources = await sourcesOf(suite, selection, path.join(work, 'keys'));
    const lines =
      selection.packages.length === 0
        ? sources.map((line) => line.replace(/^deb /, 'deb-src '))
        : sources;
    await writeFile(path.join(work, 'sources.list'), `${lines.join('\n')}\n`);
    await writeFile(path.join(work, 'status'), '');
    const options = aptOptions(work);
    await run('apt-get', [...options, '-q', 'update']);
    await action(options, work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Lines of apt's own list of sources. */
async function sourcesOf(
  suite: string,
  { of = 'debian', withSecurity = false }: DebianSelection,
  keys: string,
): Promise<string[]> {
  if (of === 'ubuntu') {
    const archive = await ubuntuArchive();
    if (archive === undefined) throw new Error("nobody has named Ubuntu's archive");
    // Without the updates, because the packages of the original release are wanted.
    return [`deb [signed-by=${await keysOfUbuntu(keys)}] ${archive} ${suite} main universe`];
  }
  const signed = `[signed-by=${await keysOfDebian(keys)}]`;
  const from = await debianSources();
  if (from === undefined) {
    throw new Error("this system's apt is not configured with Debian's archive");
  }
  const sources = [`deb ${signed} ${from.archive} ${suite} main`];
  if (withSecurity) sources.push(`deb ${signed} ${from.security} ${suite}-security main`);
  return sources;
}

function aptOptions(work: string): string[] {
  const settings = {
    'Dir::Etc::sourcelist': path.join(work, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': path.join(work, 'lists'),
    'Dir::Cache': path.join(work, 'cache'),
    'Dir::State::status': path.join(work, 'status'),
    'Debug::NoLocking': '1',
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    // Releases out of support no longer renew their index's expiry date.
    'Acquire::Check-Valid-Until': 'false',
  };
  return Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
}
