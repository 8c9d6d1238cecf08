import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

/** Where a system's own apt takes Debian's packages from. */
export interface DebianSources {
  /** The archive of releases, as apt writes it. */
  readonly archive: string;
  /** The archive of security updates. */
  readonly security: string;
}

/** A file of apt's configuration. */
export interface AptFile {
  /** `debian.sources`, `sources.list`, …: apt reads only these two kinds of files. */
  readonly name: string;
  readonly text: string;
}

interface Entry {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

const debianVariable = 'PGBR_DEBIAN_ARCHIVE';
const ubuntuVariable = 'PGBR_UBUNTU_ARCHIVE';

/** `deb [options] uri suite component...` */
function listEntries(text: string): Entry[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)([^#]*)/.exec(line);
    if (match === null) return [];
    const [, uri = '', suite = '', components = ''] = match;
    return [{ uris: [uri], suites: [suite], components: components.trim().split(/\s+/) }];
  });
}

/** Paragraphs of `Field: value`, as sources.list(5) calls deb822. */
function sourcesEntries(text: string): Entry[] {
  const plain = text.replaceAll(/^#.*\n?/gm, '');
  return plain.split(/\n\s*\n/).flatMap((paragraph) => {
    const fields = new Map<string, string[]>();
    for (const [, name = '', value = ''] of paragraph.matchAll(/^([\w-]+):(.*(?:\n[ \t].*)*)/gm)) {
      fields.set(name.toLowerCase(), value.trim().split(/\s+/));
    }
    const of = (name: string): string[] => fields.get(name) ?? [];
    if (!of('types').includes('deb') || of('enabled')[0] === 'no') return [];
    return [{ uris: of('uris'), suites: of('suites'), components: of('components') }];
  });
}

function entriesOf({ name, text }: AptFile): Entry[] {
  if (name.endsWith('.sources')) return sourcesEntries(text);
  return name.endsWith('.list') ? listEntries(text) : [];
}

/**
 * Debian's own archives among what apt is configured with; undefined when there are none (on a
 * system that derives from Debian and has its own).
 */
export function debianSourcesIn(files: readonly AptFile[]): DebianSources | undefined {
  const archive = archiveIn(files, 'debian');
  if (archive === undefined) return undefined;
  const security =
    archiveIn(files, 'debian-security') ?? archive.replace(/\/debian(?=(\.list)?$)/, '$&-security');
  return { archive, security };
}

/** `debian`, or `debian.list` where apt reads a list of mirrors. */
function archiveIn(files: readonly AptFile[], name: string): string | undefined {
  return files
    .flatMap(entriesOf)
    .filter(({ components }) => components.includes('main'))
    .flatMap(({ uris }) => uris.map((uri) => uri.replace(/\/+$/, '')))
    .find((uri) => new RegExp(`/${name}(\\.list)?$`).test(uri));
}

/** The archives that `PGBR_DEBIAN_ARCHIVE` names, or this system's apt uses. */
export async function debianSources(): Promise<DebianSources | undefined> {
  const given = process.env[debianVariable];
  if (given) return { archive: given, security: `${given}-security` };
  return debianSourcesIn(await aptFiles());
}

/** The archive that `PGBR_UBUNTU_ARCHIVE` names, or this system's apt uses. */
export async function ubuntuArchive(): Promise<string | undefined> {
  return process.env[ubuntuVariable] || archiveIn(await aptFiles(), 'ubuntu');
}

async function aptFiles(): Promise<AptFile[]> {
  const parts = await readdir('/etc/apt/sources.list.d').catch(() => []);
  const names = ['sources.list', ...parts.sort().map((name) => path.join('sources.list.d', name))];
  const files = names.map(async (name) => {
    const text = await readFile(path.join('/etc/apt', name), 'utf8').catch(() => '');
    return { name, text };
  });
  return Promise.all(files);
}
