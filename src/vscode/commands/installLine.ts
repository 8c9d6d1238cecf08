import { readBounded } from '../../core/files/regularFile';

const OS_RELEASE = '/etc/os-release';
/** os-release(5): some lines. */
const MAX_OS_RELEASE = 64 << 10;

/** The machine that the tools are to be installed on. */
export interface InstallTarget {
  platform: NodeJS.Platform;
  /** Text of /etc/os-release; '' elsewhere. */
  osRelease: string;
  /** Root needs no sudo, and may not have it. */
  isRoot: boolean;
  /** At least this major version is needed; null = any will do. */
  major: number | null;
}

/** The machine that the extension runs on. */
export async function thisMachine(major: number | null): Promise<InstallTarget> {
  return {
    platform: process.platform,
    osRelease: await readBounded(OS_RELEASE, MAX_OS_RELEASE).then(String, () => ''),
    isRoot: process.getuid?.() === 0,
    major,
  };
}

/** The command that installs PostgreSQL's client tools. */
export function installLine({ platform, osRelease, isRoot, major }: InstallTarget): string {
  if (platform === 'darwin') {
    return major === null ? 'brew install libpq' : `brew install postgresql@${major}`;
  }
  if (platform === 'win32') return `winget install PostgreSQL.PostgreSQL.${major ?? 17}`;
  const sudo = isRoot ? '' : 'sudo ';
  const words = (osRelease.match(/^ID(?:_LIKE)?=.*$/gm) ?? []).join(' ').toLowerCase();
  if (/alpine/.test(words)) return `${sudo}apk add postgresql${major ?? ''}-client`;
  if (/arch/.test(words)) return `${sudo}pacman -S postgresql`;
  if (/suse/.test(words)) return `${sudo}zypper install postgresql${major ?? ''}`;
  if (/fedora|rhel|centos/.test(words)) return `${sudo}dnf install postgresql${major ?? ''}`;
  if (major === null) return `${sudo}apt-get install postgresql-client`;
  // Distributions carry one major each; PostgreSQL's own repository carries all.
  return [
    `${sudo}apt-get install -y postgresql-common`,
    `${sudo}/usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y`,
    `${sudo}apt-get install -y postgresql-client-${major}`,
  ].join(' && ');
}
