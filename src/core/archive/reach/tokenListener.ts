/** Hears the tokens of statements while `SqlLexer` cuts them; it must be quick, and keep no buffer. */
export interface TokenListener {
  /**
   * A statement begins at `offset` of the script, with this word in lower case; '' = with no word, or
   * with the next one.
   */
  begin(word: string, offset: number): void;
  /** Any other word; `depth`: how many parentheses are open. */
  word(b: Buffer, start: number, end: number, depth: number): void;
  /** An identifier or a string that is whole, with its quotes. */
  quoted(b: Buffer, start: number, end: number, depth: number): void;
  /** Another string begins, of whatever kind; its content follows as `text`. */
  literal(depth: number): void;
  /** A piece of a string's content, unchanged. */
  text(b: Buffer, start: number, end: number): void;
  /**
   * An opening parenthesis, a dot, or any other byte that is neither blank nor comment; `depth`: how
   * many parentheses were open before it.
   */
  other(b: Buffer, at: number, depth: number): void;
  /** The statement is over. */
  end(): void;
}
