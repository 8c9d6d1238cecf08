/**
 * Receives the parts into which psql would split a script: statements, comments between statements,
 * backslash commands, and COPY data. Contents are examined only as far as needed to find their ends,
 * so that a row, a string or a function body that looks like a comment is not mistaken for one.
 */
export interface SqlEvents {
  /**
   * A statement up to its `;`. `tokens`: words (lower case), identifiers (with `"`) and strings (with
   * `'`); the first few for CREATE, ALTER, DROP, SET and COPY, only the first for other statements.
   */
  statement(start: number, end: number, tokens: readonly string[]): void;
  /** A `--` comment line between statements, without its line end. */
  comment(start: number, end: number, line: Buffer): void;
  /**
   * A backslash command with its arguments, up to the end of its line. Also other text after a COPY
   * statement on the same line, which psql runs after the rows.
   */
  meta(start: number, end: number, line: Buffer): void;
  /**
   * A line that is not SQL, without its line end: a message of pg_dump, or another program's output
   * outside of a dump. `within`: the line is within a statement, which is broken by it.
   */
  stray(start: number, end: number, line: Buffer, within: boolean): void;
  /** Is text within rows of interest? To search it takes as long as to find where the rows end. */
  readonly searchesRows: boolean;
  /** Text within rows that begins like a message of pg_dump; `columns`: as the COPY names them. */
  messageInRows(offset: number, columns: number): void;
  /** Rows of the last COPY statement, with the `\.` line; `ended` = false if that line is missing. */
  copyData(start: number, end: number, ended: boolean): void;
  /** Are lines possible that are not SQL? True before all statements and after the end of a dump. */
  readonly outside: boolean;
}

const ignored = (): undefined => undefined;
/** For callers that only need tokens. */
export const noEvents: SqlEvents = {
  statement: ignored,
  comment: ignored,
  meta: ignored,
  stray: ignored,
  searchesRows: false,
  messageInRows: ignored,
  copyData: ignored,
  outside: false,
};
