import type { TextDecode } from '../bytes/encoding';

/** A backslash command that pg_dump or pg_dumpall writes. */
export type OwnCommand =
  | { kind: 'restrict' | 'unrestrict' }
  /** Precedes a `\connect` to a name with special characters. */
  | { kind: 'encoding'; encoding: string }
  /** null = a new connection to the same database. */
  | { kind: 'connect'; database: string | null };

/** Longest accepted backslash command in bytes; a database name has at most 63. */
export const MAX_COMMAND = 4096;

const RESTRICT = /^\\(un)?restrict [A-Za-z0-9]+$/;
const ENCODING = /^\\encoding (\w+)$/;
/**
 * Forms of `\connect` that only name a database. All others can also name a user, a host and a port,
 * directly or in a connection string.
 */
const CONNECT = new RegExp(
  [
    String.raw`^\\c(?:onnect)? (?:"(?<quoted>(?!postgres(?:ql)?://)(?:[^"\`\\=]|"")+)"`,
    // psql ignores semicolons at the end.
    String.raw`(?<plain>[^\x00-\x20'"\`=:;\\]+);*)$`,
  ].join('|'),
);
/** pg_dump's form for names with special characters: only these two characters are escaped. */
const CONNECT_BY_STRING =
  /^\\connect -reuse-previous=on "dbname='(?<name>(?:[^'"`\\]|""|\\[\\'])*)'"$/;

/**
 * Parses a command, given its bytes up to the end of the line; null unless it has exactly the form
 * that pg_dump writes. Other forms are dangerous: psql runs backticks even in arguments of
 * `\restrict`, and `\connect` can name a user, a host and a port.
 *
 * The decision is based on bytes, because only psql knows the client encoding in effect. `decode` is
 * used for the database's name in our own command; a name that cannot be decoded gives null.
 */
export function ownCommand(line: Buffer, decode: TextDecode): OwnCommand | null {
  // A long line of blanks could hide a command.
  if (line.length > MAX_COMMAND) return null;
  // One character for each byte.
  const text = line.toString('latin1').replace(/[ \t\r]+$/, '');
  const lifts = RESTRICT.exec(text);
  if (lifts !== null) return { kind: lifts[1] === undefined ? 'restrict' : 'unrestrict' };
  const encoded = ENCODING.exec(text)?.[1];
  if (encoded !== undefined) return { kind: 'encoding', encoding: encoded };
  const name = connectedName(text);
  if (name === null) return null;
  if (name === '-') return { kind: 'connect', database: null };
  const bytes = Buffer.from(name, 'latin1');
  const database = decode(bytes, 0, bytes.length);
  return /[\0\uFFFD]/.test(database) ? null : { kind: 'connect', database };
}

/** The bytes of the database name in a `\connect`. */
function connectedName(text: string): string | null {
  const { quoted, plain } = CONNECT.exec(text)?.groups ?? {};
  if (quoted !== undefined) return quoted.replaceAll('""', '"');
  if (plain !== undefined) return plain;
  const named = CONNECT_BY_STRING.exec(text)?.groups?.['name'];
  return named?.replaceAll('""', '"').replace(/\\(.)/gs, '$1') ?? null;
}

/** The name of a backslash command as psql reads it: up to a blank or another backslash. */
export function commandName(line: string): string {
  return /^\\([^\s\\\0]*)/.exec(line)?.[1] ?? '';
}
