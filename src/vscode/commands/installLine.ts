import { readFile } from 'node:fs/promises';

/** The command that installs PostgreSQL's client tools on this system. */
export async function installLine(platform: NodeJS.Platform): Promise<string> {
  if (platform === 'darwin') return 'brew install libpq';
  if (platform === 'win32') return 'winget install PostgreSQL.PostgreSQL.17';
  return linuxInstallLine(await readFile('/etc/os-release', 'utf8').catch(() => ''));
}

/** Chosen by the ID and ID_LIKE of os-release. */
export function linuxInstallLine(osRelease: string): string {
  const ids = /^ID(?:_LIKE)?=.*$/gm;
  const words = (osRelease.match(ids) ?? []).join(' ').toLowerCase();
  if (/alpine/.test(words)) return 'sudo apk add postgresql-client';
  if (/arch/.test(words)) return 'sudo pacman -S postgresql';
  if (/suse/.test(words)) return 'sudo zypper install postgresql';
  if (/fedora|rhel|centos/.test(words)) return 'sudo dnf install postgresql';
  return 'sudo apt-get install postgresql-client';
}
