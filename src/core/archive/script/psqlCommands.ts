import type { TextDecode } from '../bytes/encoding';

/** One of the backslash commands that pg_dump and pg_dumpall write. */
export type OwnCommand =
  | { kind: 'restrict' | 'unrestrict' }
  /** Before a `\connect` to a name that is not plain. */
  | { kind: 'encoding'; encoding: string }
  /** null = the same database once more. */
  | { kind: 'connect'; database: string | null };

/** Longest backslash command that is looked at, in bytes: a name has 63 characters. */
export const MAX_COMMAND = 4096;

const RESTRICT = /^\\(un)?restrict [A-Za-z0-9]+$/;
const ENCODING = /^\\encoding (\w+)$/;
/**
 * The forms of `\connect` that name a database and nothing else. All others name a user, a host or a
 * port as well, or a connection string, which can hold them.
 */
const CONNECT = new RegExp(
  [
    String.raw`^\\c(?:onnect)? (?:"(?<quoted>(?!postgres(?:ql)?://)(?:[^"\`\\=]|"")+)"`,
    // psql drops semicolons at the end.
    String.raw`(?<plain>[^\x00-\x20'"\`=:;\\]+);*)$`,
  ].join('|'),
);
/** pg_dump's form for names that are not plain: only these two characters are escaped. */
const CONNECT_BY_STRING =
  /^\\connect -reuse-previous=on "dbname='(?<name>(?:[^'"`\\]|""|\\[\\'])*)'"$/;

/**
 * What the bytes of a command, up to the end of its line, say, if it is one of pg_dump's own to the
 * letter; else null. psql runs what stands in backticks even in the arguments of `\restrict`, and
 * takes a user, a host and a port from `\connect`.
 *
 * Bytes decide: which of them are letters is the client encoding's to say, and what that is only psql
 * knows. `decode` only turns the bytes of a name into a name, which our own command uses; a name that
 * the encoding cannot explain is none.
 */
export function ownCommand(line: Buffer, decode: TextDecode): OwnCommand | null {
  // A command may hide behind blanks.
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

/** The bytes of the database's name in a `\connect`. */
function connectedName(text: string): string | null {
  const { quoted, plain } = CONNECT.exec(text)?.groups ?? {};
  if (quoted !== undefined) return quoted.replaceAll('""', '"');
  if (plain !== undefined) return plain;
  const named = CONNECT_BY_STRING.exec(text)?.groups?.['name'];
  return named?.replaceAll('""', '"').replace(/\\(.)/gs, '$1') ?? null;
}

/** The name of a backslash command, as psql reads it: all up to a blank or another backslash. */
export function commandName(line: string): string {
  return /^\\([^\s\\\0]*)/.exec(line)?.[1] ?? '';
}
