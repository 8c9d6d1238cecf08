import { randomBytes } from 'node:crypto';
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * The variable in which a connection's environment holds the passphrase of its client key until the
 * tool starts. libpq has no variable for it (measured with 13 to 18): it takes `sslpassword` from a
 * connection string, which others can read, or from a service file.
 */
export const KEY_PASSPHRASE = 'PGSSLPASSWORD';

/**
 * Given where a key needs a passphrase that nobody knows yet: without any, libpq would ask for it at
 * the terminal, if there is one, and wait for ever.
 */
export const NO_PASSPHRASE = 'no passphrase is known';

/** The section that holds it. */
const SERVICE = 'pgbackup';

const NO_BREAK_SPACE = 0xa0;

/** How a tool gets the passphrase. */
export interface GivenPassphrase {
  /** The tool's environment. */
  env: Record<string, string>;
  /** The tool's file descriptor 3; undefined = it reads a file. */
  handle?: number;
  /** Closes the handle, once the tool has started. */
  close(): void;
}

/**
 * Moves a passphrase from the environment into a service file. On Linux that file has no name any
 * more when the tool starts: it is gone with the last process that reads it, however that ends, and
 * the tool opens it anew for each connection. On macOS it is a file in `folder`; for Windows,
 * `windowsCommand` has moved it already.
 *
 * @param folder makes a folder for this user alone, which is removed when the tool has ended
 * @returns null = there is no passphrase
 * @throws system errors
 */
export function givePassphrase(
  env: Readonly<Record<string, string>>,
  folder: () => string,
  platform: NodeJS.Platform = process.platform,
): GivenPassphrase | null {
  const { [KEY_PASSPHRASE]: passphrase, ...others } = env;
  if (passphrase === undefined) return null;
  const named = platform !== 'linux';
  const name = `pgbackup-${randomBytes(12).toString('hex')}`;
  const file = path.join(named ? folder() : os.tmpdir(), name);
  // `wx` fails where the name is taken, also by a link.
  const handle = openSync(file, 'wx+', 0o600);
  try {
    if (!named) unlinkSync(file);
    writeSync(handle, passphraseService(passphrase));
  } catch (error) {
    closeSync(handle);
    throw error;
  }
  if (named) closeSync(handle);
  return {
    env: {
      ...others,
      ...serviceVariables(named ? file : '/proc/self/fd/3'),
    },
    ...(named ? {} : { handle }),
    close: () => {
      if (!named) closeSync(handle);
    },
  };
}

/**
 * Can a service file hold this passphrase? libpq cuts blanks at the end of a line, and 13 reads lines
 * of at most 254 bytes. On Windows one byte of some letters (`à`) is a blank there: the no-break space
 * of most code pages.
 */
export function canBeGiven(
  passphrase: string,
  platform: NodeJS.Platform = process.platform,
): boolean {
  const bytes = Buffer.from(passphrase);
  if (platform === 'win32' && bytes.at(-1) === NO_BREAK_SPACE) return false;
  return !/[\r\n]|\s$/.test(passphrase) && bytes.length <= 200;
}

/** The service file of a passphrase. */
export function passphraseService(passphrase: string): string {
  return `[${SERVICE}]\nsslpassword=${passphrase}\n`;
}

/** By what a tool finds that file. */
export function serviceVariables(file: string): { PGSERVICE: string; PGSERVICEFILE: string } {
  return { PGSERVICE: SERVICE, PGSERVICEFILE: file };
}
