/** Receives the tokens that `SqlLexer` finds. Calls must be quick, and must not keep the buffer. */
export interface TokenListener {
  /**
   * A statement begins at `offset` of the script. `word`: its first word in lower case; '' = it
   * begins with another token, or its first word comes in the next call.
   */
  begin(word: string, offset: number): void;
  /** A further word; `depth`: number of open parentheses. */
  word(b: Buffer, start: number, end: number, depth: number): void;
  /** A complete identifier or string, with its quotes. */
  quoted(b: Buffer, start: number, end: number, depth: number): void;
  /** The beginning of any other string, whose content follows in calls of `text`. */
  literal(depth: number): void;
  /** A piece of a string's content, as it is written. */
  text(b: Buffer, start: number, end: number): void;
  /**
   * An opening parenthesis, a dot, or another byte outside of blanks and comments. `depth`: number of
   * parentheses that were open before it.
   */
  other(b: Buffer, at: number, depth: number): void;
  /** The statement has ended. */
  end(): void;
}
