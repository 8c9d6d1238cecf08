/** A line of a script that is not SQL. */
export interface StrayLine {
  /** Offset in the uncompressed script. */
  offset: number;
  text: string;
  /** The line is within a statement, which is broken by it. */
  within: boolean;
}

/** Text within rows that begins like a message of pg_dump. It may also be a value of a row. */
export interface MessageInRows {
  offset: number;
  /** Number of columns in the COPY statement, at least 1. */
  columns: number;
  table: { schema: string | null; name: string } | null;
}

const MAX_KEPT = 1000;
const MAX_IN_ROWS = 10_000;
const LONGEST_TEXT = 1000;
const FAILURE = /^pg_dump(?:all)?: (?:\S+: )*(?:error|fatal): (.*)/i;

/** The lines of a script that are not SQL, up to a limit. */
export class FoundStrays {
  count = 0;
  /** At least one is within a statement. */
  within = false;
  readonly lines: StrayLine[] = [];
  readonly rows: MessageInRows[] = [];
  /** The first error message of pg_dump; null = none. */
  failure: string | null = null;

  add(offset: number, line: string, within: boolean): void {
    this.count++;
    this.within ||= within;
    const text = line.slice(0, LONGEST_TEXT);
    this.failure ??= failureOf(text);
    // The first line that breaks a statement is always kept, because it matters most.
    const kept = this.lines.length < MAX_KEPT || (within && !this.lines.some((l) => l.within));
    if (kept) this.lines.push({ offset, text, within });
  }

  inRows(offset: number, columns: number, table: MessageInRows['table']): void {
    if (this.rows.length < MAX_IN_ROWS) this.rows.push({ offset, columns, table });
  }
}

/** The error in a message of pg_dump; null = the message is not an error. */
export function failureOf(text: string): string | null {
  return FAILURE.exec(text)?.[1] ?? null;
}
