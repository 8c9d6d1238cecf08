import type { CopySink } from './copyText';
import { looksLikeFormula, TEXT_MARK } from './formulaText';

const COMMA = 44;
const QUOTE = 34;
const CARRIAGE_RETURN = 13;
const NEWLINE = 10;
const textMark = TEXT_MARK.charCodeAt(0);

const NEEDS_QUOTES = new Uint8Array(256);
for (const byte of [COMMA, QUOTE, CARRIAGE_RETURN, NEWLINE]) NEEDS_QUOTES[byte] = 1;

/** A longer field is always quoted. */
const MAX_FIELD = 64 << 10;

/**
 * Writes fields as CSV (RFC 4180), in constant memory. NULL becomes an empty field, an empty string
 * becomes `""`. `take` returns the output since its last call.
 */
export class CsvWriter implements CopySink {
  rows = 0;
  private out = Buffer.allocUnsafe(512 << 10);
  private used = 0;
  private readonly field = Buffer.allocUnsafe(MAX_FIELD);
  private fieldUsed = 0;
  private quoted = false;
  /** The field is longer than `MAX_FIELD`, and its beginning is written already. */
  private flowing = false;
  private fields = 0;
  private columns: readonly string[] | null = null;
  private headed = false;

  /**
   * @param recode converts bytes to UTF-8; null = bytes are written unchanged
   * @param forSpreadsheets mark values that a spreadsheet would read as formulas
   */
  constructor(
    private readonly recode: ((bytes: Buffer) => Buffer) | null,
    private readonly forSpreadsheets = false,
  ) {}

  /** Writes the header row. Without it, columns are numbered as PostgreSQL does. */
  header(columns: readonly string[]): void {
    this.columns = columns;
  }

  bytes(from: Buffer, start: number, end: number): void {
    if (!this.flowing && this.fieldUsed + end - start <= MAX_FIELD) {
      const { field } = this;
      let at = this.fieldUsed;
      let special = 0;
      for (let i = start; i < end; i++) {
        const byte = from[i]!;
        special |= NEEDS_QUOTES[byte]!;
        field[at++] = byte;
      }
      this.fieldUsed = at;
      if (special !== 0) this.quoted = true;
      return;
    }
    if (!this.flowing) {
      this.flowing = true;
      this.separate();
      this.put(QUOTE);
      if (this.isFormula(this.fieldUsed > 0 ? this.field : from.subarray(start, end))) {
        this.put(textMark);
      }
      this.putEscaped(this.field, 0, this.fieldUsed);
    }
    this.putEscaped(from, start, end);
  }

  endField(isNull: boolean): void {
    if (this.flowing) this.put(QUOTE);
    else {
      this.separate();
      if (!isNull) {
        const marked = this.isFormula(this.field.subarray(0, this.fieldUsed));
        if (this.quoted || this.fieldUsed === 0) {
          this.put(QUOTE);
          if (marked) this.put(textMark);
          this.putEscaped(this.field, 0, this.fieldUsed);
          this.put(QUOTE);
        } else {
          if (marked) this.put(textMark);
          this.putAll(this.field, this.fieldUsed);
        }
      }
    }
    this.fields++;
    this.fieldUsed = 0;
    this.quoted = this.flowing = false;
  }

  endRow(): boolean {
    this.columns ??= Array.from({ length: this.fields }, (_, i) => `column${i + 1}`);
    this.put(CARRIAGE_RETURN);
    this.put(NEWLINE);
    this.rows++;
    this.fields = 0;
    return true;
  }

  /** The output since the last call. The buffer is reused: use it before any other call. */
  take(): Buffer {
    if (this.columns === null) return this.out.subarray(0, 0);
    const rows = this.out.subarray(0, this.used);
    this.used = 0;
    const body = this.recode === null ? rows : this.recode(rows);
    if (this.headed) return body;
    this.headed = true;
    const names = this.columns.map((name) =>
      this.isFormula(Buffer.from(name)) ? TEXT_MARK + name : name,
    );
    return Buffer.concat([Buffer.from(headerLine(names), 'utf8'), body]);
  }

  private isFormula(value: Buffer): boolean {
    return this.forSpreadsheets && looksLikeFormula(value);
  }

  private separate(): void {
    if (this.fields > 0) this.put(COMMA);
  }

  private put(byte: number): void {
    if (this.used >= this.out.length) this.grow(1);
    this.out[this.used++] = byte;
  }

  private putAll(from: Buffer, length: number): void {
    if (this.used + length > this.out.length) this.grow(length);
    if (length < 64) for (let i = 0; i < length; i++) this.out[this.used + i] = from[i]!;
    else from.copy(this.out, this.used, 0, length);
    this.used += length;
  }

  private putEscaped(from: Buffer, start: number, end: number): void {
    // In the worst case every byte is a quote, which is doubled.
    if (this.used + 2 * (end - start) > this.out.length) this.grow(2 * (end - start));
    const { out } = this;
    let at = this.used;
    for (let i = start; i < end; i++) {
      const byte = from[i]!;
      if (byte === QUOTE) out[at++] = QUOTE;
      out[at++] = byte;
    }
    this.used = at;
  }

  private grow(more: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.out.length * 2, this.used + more));
    this.out.copy(larger, 0, 0, this.used);
    this.out = larger;
  }
}

function headerLine(columns: readonly string[]): string {
  const names = columns.map((name) =>
    name === '' || /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name,
  );
  return `${names.join(',')}\r\n`;
}
