import path from 'node:path';

/**
 * Where client tools usually are on this platform, as absolute patterns: `*` stands for any part of
 * one name.
 */
export function usualPlaces(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
  homeDir: string,
): string[] {
  if (platform === 'win32') return windowsPlaces(env, homeDir);
  if (platform === 'darwin') {
    return [
      // Homebrew on Apple silicon and on Intel; both formulas are keg-only, so not in PATH.
      ...['/opt/homebrew', '/usr/local'].flatMap(homebrew),
      '/Applications/Postgres.app/Contents/Versions/*/bin',
      path.posix.join(homeDir, 'Applications/Postgres.app/Contents/Versions/*/bin'),
      '/Library/PostgreSQL/*/bin', // EDB's installer
      '/opt/local/lib/postgresql*/bin', // MacPorts
      '/opt/homebrew/bin',
      '/usr/local/bin',
      '/usr/local/pgsql/bin',
      '/Applications/pgAdmin 4.app/Contents/SharedSupport',
    ];
  }
  return [
    '/usr/lib/postgresql/*/bin', // Debian, Ubuntu
    '/usr/pgsql-*/bin', // RHEL, Fedora with PostgreSQL's own packages
    '/usr/lib/postgresql*/bin', // SUSE
    '/usr/libexec/postgresql*', // Alpine
    '/opt/pgsql-*/bin',
    '/usr/bin',
    '/usr/local/bin',
    '/usr/local/pgsql/bin', // built from source
    '/opt/PostgreSQL/*/bin', // EDB's installer
    ...homebrew('/home/linuxbrew/.linuxbrew'),
    '/usr/pgadmin4/bin',
  ];
}

function homebrew(prefix: string): string[] {
  return [
    `${prefix}/opt/postgresql@*/bin`,
    `${prefix}/opt/postgresql/bin`,
    `${prefix}/opt/libpq/bin`,
    `${prefix}/opt/libpq@*/bin`,
  ];
}

function windowsPlaces(
  env: Readonly<Record<string, string | undefined>>,
  homeDir: string,
): string[] {
  const join = (...parts: string[]): string => path.win32.join(...parts);
  const roots = (...names: string[]): string[] => {
    const found = names.map((name) => env[name]).filter((dir) => dir && path.win32.isAbsolute(dir));
    return [...new Set(found as string[])];
  };
  return [
    ...roots('ProgramFiles', 'ProgramW6432', 'ProgramFiles(x86)').flatMap((dir) => [
      join(dir, 'PostgreSQL', '*', 'bin'), // EDB's installer
      join(dir, 'pgAdmin 4', 'runtime'),
    ]),
    ...roots('LOCALAPPDATA').flatMap((dir) => [
      join(dir, 'Programs', 'PostgreSQL', '*', 'bin'),
      join(dir, 'Programs', 'pgAdmin 4', 'runtime'),
    ]),
    // Chocolatey and winget run EDB's installer. Folders directly on the drive (`C:\\pgsql`) and in
    // ProgramData can be made by every user of the machine: what is found there is not run unasked.
    ...[join(homeDir, 'scoop'), ...roots('SCOOP', 'SCOOP_GLOBAL')].map((dir) =>
      join(dir, 'apps', 'postgresql*', 'current', 'bin'),
    ),
  ];
}
