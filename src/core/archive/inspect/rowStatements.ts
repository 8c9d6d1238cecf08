import { StatementReach, type FoundReach } from '../reach/statementReach';
import { noEvents } from '../script/lexer/sqlEvents';
import { SqlLexer } from '../script/lexer/sqlLexer';
import type { Toc } from '../toc/toc';

/**
 * Judges the rows of an archive that are statements: pg_restore runs data for which the table of
 * contents has no COPY statement, whatever they say (`pg_dump --inserts` writes such ones).
 */
export class RowStatements {
  private readonly reach = new StatementReach(true);

  /** Takes the unpacked data of one entry, piece by piece; null = they are no statements. */
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

  /** Findings so far. */
  get found(): FoundReach[] {
    return this.reach.all;
  }
}
