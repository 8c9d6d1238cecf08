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
  /** Rows of the COPY statement before it, with the `\.` line; `ended` is false at the file's end. */
  copyData(start: number, end: number, ended: boolean): void;
}

const enum State {
  Normal,
  LineComment,
  BlockComment,
  Quoted,
  Escaped,
  Identifier,
  Dollar,
  CopyPending,
  CopyData,
}

const enum Kind {
  Skip,
  Space,
  Word,
  Quote,
  DoubleQuote,
  Dash,
  Slash,
  Dollar,
  Semicolon,
  Backslash,
  Open,
  Close,
  Punctuation,
}

const kinds = new Uint8Array(256).fill(Kind.Skip);
const isIdent = new Uint8Array(256);
for (let c = 0; c < 256; c++) {
  const letter = (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95 || c >= 128;
  if (letter) kinds[c] = Kind.Word;
  isIdent[c] = letter || (c >= 48 && c <= 57) || c === 36 ? 1 : 0;
}
for (const c of ' \t\r\n\f\v') kinds[c.charCodeAt(0)] = Kind.Space;
for (const [c, kind] of [
  ["'", Kind.Quote],
  ['"', Kind.DoubleQuote],
  ['-', Kind.Dash],
  ['/', Kind.Slash],
  ['$', Kind.Dollar],
  [';', Kind.Semicolon],
  ['\\', Kind.Backslash],
  ['(', Kind.Open],
  [')', Kind.Close],
  ['.', Kind.Punctuation],
] as const) {
  kinds[c.charCodeAt(0)] = kind;
}

const newline = 10;
const carriageReturn = 13;
const backslash = 92;
/** A token that the piece cuts is looked at again with the next piece, up to this length. */
const maxToken = 64 << 10;
const maxTokens = 24;
/** Statements of which more than the first word is of interest. */
const captured = new Set(['create', 'alter', 'drop', 'set', 'copy']);
/** Of a statement that begins with no word; never written to. */
const noTokens: string[] = [];
const copyEnd = Buffer.from('\n\\.');

export class SqlLexer {
  private state: State = State.Normal;
  private statementStart = -1;
  private tokens: string[] = noTokens;
  private capture = false;
  private parens = 0;
  /** Nesting of BEGIN ATOMIC … END in a routine's body. */
  private blocks = 0;
  /** In a COPY statement: the word before was FROM; FROM STDIN was there. */
  private afterFrom = false;
  private fromStdin = false;
  private commentDepth = 0;
  private dollarTag: Buffer = Buffer.alloc(0);
  private copyStart = 0;
  private atLineStart = true;
  private firstWord: Buffer = Buffer.alloc(0);
  private firstTokens: string[] = [];
  private firstCaptures = false;
  /** The script said `SET standard_conforming_strings = off`: backslashes escape in all strings. */
  backslashEscapes = false;

  constructor(private readonly events: SqlEvents) {}

  /** Inside a string, a comment or COPY data: the script cannot end here. */
  get unfinished(): boolean {
    return (
      this.state !== State.Normal &&
      this.state !== State.LineComment &&
      this.state !== State.CopyPending
    );
  }

  /** Bytes of a statement without its `;` have been seen. */
  get inStatement(): boolean {
    return this.statementStart >= 0;
  }

  /**
   * Scans `bytes[from, to)`, whose first byte lies at `base + from` in the script, and returns how
   * far it came: what is left is to be given again, with more behind it. `last` means there is no
   * more.
   */
  scan(bytes: Buffer, from: number, to: number, base: number, last: boolean): number {
    const piece = to === bytes.length ? bytes : bytes.subarray(0, to);
    let i = from;
    while (i < to) {
      const next = this.step(piece, i, to, base, last);
      if (next < 0) return i;
      i = next;
    }
    return i;
  }

  /** The script is at its end, `end`. */
  finish(end: number): void {
    if (this.state === State.CopyData) this.events.copyData(this.copyStart, end, false);
  }

  private step(b: Buffer, i: number, to: number, base: number, last: boolean): number {
    switch (this.state) {
      case State.Normal:
        return this.normal(b, i, to, base, last);
      case State.LineComment: {
        const end = b.indexOf(newline, i);
        const stop = endOfComment(b, i, end < 0 || end >= to ? to : end);
        if (stop < to) this.state = State.Normal;
        return stop;
      }
      case State.CopyPending: {
        const end = this.untilLine(b, i, to, State.CopyData);
        // psql goes on with the rest of the line once it has read the rows.
        const first = firstPrinting(b, i, end);
        if (first >= 0) this.events.meta(base + first, base + end, trimLine(b, first, end));
        this.copyStart = base + end;
        this.atLineStart = true;
        return end;
      }
      case State.BlockComment:
        return this.blockComment(b, i, to, last);
      case State.Quoted:
        return this.quoted(b, i, to, 39);
      case State.Identifier:
        return this.quoted(b, i, to, 34);
      case State.Escaped:
        return this.escaped(b, i, to, last);
      case State.Dollar:
        return this.dollarQuoted(b, i, to, last);
      case State.CopyData:
        return this.copyRows(b, i, to, base, last);
    }
  }

  private normal(b: Buffer, from: number, to: number, base: number, last: boolean): number {
    let i = from;
    while (i < to) {
      const kind = kinds[b[i]!] as Kind;
      if (kind === Kind.Space) {
        i++;
        continue;
      }
      // A token that the piece may cut is begun again with the next one.
      const cutAt = !last && to - i < maxToken ? to : Infinity;
      switch (kind) {
        case Kind.Word: {
          let end = i + 1;
          while (end < to && isIdent[b[end]!] === 1) end++;
          if (end >= cutAt) return this.stop(i, from);
          this.word(b, i, end, base);
          // E'…' has escapes of its own.
          if (end === i + 1 && (b[i] === 69 || b[i] === 101) && b[end] === 39) {
            this.state = State.Escaped;
            return end + 1;
          }
          i = end;
          break;
        }
        case Kind.Quote:
        case Kind.DoubleQuote: {
          this.begin(base + i);
          const quote = b[i]!;
          if (quote === 39 && this.backslashEscapes) {
            this.state = State.Escaped;
            return i + 1;
          }
          const end = indexOfByte(b, quote, i + 1, to);
          if (end < 0 || end + 1 >= to) {
            if (to >= cutAt) return this.stop(i, from);
            this.state = quote === 39 ? State.Quoted : State.Identifier;
            return i + 1;
          }
          if (this.capture && this.tokens.length < maxTokens) {
            // A doubled quote begins another piece of the same.
            if (i > from && b[i - 1] === quote)
              this.tokens.push((this.tokens.pop() ?? '') + textOf(b, i, end + 1));
            else this.tokens.push(textOf(b, i, end + 1));
          }
          i = end + 1;
          break;
        }
        case Kind.Dash: {
          if (i + 1 >= cutAt) return this.stop(i, from);
          if (b[i + 1] !== 45) {
            this.begin(base + i);
            i++;
            break;
          }
          let end = b.indexOf(newline, i);
          if (end < 0 || end >= to) {
            if (to >= cutAt) return this.stop(i, from);
            if (!last) {
              this.state = State.LineComment;
              return i;
            }
            end = to;
          }
          end = endOfComment(b, i, end);
          if (this.statementStart < 0) this.comment(b, i, end, base);
          i = end;
          break;
        }
        case Kind.Slash:
          if (i + 1 >= cutAt) return this.stop(i, from);
          if (b[i + 1] === 42) {
            this.state = State.BlockComment;
            this.commentDepth = 1;
            return i + 2;
          }
          this.begin(base + i);
          i++;
          break;
        case Kind.Dollar: {
          this.begin(base + i);
          let end = i + 1;
          while (end < to && isIdent[b[end]!] === 1 && b[end] !== 36) end++;
          if (end >= cutAt) return this.stop(i, from);
          const digit = b[i + 1]! >= 48 && b[i + 1]! <= 57;
          if (b[end] === 36 && end < to && !digit) {
            this.dollarTag = Buffer.from(b.subarray(i, end + 1));
            this.state = State.Dollar;
            return end + 1;
          }
          i = Math.max(i + 1, end);
          break;
        }
        case Kind.Semicolon:
          i++;
          if (this.statementStart < 0) break;
          if (this.parens > 0 || this.blocks > 0) break;
          if (this.endStatement(base + i)) return i;
          break;
        case Kind.Backslash: {
          let end = b.indexOf(newline, i);
          if (end < 0 || end >= to) {
            if (to >= cutAt) return this.stop(i, from);
            end = to;
          }
          this.events.meta(base + i, base + end, trimLine(b, i, end));
          i = end;
          break;
        }
        case Kind.Open:
          this.begin(base + i);
          this.parens++;
          i++;
          break;
        case Kind.Close:
          this.begin(base + i);
          if (this.parens > 0) this.parens--;
          i++;
          break;
        case Kind.Punctuation:
          this.begin(base + i);
          if (this.capture && this.tokens.length < maxTokens) this.tokens.push('.');
          i++;
          break;
        case Kind.Skip:
          this.begin(base + i);
          i++;
          break;
      }
    }
    return i;
  }

  /** Nothing more can be done with this piece: -1 tells that nothing at all was done. */
  private stop(at: number, from: number): number {
    return at > from ? at : -1;
  }

  private begin(offset: number): void {
    if (this.statementStart < 0) this.statementStart = offset;
  }

  private word(b: Buffer, start: number, end: number, base: number): void {
    if (this.statementStart < 0) {
      this.statementStart = base + start;
      const length = end - start;
      // Dumps of INSERTs begin a million statements with the same word.
      let same = length === this.firstWord.length;
      for (let k = 0; same && k < length; k++) same = b[start + k] === this.firstWord[k];
      if (!same) {
        const text = b.toString('latin1', start, Math.min(end, start + 64)).toLowerCase();
        this.firstWord = Buffer.from(b.subarray(start, end));
        this.firstTokens = [text];
        this.firstCaptures = captured.has(text);
      }
      this.capture = this.firstCaptures;
      this.tokens = this.capture ? [...this.firstTokens] : this.firstTokens;
      return;
    }
    if (!this.capture) return;
    if (this.tokens.length < maxTokens) {
      this.tokens.push(b.toString('utf8', start, Math.min(end, start + 256)).toLowerCase());
    }
    this.trackBody(b, start, end);
  }

  /** Follows what decides where a statement ends, and what is behind its end. */
  private trackBody(b: Buffer, start: number, end: number): void {
    if (this.parens > 0 || end - start > 5 || end - start < 3) {
      this.afterFrom = false;
      return;
    }
    const text = b.toString('latin1', start, end).toLowerCase();
    if (this.tokens[0] === 'copy') {
      if (text === 'stdin' && this.afterFrom) this.fromStdin = true;
      this.afterFrom = text === 'from';
    } else if (text === 'begin' || text === 'case' || text === 'end') this.trackBlock(text);
  }

  /** As psql does: within CREATE FUNCTION and PROCEDURE, `;` between BEGIN and END ends nothing. */
  private trackBlock(word: 'begin' | 'case' | 'end'): void {
    const what = this.tokens[1] === 'or' ? this.tokens[3] : this.tokens[1];
    if (this.tokens[0] !== 'create' || (what !== 'function' && what !== 'procedure')) return;
    if (word === 'begin' || (word === 'case' && this.blocks > 0)) this.blocks++;
    else if (word === 'end' && this.blocks > 0) this.blocks--;
  }

  /** Returns whether COPY data follow. */
  private endStatement(end: number): boolean {
    const { tokens, statementStart, fromStdin } = this;
    this.afterFrom = this.fromStdin = false;
    this.statementStart = -1;
    this.tokens = noTokens;
    this.capture = false;
    this.events.statement(statementStart, end, tokens);
    if (fromStdin) this.state = State.CopyPending;
    return fromStdin;
  }

  private comment(b: Buffer, start: number, end: number, base: number): void {
    this.events.comment(base + start, base + end, trimLine(b, start, end));
  }

  private untilLine(b: Buffer, i: number, to: number, then: State): number {
    const end = b.indexOf(newline, i);
    if (end < 0 || end >= to) return to;
    this.state = then;
    return end + 1;
  }

  private quoted(b: Buffer, i: number, to: number, quote: number): number {
    const end = indexOfByte(b, quote, i, to);
    if (end < 0) return to;
    this.state = State.Normal;
    return end + 1;
  }

  private escaped(b: Buffer, from: number, to: number, last: boolean): number {
    for (let i = from; i < to; i++) {
      if (b[i] === backslash) {
        if (i + 1 >= to) return last ? to : this.stop(i, from);
        i++;
      } else if (b[i] === 39) {
        // A doubled quote goes on; what follows must be known to tell.
        if (i + 1 >= to && !last) return this.stop(i, from);
        if (b[i + 1] === 39 && i + 1 < to) i++;
        else {
          this.state = State.Normal;
          return i + 1;
        }
      }
    }
    return to;
  }

  private blockComment(b: Buffer, from: number, to: number, last: boolean): number {
    let i = from;
    for (; i + 1 < to; i++) {
      if (b[i] === 42 && b[i + 1] === 47) {
        i++;
        if (--this.commentDepth === 0) {
          this.state = State.Normal;
          return i + 1;
        }
      } else if (b[i] === 47 && b[i + 1] === 42) {
        i++;
        this.commentDepth++;
      }
    }
    return last ? to : this.stop(Math.min(i, to), from);
  }

  private dollarQuoted(b: Buffer, i: number, to: number, last: boolean): number {
    const end = b.indexOf(this.dollarTag, i);
    if (end >= 0 && end + this.dollarTag.length <= to) {
      this.state = State.Normal;
      return end + this.dollarTag.length;
    }
    if (last) return to;
    return this.stop(Math.max(i, to - this.dollarTag.length + 1), i);
  }

  /** Rows end at a line that is `\.` and nothing else. */
  private copyRows(b: Buffer, from: number, to: number, base: number, last: boolean): number {
    let i = from;
    if (this.atLineStart) {
      if (to - i < 4 && !last) return -1;
      const end = this.endOfRows(b, i, to, last);
      if (end >= 0) return this.endCopy(base + end, end);
      this.atLineStart = false;
    }
    for (;;) {
      const found = b.indexOf(copyEnd, i);
      if (found < 0 || found + 3 > to) {
        // The mark may begin in the last bytes of this piece.
        return last ? to : this.stop(Math.max(i, to - 2), from);
      }
      if (found + 5 > to && !last) return this.stop(found, from);
      const end = this.endOfRows(b, found + 1, to, last);
      if (end >= 0) return this.endCopy(base + end, end);
      i = found + 3;
    }
  }

  /** Where the line behind `\.` begins, or -1 if the line is another. */
  private endOfRows(b: Buffer, i: number, to: number, last: boolean): number {
    if (i + 1 >= to || b[i] !== backslash || b[i + 1] !== 46) return -1;
    if (i + 2 >= to) return last ? to : -1;
    if (b[i + 2] === newline) return i + 3;
    if (b[i + 2] !== carriageReturn) return -1;
    if (i + 3 >= to) return last ? to : -1;
    return b[i + 3] === newline ? i + 4 : -1;
  }

  private endCopy(end: number, next: number): number {
    this.state = State.Normal;
    this.events.copyData(this.copyStart, end, true);
    return next;
  }
}

/** Short strings are found faster without a call into native code, long ones with one. */
function indexOfByte(b: Buffer, byte: number, from: number, to: number): number {
  const near = Math.min(to, from + 64);
  for (let i = from; i < near; i++) if (b[i] === byte) return i;
  return near < to ? b.indexOf(byte, near) : -1;
}

/** As in psql, a carriage return alone ends a comment too; one before the line's end is part of that. */
function endOfComment(b: Buffer, start: number, end: number): number {
  for (let i = start; i < end - 1; i++) if (b[i] === carriageReturn) return i;
  return end;
}

/** The first byte that is no blank, or -1. */
function firstPrinting(b: Buffer, start: number, end: number): number {
  for (let i = start; i < end; i++) if (kinds[b[i]!] !== Kind.Space) return i;
  return -1;
}

/** An identifier or a string with its quotes, at most 1 kB of it. */
function textOf(b: Buffer, start: number, end: number): string {
  return b.toString('utf8', start, Math.min(end, start + 1024));
}

/** A line without its line end. */
function trimLine(b: Buffer, start: number, end: number): Buffer {
  return b.subarray(start, b[end - 1] === carriageReturn ? end - 1 : end);
}
