import { quoteIdentifier, quoteLiteral } from '../../sql';
import { unquote } from './createStatements';
import { ScriptScanner } from './scriptScan';

/** How a script is changed on its way to psql. */
export interface Rewriting {
  /** What stands in the place of a command, which comes without the blanks around it. */
  instead: (command: string) => string;
  /** What comes behind a statement that begins with these words. */
  after?: (tokens: readonly string[]) => string;
}

/**
 * A script without pg_dump's own backslash commands, so that psql can be told to refuse all that are
 * left: blanks stand in the place of `\restrict`, `\unrestrict` and `\connect`, the statement in that
 * of `\encoding`. Lines keep their numbers.
 *
 * Only psql itself knows for certain what it takes for a command: that depends on the server's
 * answers (rows of a COPY that fails are read as SQL) and on settings made out of sight.
 */
export async function* withoutCommands(
  pieces: AsyncIterable<Buffer>,
  { instead, after }: Rewriting = { instead: asStatement },
): AsyncGenerator<Buffer> {
  /** `text` null = a command; else what is put in. */
  let found: { start: number; end: number; text: string | null }[] = [];
  const scanner = new ScriptScanner({
    ownCommand: (start, end) => found.push({ start, end, text: null }),
    statement: (end, tokens) => {
      const text = after?.(tokens) ?? '';
      if (text !== '') found.push({ start: end, end, text });
    },
  });
  let position = 0;
  let rest: Buffer = Buffer.alloc(0);
  const advance = (bytes: Buffer, last: boolean): Buffer[] => {
    const base = position - rest.length;
    const skipped = base === 0 && bytes.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
    const done = last
      ? (scanner.push(bytes, skipped, bytes.length, base, true), bytes.length)
      : scanner.push(bytes, skipped, bytes.length, base, false);
    const parts: Buffer[] = [];
    let at = skipped;
    for (const { start, end, text } of found) {
      parts.push(bytes.subarray(at, start - base));
      if (text !== null) parts.push(Buffer.from(text));
      else {
        // Names keep their bytes, whatever the encoding.
        const command = bytes.toString('latin1', start - base, end - base).trim();
        parts.push(Buffer.from(instead(command), 'latin1'));
      }
      at = end - base;
    }
    parts.push(bytes.subarray(at, done));
    found = [];
    rest = bytes.subarray(done);
    return parts;
  };
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const parts = advance(bytes, false);
    position += piece.length;
    yield* parts.filter((part) => part.length > 0);
  }
  yield* advance(rest, true).filter((part) => part.length > 0);
}

function asStatement(command: string): string {
  const encoding = /^\\encoding (\w+)$/.exec(command)?.[1];
  return encoding === undefined ? '' : `SET client_encoding = '${encoding}';`;
}

/** What is known when a script of pg_dumpall is run. */
export interface ClusterRun {
  /** With which psql was told to refuse all commands. */
  key: string;
  /** The role that runs it. */
  role: string;
  /** The role's password as the server keeps it, which is no plain text; null = not known, or none. */
  password: string | null;
}

/**
 * Lets psql follow a script of pg_dumpall into other databases, and into nothing else: the script
 * does not know the key, so it cannot lift the restriction itself, and its own `\restrict` lines go.
 * Each command becomes three lines: psql 18 takes one alone on a line.
 *
 * The role that the script is run as gets its password back at once when the script sets another: the
 * next `\connect` would be refused.
 */
export function forCluster({ key, role, password }: ClusterRun): Rewriting {
  const restore =
    password === null
      ? ''
      : ` ALTER ROLE ${quoteIdentifier(role)} PASSWORD ${quoteLiteral(password)};`;
  return {
    instead: (command) =>
      /^\\(?:connect|encoding) /.test(command)
        ? `\\unrestrict ${key}\n${command}\n\\restrict ${key}`
        : '',
    after: ([first, second, name = '', ...rest]) =>
      first === 'alter' && second === 'role' && unquote(name) === role && rest.includes('password')
        ? restore
        : '',
  };
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
