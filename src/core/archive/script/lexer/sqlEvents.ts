/**
 * Cuts a script into what psql sees: statements, comments between them, backslash commands and COPY
 * data. It looks into none of them further than it must to find where they end, so that a data row,
 * a string or a function's body that looks like a comment is not taken for one.
 */
export interface SqlEvents {
  /**
   * A statement up to its `;`. `tokens` are its first words (lower case), identifiers (`"` kept) and
   * strings (`'` kept); all of the first few for CREATE, ALTER, DROP, SET and COPY, one for others.
   */
  statement(start: number, end: number, tokens: readonly string[]): void;
  /** A `--` comment line between statements, without its line end. */
  comment(start: number, end: number, line: Buffer): void;
  /**
   * A backslash command with its arguments, up to the end of its line; or whatever else stands
   * behind a COPY statement in its line, which is run after the rows.
   */
  meta(start: number, end: number, line: Buffer): void;
  /**
   * A line that is no SQL, without its line end: a message of pg_dump, or what another program has
   * said outside of a dump. `within` a statement it has torn it.
   */
  stray(start: number, end: number, line: Buffer, within: boolean): void;
  /** In rows, something that begins like a message of pg_dump; `columns` as their COPY names them. */
  messageInRows(offset: number, columns: number): void;
  /** Rows of the COPY statement before it, with the `\.` line; `ended` is false at the file's end. */
  copyData(start: number, end: number, ended: boolean): void;
  /** May lines come that are no SQL: is this before all statements, or behind the end of a dump? */
  readonly outside: boolean;
}

const ignored = (): undefined => undefined;
/** For listeners to tokens only. */
export const noEvents: SqlEvents = {
  statement: ignored,
  comment: ignored,
  meta: ignored,
  stray: ignored,
  messageInRows: ignored,
  copyData: ignored,
  outside: false,
};
