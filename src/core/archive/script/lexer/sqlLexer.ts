import {
  endOfBlockComment,
  endOfEscaped,
  endOfComment,
  endOfIdentifier,
  endOfQuoted,
  firstPrinting,
  indexOfByte,
  IS_IDENT,
  Kind,
  kinds,
  NEWLINE,
  type SignKind,
  trimLine,
} from './sqlBytes';
import { CopyRows } from './copyRows';
import type { SqlEvents } from './sqlEvents';
import { beginsStray, endOfStray, messagesIn } from './strayLines';
import { CurrentStatement } from './currentStatement';
import type { ScriptPiece } from './scriptPiece';
import type { TextDecode } from '../../bytes/encoding';
import type { TokenListener } from '../../reach/tokenListener';

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

/** A token at the end of a piece is read again with the next piece, up to this length. */
const MAX_TOKEN = 64 << 10;

/** More bytes are needed. */
const CUT = -1;
const DOUBLE_QUOTE = 34;
const DOLLAR = 36;
const QUOTE = 39;
const ASTERISK = 42;
const DASH = 45;
const COLON = 58;

type RareKind = Exclude<Kind, Kind.Space | Kind.Word | Kind.Skip>;

/** Splits a script into the parts that `SqlEvents` and `TokenListener` receive, as psql would. */
export class SqlLexer {
  private state: State = State.Normal;
  private readonly statement: CurrentStatement;
  private commentDepth = 0;
  private dollarTag: Buffer = Buffer.alloc(0);
  private copyStart = 0;
  private rows = new CopyRows();
  private rowColumns = 0;
  /** After `SET standard_conforming_strings = off`, backslashes are escapes in all strings. */
  backslashEscapes = false;
  /** Decodes names and strings. */
  set decode(decode: TextDecode) {
    this.statement.decode = decode;
  }

  constructor(
    private readonly events: SqlEvents,
    private readonly listener: TokenListener | null = null,
  ) {
    this.statement = new CurrentStatement(listener);
  }

  /** The present position is within a string, a comment or COPY data, where a script cannot end. */
  get unfinished(): boolean {
    return (
      this.state !== State.Normal &&
      this.state !== State.LineComment &&
      this.state !== State.CopyPending
    );
  }

  /** A statement has begun, and its `;` was not read yet. */
  get inStatement(): boolean {
    return this.statement.begun;
  }

  /** Offset and first words of that statement. */
  get openStatement(): { start: number; tokens: readonly string[] } | null {
    const { begun, start, words } = this.statement;
    return begun ? { start, tokens: words } : null;
  }

  /** Valid during the event for a statement's end: rows follow the statement. */
  rowsFollow = false;

  /** The present position is outside of statements, comments and rows. */
  get betweenStatements(): boolean {
    return this.state === State.Normal && !this.inStatement;
  }

  /**
   * Scans a piece of the script from its byte `from`; returns the position reached. The remaining
   * bytes must be passed again, followed by more.
   */
  scan(piece: ScriptPiece, from: number): number {
    let i = from;
    while (i < piece.bytes.length) {
      const next = this.step(piece, i);
      if (next < 0) return i;
      i = next;
    }
    return i;
  }

  /** The script ends at offset `end`. */
  finish(end: number): void {
    if (this.state === State.CopyData) this.events.copyData(this.copyStart, end, false);
    // psql runs a last statement without its semicolon.
    if (this.inStatement) this.listener?.end();
  }

  private step(piece: ScriptPiece, i: number): number {
    const { bytes: b, last } = piece;
    const to = b.length;
    switch (this.state) {
      case State.Normal:
        return this.normal(piece, i);
      case State.LineComment: {
        const end = b.indexOf(NEWLINE, i);
        const stop = endOfComment(b, i, end < 0 ? to : end);
        if (stop < to) this.state = State.Normal;
        return stop;
      }
      case State.CopyPending:
        return this.restOfCopyLine(piece, i);
      case State.BlockComment:
        return this.blockComment(b, i, to, last);
      case State.Quoted:
        return this.quoted(b, i, to, QUOTE);
      case State.Identifier:
        return this.quoted(b, i, to, DOUBLE_QUOTE);
      case State.Escaped:
        return this.escaped(b, i, to, last);
      case State.Dollar:
        return this.dollarQuoted(b, i, to, last);
      case State.CopyData:
        return this.copyRows(piece, i);
    }
  }

  /** Reads tokens until one begins that needs a state of its own. */
  private normal(piece: ScriptPiece, from: number): number {
    const { bytes } = piece;
    const to = bytes.length;
    let i = from;
    while (i < to && this.state === State.Normal) {
      const kind = kinds[bytes[i]!] as Kind;
      if (kind === Kind.Space) {
        i++;
        continue;
      }
      // Most tokens are words and numbers: handling all kinds alike would take a quarter longer.
      let next: number;
      if (kind === Kind.Word) next = this.word(piece, i);
      else if (kind === Kind.Skip) next = this.sign(piece, i, kind);
      else next = this.token(piece, i, kind);
      if (next < 0) return this.stop(i, from);
      i = next;
    }
    return i;
  }

  /** The end of the token at `i`, or CUT; for a long token with its own state, its beginning. */
  private token(piece: ScriptPiece, i: number, kind: RareKind): number {
    switch (kind) {
      case Kind.Quote:
      case Kind.DoubleQuote:
        return this.quote(piece, i);
      case Kind.Dash:
        return this.dash(piece, i);
      case Kind.Slash:
        return this.slash(piece, i);
      case Kind.Dollar:
        return this.dollar(piece, i);
      case Kind.Semicolon:
        return this.semicolon(piece, i);
      case Kind.Backslash:
        return this.backslash(piece, i);
      case Kind.Open:
      case Kind.Close:
      case Kind.Punctuation:
        return this.sign(piece, i, kind);
    }
  }

  /** Can the token at `i` continue in the next piece? Then it is read again from its beginning. */
  private mayGoOn({ bytes, last }: ScriptPiece, i: number): boolean {
    return !last && bytes.length - i < MAX_TOKEN;
  }

  private word(piece: ScriptPiece, i: number): number {
    const { bytes } = piece;
    const end = endOfIdentifier(bytes, i + 1);
    if (end >= bytes.length && this.mayGoOn(piece, i)) return CUT;
    if (bytes[end] === COLON || (!this.inStatement && this.events.outside)) {
      const next = this.stray(piece, i, end);
      if (next !== 0) return next;
    }
    this.statement.word(piece, i, end);
    // E'…' always has escapes.
    const escapes = end === i + 1 && (bytes[i] === 69 || bytes[i] === 101);
    return escapes && bytes[end] === QUOTE ? this.literal(State.Escaped, end + 1) : end;
  }

  private quote(piece: ScriptPiece, i: number): number {
    const { bytes, base } = piece;
    const to = bytes.length;
    this.statement.begin(base + i);
    const quote = bytes[i]!;
    if (quote === QUOTE && this.backslashEscapes) return this.literal(State.Escaped, i + 1);
    const end = endOfQuoted(bytes, quote, i + 1, to);
    if (end >= 0 && end + 1 < to) {
      this.statement.quoted(piece, i, end + 1);
      return end + 1;
    }
    if (this.mayGoOn(piece, i)) return CUT;
    if (quote === QUOTE) return this.literal(State.Quoted, i + 1);
    this.state = State.Identifier;
    return i + 1;
  }

  private dash(piece: ScriptPiece, i: number): number {
    const { bytes, base, last } = piece;
    const to = bytes.length;
    if (i + 1 >= to && this.mayGoOn(piece, i)) return CUT;
    if (bytes[i + 1] !== DASH) {
      this.statement.begin(base + i);
      return i + 1;
    }
    const lineEnd = bytes.indexOf(NEWLINE, i);
    if (lineEnd < 0 && this.mayGoOn(piece, i)) return CUT;
    if (lineEnd < 0 && !last) {
      this.state = State.LineComment;
      return i;
    }
    const end = endOfComment(bytes, i, lineEnd < 0 ? to : lineEnd);
    if (!this.inStatement) this.events.comment(base + i, base + end, trimLine(bytes, i, end));
    return end;
  }

  private slash(piece: ScriptPiece, i: number): number {
    const { bytes, base } = piece;
    if (i + 1 >= bytes.length && this.mayGoOn(piece, i)) return CUT;
    if (bytes[i + 1] !== ASTERISK) {
      this.statement.begin(base + i);
      return i + 1;
    }
    this.state = State.BlockComment;
    this.commentDepth = 1;
    return i + 2;
  }

  private dollar(piece: ScriptPiece, i: number): number {
    const { bytes, base } = piece;
    this.statement.begin(base + i);
    let end = i + 1;
    while (end < bytes.length && IS_IDENT[bytes[end]!] === 1 && bytes[end] !== DOLLAR) end++;
    if (end >= bytes.length && this.mayGoOn(piece, i)) return CUT;
    const digit = bytes[i + 1]! >= 48 && bytes[i + 1]! <= 57;
    if (bytes[end] !== DOLLAR || digit) return end;
    this.dollarTag = Buffer.from(bytes.subarray(i, end + 1));
    return this.literal(State.Dollar, end + 1);
  }

  private semicolon({ base }: ScriptPiece, i: number): number {
    const next = i + 1;
    if (!this.inStatement) return next;
    if (this.statement.nested) {
      this.statement.innerEnd(base + next);
      return next;
    }
    const { start, tokens, rowsFollow, columns } = this.statement.end();
    this.rowColumns = columns;
    this.rowsFollow = rowsFollow;
    this.events.statement(start, base + next, tokens);
    this.listener?.end();
    if (rowsFollow) this.state = State.CopyPending;
    return next;
  }

  private backslash(piece: ScriptPiece, i: number): number {
    const { bytes, base } = piece;
    const lineEnd = bytes.indexOf(NEWLINE, i);
    if (lineEnd < 0 && this.mayGoOn(piece, i)) return CUT;
    const end = lineEnd < 0 ? bytes.length : lineEnd;
    this.events.meta(base + i, base + end, trimLine(bytes, i, end));
    return end;
  }

  private sign(piece: ScriptPiece, i: number, kind: SignKind): number {
    if (kind === Kind.Skip && !this.inStatement && this.events.outside) {
      const next = beginsStray(piece.bytes[i]!) ? this.stray(piece, i, i) : 0;
      if (next !== 0) return next;
    }
    this.statement.sign(piece, i, kind);
    return i + 1;
  }

  /** Enters the state of a string whose content begins at `next`. */
  private literal(state: State, next: number): number {
    this.statement.literal();
    this.state = state;
    return next;
  }

  private stop(at: number, from: number): number {
    return at > from ? at : CUT;
  }

  /** The end of a line that is not SQL; 0 = the line is SQL; or CUT. */
  private stray(piece: ScriptPiece, start: number, wordEnd: number): number {
    const { bytes, base } = piece;
    const { inStatement } = this;
    const end = endOfStray(bytes, {
      start,
      end: wordEnd,
      to: bytes.length,
      last: !this.mayGoOn(piece, start),
      inStatement,
      outside: this.events.outside,
    });
    const line = end > 0 ? trimLine(bytes, start, end) : null;
    if (line) this.events.stray(base + start, base + end, line, inStatement);
    return end;
  }

  private restOfCopyLine({ bytes, base }: ScriptPiece, i: number): number {
    const lineEnd = bytes.indexOf(NEWLINE, i);
    const end = lineEnd < 0 ? bytes.length : lineEnd + 1;
    if (lineEnd >= 0) this.state = State.CopyData;
    // psql runs the rest of the line after the rows.
    const first = firstPrinting(bytes, i, end);
    if (first >= 0) this.events.meta(base + first, base + end, trimLine(bytes, first, end));
    this.copyStart = base + end;
    this.rows = new CopyRows();
    return end;
  }

  private quoted(b: Buffer, i: number, to: number, quote: number): number {
    const end = indexOfByte(b, quote, i, to);
    if (quote === QUOTE) this.listener?.text(b, i, end < 0 ? to : end);
    if (end < 0) return to;
    this.state = State.Normal;
    return end + 1;
  }

  private escaped(b: Buffer, from: number, to: number, last: boolean): number {
    const { at, ended } = endOfEscaped(b, from, to, last);
    this.listener?.text(b, from, at);
    if (!ended) return at < to ? this.stop(at, from) : to;
    this.state = State.Normal;
    return at + 1;
  }

  private blockComment(b: Buffer, from: number, to: number, last: boolean): number {
    const { at, depth } = endOfBlockComment(b, from, to, this.commentDepth);
    this.commentDepth = depth;
    if (depth > 0) return last ? to : this.stop(at, from);
    this.state = State.Normal;
    return at;
  }

  private dollarQuoted(b: Buffer, i: number, to: number, last: boolean): number {
    const end = b.indexOf(this.dollarTag, i);
    if (end >= 0 && end + this.dollarTag.length <= to) {
      this.listener?.text(b, i, end);
      this.state = State.Normal;
      return end + this.dollarTag.length;
    }
    if (last) return to;
    const sure = this.stop(Math.max(i, to - this.dollarTag.length + 1), i);
    if (sure > i) this.listener?.text(b, i, sure);
    return sure;
  }

  private copyRows({ bytes, base, last }: ScriptPiece, from: number): number {
    const { at, ended } = this.rows.scan(bytes, from, bytes.length, last);
    if (this.rowColumns > 0 && this.events.searchesRows) {
      for (const found of messagesIn(bytes, from, at)) {
        this.events.messageInRows(base + found, this.rowColumns);
      }
    }
    if (ended) {
      this.state = State.Normal;
      this.events.copyData(this.copyStart, base + at, true);
    }
    return at;
  }
}
