/** Follows the tokens that decide where a statement ends. */
export class StatementBody {
  /** Number of open parentheses. */
  parens = 0;
  /** Depth of BEGIN ATOMIC … END in a routine's body. */
  private blocks = 0;
  /** In a COPY statement: the last word was FROM. */
  private afterFrom = false;
  /** FROM STDIN was read: rows follow the statement. */
  fromStdin = false;
  /** Number of columns in a COPY statement for rows in text format; 0 = unknown. */
  columns = 0;

  /** A `;` at this place does not end the statement. */
  get open(): boolean {
    return this.parens > 0 || this.blocks > 0;
  }

  /** A word of the statement; `first`: the statement's first words in lower case. */
  word(b: Buffer, start: number, end: number, first: readonly string[]): void {
    // WITH and other words after STDIN can select another format.
    if (this.fromStdin) this.columns = 0;
    else if (this.parens === 1) this.columns ||= 1;
    if (this.parens > 0 || end - start > 5 || end - start < 3) {
      this.afterFrom = false;
      return;
    }
    const text = b.toString('latin1', start, end).toLowerCase();
    if (first[0] === 'copy') {
      if (text === 'stdin' && this.afterFrom) this.fromStdin = true;
      this.afterFrom = text === 'from';
    } else if (text === 'begin' || text === 'case' || text === 'end') this.block(text, first);
  }

  /**
   * As in psql: in CREATE FUNCTION and PROCEDURE, a `;` between BEGIN and END does not end the
   * statement.
   */
  private block(word: 'begin' | 'case' | 'end', first: readonly string[]): void {
    const what = first[1] === 'or' ? first[3] : first[1];
    if (first[0] !== 'create' || (what !== 'function' && what !== 'procedure')) return;
    if (word === 'begin' || (word === 'case' && this.blocks > 0)) this.blocks++;
    else if (word === 'end' && this.blocks > 0) this.blocks--;
  }

  comma(): void {
    if (this.parens === 1) this.columns++;
  }

  /** The statement has ended. */
  end(): void {
    this.afterFrom = this.fromStdin = false;
    this.columns = 0;
  }
}
