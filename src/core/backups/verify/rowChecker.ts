import { isUtf8 as isValidUtf8 } from 'node:buffer';

const TAB = 9;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const BACKSLASH = 0x5c;
const DOT = 0x2e;

/** A problem in COPY rows, and its byte offset in the unpacked data. */
export interface RowProblem {
  what: string;
  offset: number;
}

/**
 * Counts the rows of COPY's text format and checks whether COPY would accept them: `\.` at the end,
 * the same number of columns in each row, valid characters. In all of PostgreSQL's encodings a tab or
 * newline byte is a tab or newline, and COPY writes both as escapes within values.
 */
export class RowChecker {
  rows = 0;
  /** Unpacked bytes so far. */
  bytes = 0;
  /** The first problem; null = none so far. */
  problem: RowProblem | null = null;
  private ended = false;
  private tabs = 0;
  /** Length of the current line in earlier pieces, in bytes. */
  private lineLength = 0;
  /** The last two bytes of the previous piece. */
  private tail: [number, number] = [0, 0];
  /** A character that a piece's end has cut. */
  private cut: Buffer = Buffer.alloc(0);

  /**
   * @param columns number of columns; null = as many as in the first row
   * @param utf8 the encoding is UTF-8; characters of other encodings are not checked
   */
  constructor(
    private columns: number | null,
    private readonly utf8: boolean,
  ) {}

  push(piece: Buffer): void {
    if (this.problem === null) {
      const nul = piece.indexOf(0);
      if (nul >= 0) this.fail('a NUL byte', nul);
      const cr = piece.indexOf(CARRIAGE_RETURN);
      if (cr >= 0) this.fail('a carriage return', cr);
      if (this.utf8) this.checkCharacters(piece);
    }
    this.scan(piece);
    this.bytes += piece.length;
  }

  /** To be called after the last piece: reports a missing end mark. */
  end(): void {
    if (!this.ended) this.fail('the end of the rows is missing', 0);
    else if (this.cut.length > 0) this.fail('a cut character', 0);
  }

  private fail(what: string, at: number): void {
    this.problem ??= { what, offset: this.bytes + at };
  }

  private scan(piece: Buffer): void {
    let start = 0;
    let { tabs } = this;
    for (let i = 0; i < piece.length; i++) {
      const byte = piece[i]!;
      if (byte === TAB) tabs++;
      else if (byte === NEWLINE) {
        const length = this.lineLength + i - start;
        this.endLine(length, tabs, length === 2 && this.isEndMark(piece, i), start);
        this.lineLength = 0;
        start = i + 1;
        tabs = 0;
      }
    }
    this.tabs = tabs;
    this.lineLength += piece.length - start;
    if (this.lineLength > 0 && this.ended) this.fail('something behind the end of the rows', start);
    if (piece.length >= 2) this.tail = [piece.at(-2)!, piece.at(-1)!];
    else if (piece.length === 1) this.tail = [this.tail[1], piece[0]!];
  }

  private isEndMark(piece: Buffer, at: number): boolean {
    const first = at >= 2 ? piece[at - 2] : this.tail[at];
    const second = at >= 1 ? piece[at - 1] : this.tail[1];
    return first === BACKSLASH && second === DOT;
  }

  private endLine(length: number, tabs: number, mark: boolean, at: number): void {
    if (this.ended) {
      if (length > 0) this.fail('something behind the end of the rows', at);
      return;
    }
    if (mark) {
      this.ended = true;
      return;
    }
    this.rows++;
    this.columns ??= tabs + 1;
    const expected = Math.max(0, this.columns - 1);
    if (tabs !== expected) {
      this.fail(`a row with ${tabs + 1} instead of ${expected + 1} columns`, at);
    }
  }

  private checkCharacters(piece: Buffer): void {
    const text = this.cut.length === 0 ? piece : Buffer.concat([this.cut, piece]);
    // A character has at most four bytes; the last character may continue in the next piece.
    let end = text.length;
    for (let i = 1; i <= Math.min(3, text.length); i++) {
      const byte = text[text.length - i]!;
      if ((byte & 0xc0) === 0x80) continue;
      const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
      if (needs > i) end = text.length - i;
      break;
    }
    if (!isValidUtf8(text.subarray(0, end))) this.fail('text that is not UTF-8', 0);
    this.cut = Buffer.from(text.subarray(end));
  }
}

/** Is this PostgreSQL's name of UTF-8? */
export function isUtf8(encoding: string | null): boolean {
  return encoding?.toUpperCase().replace('-', '') === 'UTF8';
}
