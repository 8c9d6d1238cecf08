/** Receives what a `CopyDecoder` decodes, in order. */
export interface CopySink {
  /** A part of the current field's value, unescaped. Valid only during the call. */
  bytes(from: Buffer, start: number, end: number): void;
  endField(isNull: boolean): void;
  /** A row has ended. Returns whether further rows are wanted. */
  endRow(): boolean;
}

/**
 * Client encodings in which an ASCII byte can be part of a longer character, so that such a backslash
 * is not an escape (`PG_ENCODING_IS_CLIENT_ONLY` in PostgreSQL, which COPY checks as well).
 */
const EMBEDS_ASCII = new Set(['SJIS', 'SHIFT_JIS_2004', 'BIG5', 'GBK', 'UHC', 'GB18030', 'JOHAB']);

const TAB = 9;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const BACKSLASH = 92;
const DOT = 46;
const LETTER_N = 78;

const enum State {
  Plain,
  /** After a backslash. */
  Escape,
  Octal,
  /** After `\x`. */
  Hex,
  /** Within a character of such an encoding. */
  Character,
  /** After a carriage return that may be part of the line end. */
  Return,
  /** After `\.` at the beginning of a line. */
  EndMark,
}

const ESCAPES: Readonly<Record<number, number>> = {
  98: 8, // \b
  102: 12, // \f
  110: 10, // \n
  114: 13, // \r
  116: 9, // \t
  118: 11, // \v
};

/**
 * Decodes COPY's text format piece by piece, in constant memory. Tabs separate fields, newlines rows;
 * `\N` is NULL, and a line `\.` is the end.
 */
export class CopyDecoder {
  private state = State.Plain;
  private atRowStart = true;
  private fieldEmpty = true;
  /** The field consists of `\N` so far. */
  private isNull = false;
  private value = 0;
  private digits = 0;
  private readonly special = new Uint8Array(256);
  private readonly single = Buffer.alloc(2);
  private readonly multibyte: boolean;
  private readonly singleHigh: (byte: number) => boolean;
  /** The end mark was read, or no further rows are wanted. */
  ended = false;

  constructor(
    private readonly sink: CopySink,
    encoding: string | null,
  ) {
    const name = (encoding ?? '').toUpperCase();
    for (const byte of [TAB, NEWLINE, CARRIAGE_RETURN, BACKSLASH]) this.special[byte] = 1;
    this.multibyte = EMBEDS_ASCII.has(name);
    if (this.multibyte) this.special.fill(1, 0x80);
    // In these encodings half-width katakana are single bytes.
    const japanese = name === 'SJIS' || name === 'SHIFT_JIS_2004';
    this.singleHigh = japanese ? (byte) => byte >= 0xa1 && byte <= 0xdf : () => false;
  }

  /** Decodes a piece; returns how many of its bytes were used: all, unless decoding has `ended`. */
  push(piece: Buffer): number {
    const { special } = this;
    const { length } = piece;
    let i = 0;
    while (i < length && !this.ended) {
      if (this.state !== State.Plain) {
        if (this.step(piece[i]!)) i++;
        continue;
      }
      let end = i;
      while (end < length && special[piece[end]!] === 0) end++;
      if (end > i) this.emit(piece, i, end);
      i = end;
      if (i >= length) break;
      this.plain(piece[i++]!);
    }
    return i;
  }

  /** The input has ended. A last row without line end counts. */
  finish(): void {
    if (this.ended) return;
    if (this.state === State.Octal || this.state === State.Hex) this.emitByte(this.value);
    if (!this.atRowStart && this.state !== State.EndMark) this.endRow();
    this.ended = true;
  }

  private plain(byte: number): void {
    if (byte === TAB) this.endField();
    else if (byte === NEWLINE) this.endRow();
    else if (byte === CARRIAGE_RETURN) this.state = State.Return;
    else if (byte === BACKSLASH) this.state = State.Escape;
    else {
      this.emitByte(byte);
      if (!this.singleHigh(byte)) this.state = State.Character;
    }
  }

  /** Returns whether the byte was consumed. */
  private step(byte: number): boolean {
    switch (this.state) {
      case State.Character:
        this.emitByte(byte);
        this.state = State.Plain;
        return true;
      case State.Return:
        this.state = State.Plain;
        if (byte === NEWLINE) this.endRow();
        else this.emitByte(CARRIAGE_RETURN);
        return byte === NEWLINE;
      case State.Octal:
        if (byte >= 48 && byte <= 55 && this.digits < 3) {
          this.value = this.value * 8 + byte - 48;
          this.digits++;
          return true;
        }
        return this.endNumber();
      case State.Hex: {
        const digit = hexDigit(byte);
        if (digit >= 0 && this.digits < 2) {
          this.value = this.value * 16 + digit;
          this.digits++;
          return true;
        }
        // `\x` without digits means `x`.
        if (this.digits === 0) this.value = 120;
        return this.endNumber();
      }
      case State.EndMark:
        if (byte === NEWLINE) {
          this.ended = true;
          return true;
        }
        if (byte === CARRIAGE_RETURN) return true;
        // This is not an end mark: psql does not accept it as one either.
        this.state = State.Plain;
        this.emitByte(DOT);
        return false;
      case State.Escape:
        this.escape(byte);
        return true;
      case State.Plain:
        return false;
    }
  }

  private escape(byte: number): void {
    this.state = State.Plain;
    if (byte === LETTER_N && this.fieldEmpty) {
      this.isNull = true;
      this.atRowStart = this.fieldEmpty = false;
    } else if (byte === DOT && this.atRowStart) this.state = State.EndMark;
    else if (byte >= 48 && byte <= 55) {
      this.state = State.Octal;
      this.value = byte - 48;
      this.digits = 1;
    } else if (byte === 120) {
      this.state = State.Hex;
      this.value = this.digits = 0;
    } else this.emitByte(ESCAPES[byte] ?? byte);
  }

  private endNumber(): false {
    this.emitByte(this.value & 0xff);
    this.state = State.Plain;
    return false;
  }

  private emitByte(byte: number): void {
    this.single[0] = byte;
    this.emit(this.single, 0, 1);
  }

  private emit(from: Buffer, start: number, end: number): void {
    if (this.isNull) {
      // `\N` followed by other text is not NULL.
      this.isNull = false;
      this.single[1] = LETTER_N;
      this.sink.bytes(this.single, 1, 2);
    }
    this.atRowStart = this.fieldEmpty = false;
    this.sink.bytes(from, start, end);
  }

  private endField(): void {
    this.sink.endField(this.isNull);
    this.isNull = this.atRowStart = false;
    this.fieldEmpty = true;
  }

  private endRow(): void {
    this.endField();
    this.atRowStart = true;
    this.state = State.Plain;
    if (!this.sink.endRow()) this.ended = true;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Columns and options in a COPY statement. */
export interface CopyStatement {
  /** null = the statement names no columns. */
  columns: string[] | null;
  /** The statement has options, so the rows may be in another format. */
  options: boolean;
}

/** Parses the last `COPY … FROM stdin;` in a text; null = there is none. */
export function parseCopy(text: string): CopyStatement | null {
  const at = Math.max(text.startsWith('COPY ') ? 0 : -1, lastLine(text, 'COPY '));
  if (at < 0) return null;
  const end = /\)?\s+FROM\s+stdin\s*(.*?);?\s*$/is.exec(text.slice(at));
  if (end === null) return null;
  const table = /^COPY\s+(?:"(?:[^"]|"")*"|[^\s"(])+\s*/i.exec(text.slice(at));
  if (table === null) return null;
  const rest = text.slice(at + table[0].length);
  const options = end[1] !== '';
  if (!rest.startsWith('(')) return { columns: null, options };
  const columns: string[] = [];
  const name = /\s*(?:"((?:[^"]|"")*)"|([^\s",()]+))\s*([,)])/y;
  name.lastIndex = 1;
  for (let found = name.exec(rest); found !== null; found = name.exec(rest)) {
    columns.push(found[2] ?? (found[1] ?? '').replaceAll('""', '"'));
    if (found[3] === ')') break;
  }
  return { columns, options };
}

function lastLine(text: string, start: string): number {
  const at = text.lastIndexOf(`\n${start}`);
  return at < 0 ? -1 : at + 1;
}
