import { stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readBounded } from '../../files/regularFile';

/** What a line of the password file must match. */
export interface PasswordWanted {
  host: string;
  port: string;
  database: string;
  user: string;
}

/** Looks up one password; the rest of the file is not exposed. */
export type FindPassword = (wanted: PasswordWanted) => string | undefined;

type Variables = Readonly<Record<string, string | undefined>>;

/** A larger file is not a password file, and is not read. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads the user's password file by libpq's rules. Through a tunnel libpq cannot use the file itself,
 * because it connects to a local port that the file does not mention.
 */
export async function readPasswordFile(
  variables: Variables,
  platform: NodeJS.Platform = process.platform,
): Promise<FindPassword> {
  const file = variables['PGPASSFILE'] || defaultFile(variables, platform);
  const lines = file === null ? [] : await linesOf(file, platform);
  return (wanted) => passwordIn(lines, wanted);
}

function defaultFile(variables: Variables, platform: NodeJS.Platform): string | null {
  if (platform !== 'win32') return path.join(variables['HOME'] || os.homedir(), '.pgpass');
  const folder = variables['APPDATA'];
  return folder ? path.join(folder, 'postgresql', 'pgpass.conf') : null;
}

async function linesOf(file: string, platform: NodeJS.Platform): Promise<string[]> {
  try {
    const info = await stat(file);
    if (!info.isFile()) return [];
    // libpq also ignores a password file that other users can read.
    if (platform !== 'win32' && (info.mode & 0o077) !== 0) return [];
    const bytes = await readBounded(file, MAX_BYTES);
    return bytes.toString('utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}

/** First match of lines `host:port:database:user:password`, in which `\` escapes `:` and `\`. */
export function passwordIn(lines: readonly string[], wanted: PasswordWanted): string | undefined {
  for (const line of lines) {
    if (line.startsWith('#')) continue;
    const match = /^((?:(?:\\.|[^\\:])*:){4})(.*)$/.exec(line);
    const [, heads = '', tail = ''] = match ?? [];
    if (match === null) continue;
    const fields = [...heads.matchAll(/((?:\\.|[^\\:])*):/g)].map(([, field = '']) => field);
    const { host, port, database, user } = wanted;
    const fits = [host, port, database, user].every(
      (value, i) => fields[i] === '*' || unescape(fields[i] ?? '') === value,
    );
    if (fits) return unescape(/^(?:\\.|[^\\:])*/.exec(tail)?.[0] ?? '');
  }
  return undefined;
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}
