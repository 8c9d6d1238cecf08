import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stopAtExit } from './cleanup';
import type { PostgresInstall } from '../install/postgres';
import { run } from './run';
import { serverUser } from './serverUser';

export const SUPERUSER = 'postgres';

const variable = 'PGBR_TEST_CLUSTERS';

const HASH = 'sha256';
const KEY_BYTES = 32;
const SALT_BYTES = 16;

/**
 * Clusters that are copied for new servers; the processes of a run find them by their environment.
 */
interface Originals {
  readonly dir: string;
  /** The superuser's in each of them. */
  readonly password: string;
}

function originals(): Originals | undefined {
  const json = process.env[variable];
  return json === undefined ? undefined : (JSON.parse(json) as Originals);
}

function originalOf({ dir }: Originals, { version }: PostgresInstall): string {
  return path.join(dir, version);
}

/**
 * Makes a cluster of each release, of which this process and those that it starts take copies from
 * now on: initdb takes ten times as long. They are removed at the end.
 */
export async function makeOriginals(
  installs: readonly PostgresInstall[],
  password: string,
): Promise<void> {
  // On Windows, a copy is not quicker than initdb.
  if (process.platform === 'win32') return;
  const dir = await mkdtemp(path.join(tmpdir(), 'pg-clusters-'));
  stopAtExit({
    stop: () => rm(dir, { recursive: true, force: true, maxRetries: 5 }),
    stopNow: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
  });
  await giveToServer(dir);
  const made = { dir, password };
  await Promise.all(
    installs.map((install) => initialise(install, originalOf(made, install), password)),
  );
  process.env[variable] = JSON.stringify(made);
}

/**
 * Makes a cluster in `dataDir`, which is not there yet. Resolves with its superuser's password: the one
 * of the original, where there is one, else `password`.
 */
export async function makeCluster(
  install: PostgresInstall,
  dataDir: string,
  password: string,
): Promise<string> {
  const known = originals();
  const original = known === undefined ? undefined : originalOf(known, install);
  if (known === undefined || original === undefined || !existsSync(original)) {
    await initialise(install, dataDir, password);
    return password;
  }
  await run('cp', ['-a', original, dataDir]);
  return known.password;
}

/** The server's user may use the file or folder. */
export async function giveToServer(file: string): Promise<void> {
  const owner = serverUser();
  if (owner !== undefined) await chown(file, owner.uid, owner.gid);
}

async function initialise(
  install: PostgresInstall,
  dataDir: string,
  password: string,
): Promise<void> {
  const passwordFile = `${dataDir}.password`;
  // initdb of 13 cuts the line of its password file after 99 characters.
  const stored = install.major >= 14 && isAscii(password) ? scramSecret(password) : password;
  await writeFile(passwordFile, `${stored}\n`, { mode: 0o600 });
  await chmod(path.dirname(dataDir), 0o755);
  await giveToServer(passwordFile);
  await run(
    path.join(install.binDir, 'initdb'),
    [
      ...['--pgdata', dataDir, '--username', SUPERUSER, '--pwfile', passwordFile],
      ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C.UTF-8', '--no-sync'],
    ],
    {
      cwd: path.dirname(dataDir),
      env: { ...install.serverEnv, HOME: path.dirname(dataDir) },
      ...serverUser(),
    },
  );
  await rm(passwordFile);
}

/**
 * What a server stores of a password (pg_authid.rolpassword), with one round of hashing instead of
 * 4096: each connection of a test would compute them again. Only for passwords in ASCII, which need no
 * normalising (RFC 5802, RFC 7677).
 */
export function scramSecret(password: string): string {
  const rounds = 1;
  const salt = randomBytes(SALT_BYTES);
  const salted = pbkdf2Sync(password, salt, rounds, KEY_BYTES, HASH);
  const keyOf = (name: string): Buffer => createHmac(HASH, salted).update(name).digest();
  const stored = createHash(HASH).update(keyOf('Client Key')).digest('base64');
  const server = keyOf('Server Key').toString('base64');
  return `SCRAM-SHA-256$${rounds}:${salt.toString('base64')}$${stored}:${server}`;
}

/** Can {@link scramSecret} be used for this password? */
export function isAscii(password: string): boolean {
  return /^[\x20-\x7e]*$/.test(password);
}
