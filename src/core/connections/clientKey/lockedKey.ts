import os from 'node:os';
import path from 'node:path';
import { readBounded } from '../../files/regularFile';

/** A larger file is no key, and is not read. */
const MAX_BYTES = 256 * 1024;

/**
 * Both forms in which OpenSSL writes a key with a passphrase: PKCS#8, and the older one whose header
 * says so.
 */
const LOCKED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED\s*$/m;

/** Does the key in this file need a passphrase? One that cannot be read does not: libpq says why. */
export async function isLockedKey(file: string): Promise<boolean> {
  try {
    return LOCKED.test((await readBounded(file, MAX_BYTES)).toString('latin1'));
  } catch {
    return false;
  }
}

/** The key that libpq takes where none is stated; null = it does not look for one. */
export function defaultKey(
  variables: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string | null {
  if (platform !== 'win32') {
    return path.posix.join(variables['HOME'] || os.homedir(), '.postgresql', 'postgresql.key');
  }
  const folder = variables['APPDATA'];
  return folder ? path.join(folder, 'postgresql', 'postgresql.key') : null;
}
