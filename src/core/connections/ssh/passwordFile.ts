import { stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readBounded } from '../../files/regularFile';

/** What a line of the file has to match. */
export interface PasswordWanted {
  host: string;
  port: string;
  database: string;
  user: string;
}

/** Finds a password; what else the file holds stays inside. */
export type FindPassword = (wanted: PasswordWanted) => string | undefined;

type Variables = Readonly<Record<string, string | undefined>>;

/** A file of passwords is small; this is no such file. */
const MAX_BYTES = 1024 * 1024;

/**
 * The user's password file, read as libpq reads it. Through a tunnel libpq cannot do so itself: the
 * port that it connects to is none of those that stand in there.
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
    // libpq does not take it either when others may read it.
    if (platform !== 'win32' && (info.mode & 0o077) !== 0) return [];
    const bytes = await readBounded(file, MAX_BYTES);
    return bytes.toString('utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}

/** The first line that fits counts: `host:port:database:user:password`, `\` before `:` and `\`. */
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
