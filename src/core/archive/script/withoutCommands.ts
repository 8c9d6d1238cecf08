import { quoteIdentifier, quoteLiteral } from '../../sql';
import { unquote } from './createStatements';
import type { OwnCommand } from './psqlCommands';
import { ScriptScanner } from './scriptScan';

/** Text to insert after a statement that begins with these words; '' = none. */
export type Afterwards = (tokens: readonly string[]) => string;

/** The place where a script continues in another database. */
export interface DatabaseSwitch {
  /** null = in the same one, connected anew. */
  connectTo: string | null;
}

/** Text that replaces bytes of the script; an insertion where `start` is `end`. */
interface Replacement {
  start: number;
  end: number;
  by: string | DatabaseSwitch;
}

/**
 * A script without pg_dump's own backslash commands, so that psql can be told to refuse all that are
 * left: nothing stands in the place of `\restrict` and `\unrestrict`, a statement in that of
 * `\encoding`, and `\connect` is handed out as what it asks for. Lines keep their numbers.
 *
 * Only psql itself knows for certain what it takes for a command: that depends on the server's
 * answers (rows of a COPY that fails are read as SQL), on settings made out of sight, and on the
 * client encoding. So no command of a script ever reaches psql, not even one that looks harmless.
 */
export async function* withoutCommands(
  pieces: AsyncIterable<Buffer>,
  after: Afterwards = () => '',
): AsyncGenerator<Buffer | DatabaseSwitch> {
  let found: Replacement[] = [];
  const scanner = new ScriptScanner({
    ownCommand: (command, start, end) => found.push({ start, end, by: insteadOf(command) }),
    statement: (end, tokens) => {
      const text = after(tokens);
      if (text !== '') found.push({ start: end, end, by: text });
    },
  });
  let position = 0;
  let rest: Buffer = Buffer.alloc(0);
  const advance = (bytes: Buffer, last: boolean): (Buffer | DatabaseSwitch)[] => {
    const base = position - rest.length;
    const skipped = base === 0 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
    const scanned = scanner.push(bytes, skipped, bytes.length, base, last);
    const done = last ? bytes.length : scanned;
    const parts: (Buffer | DatabaseSwitch)[] = [];
    let at = skipped;
    for (const { start, end, by } of found) {
      parts.push(bytes.subarray(at, start - base));
      parts.push(typeof by === 'string' ? Buffer.from(by) : by);
      at = end - base;
    }
    parts.push(bytes.subarray(at, done));
    found = [];
    rest = bytes.subarray(done);
    return parts.filter((part) => !Buffer.isBuffer(part) || part.length > 0);
  };
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const parts = advance(bytes, false);
    position += piece.length;
    yield* parts;
  }
  yield* advance(rest, true);
}

function insteadOf(command: OwnCommand): string | DatabaseSwitch {
  switch (command.kind) {
    case 'restrict':
    case 'unrestrict':
      return '';
    case 'encoding':
      return `SET client_encoding = '${command.encoding}';`;
    case 'connect':
      return { connectTo: command.database };
  }
}

/**
 * The role that a script of pg_dumpall is run as gets its password back at once when the script sets
 * another: the next connection would be refused.
 *
 * @param password as the server keeps it, which is no plain text; null = not known, or none
 */
export function keepPassword(role: string, password: string | null): Afterwards {
  if (password === null) return () => '';
  const restore = ` ALTER ROLE ${quoteIdentifier(role)} PASSWORD ${quoteLiteral(password)};`;
  return ([first, second, name = '', ...rest]) =>
    first === 'alter' && second === 'role' && unquote(name) === role && rest.includes('password')
      ? restore
      : '';
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
