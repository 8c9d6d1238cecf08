/** A line of a script that is no SQL. */
export interface StrayLine {
  /** Byte of the (uncompressed) script where it begins. */
  offset: number;
  text: string;
  /** Within a statement, which it has torn. */
  within: boolean;
}

/** In rows, something that begins like a message of pg_dump. Rows may hold such a text. */
export interface MessageInRows {
  offset: number;
  /** As many as the COPY statement names: at least 1. */
  columns: number;
  table: { schema: string | null; name: string } | null;
}

const MAX_KEPT = 1000;
const MAX_IN_ROWS = 10_000;
const LONGEST_TEXT = 1000;
const FAILURE = /^pg_dump(?:all)?: (?:\S+: )*(?:error|fatal): (.*)/i;

/** Lines of a script that are no SQL, as far as they are kept. */
export class FoundStrays {
  count = 0;
  /** One of them is within a statement. */
  within = false;
  readonly lines: StrayLine[] = [];
  readonly rows: MessageInRows[] = [];
  /** The first message of pg_dump that tells of an error; null = none. */
  failure: string | null = null;

  add(offset: number, line: string, within: boolean): void {
    this.count++;
    this.within ||= within;
    const text = line.slice(0, LONGEST_TEXT);
    this.failure ??= failureOf(text);
    // The first one that tears a statement is what matters.
    const kept = this.lines.length < MAX_KEPT || (within && !this.lines.some((l) => l.within));
    if (kept) this.lines.push({ offset, text, within });
  }

  inRows(offset: number, columns: number, table: MessageInRows['table']): void {
    if (this.rows.length < MAX_IN_ROWS) this.rows.push({ offset, columns, table });
  }
}

/** What a message of pg_dump says that it ended with; null = it tells of no error. */
export function failureOf(text: string): string | null {
  return FAILURE.exec(text)?.[1] ?? null;
}
