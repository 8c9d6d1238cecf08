import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

const HASH = 'sha256';
const KEY_BYTES = 32;
const SALT_BYTES = 16;

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

/** Can {@link scramSecret} be used for it? */
export function isAscii(password: string): boolean {
  return /^[\x20-\x7e]*$/.test(password);
}
