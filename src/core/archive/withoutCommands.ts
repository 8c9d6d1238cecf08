import { ScriptScanner } from './scriptScan';

/**
 * A script without pg_dump's own backslash commands, so that psql can be told to refuse all that are
 * left: blanks stand in the place of `\restrict`, `\unrestrict` and `\connect`, the statement in that
 * of `\encoding`. Lines keep their numbers.
 *
 * Only psql itself knows for certain what it takes for a command: that depends on the server's
 * answers (rows of a COPY that fails are read as SQL) and on settings made out of sight.
 */
export async function* withoutCommands(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let found: { start: number; end: number }[] = [];
  const scanner = new ScriptScanner((start, end) => found.push({ start, end }));
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
    for (const { start, end } of found) {
      const command = bytes.toString('latin1', start - base, end - base).trim();
      const encoding = /^\\encoding (\w+)$/.exec(command)?.[1];
      parts.push(bytes.subarray(at, start - base));
      if (encoding !== undefined) parts.push(Buffer.from(`SET client_encoding = '${encoding}';`));
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

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
