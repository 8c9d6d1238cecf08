import { StatementReach, type FoundReach } from '../reach/statementReach';
import { noEvents } from '../script/lexer/sqlEvents';
import { SqlLexer } from '../script/lexer/sqlLexer';
import type { Toc } from '../toc/toc';

/**
 * Judges rows that are statements. Where the table of contents has no COPY statement for data (as with
 * `pg_dump --inserts`), pg_restore runs the data as SQL, whatever they contain.
 */
export class RowStatements {
  private readonly reach = new StatementReach(true);

  /** A function that takes the unpacked pieces of an entry's data; null = they are not statements. */
  of(toc: Toc, index: number): ((piece: Buffer | null) => void) | null {
    const copy = toc.copyStatement(index);
    if ((copy !== null && copy.length > 0) || toc.desc(index).startsWith('BLOB')) return null;
    const lexer = new SqlLexer(noEvents, this.reach);
    let rest: Buffer = Buffer.alloc(0);
    return (piece) => {
      const last = piece === null;
      const bytes = last ? rest : rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      const done = lexer.scan({ bytes, base: 0, last }, 0);
      rest = Buffer.from(bytes.subarray(done));
      if (last) lexer.finish(bytes.length);
    };
  }

  /** All findings so far. */
  get found(): FoundReach[] {
    return this.reach.all;
  }
}
