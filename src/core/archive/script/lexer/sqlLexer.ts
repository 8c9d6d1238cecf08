import {
  endOfBlockComment,
  endOfEscaped,
  endOfComment,
  endOfQuoted,
  firstPrinting,
  indexOfByte,
  IS_IDENT,
  Kind,
  kinds,
  NEWLINE,
  trimLine,
} from './sqlBytes';
import { CopyRows } from './copyRows';
import type { SqlEvents } from './sqlEvents';
import { beginsStray, endOfStray, messagesIn, type PieceWord } from './strayLines';
import { StatementBody } from './statementBody';
import { StatementTokens } from './statementTokens';
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

/** A token that the piece cuts is looked at again with the next piece, up to this length. */
const MAX_TOKEN = 64 << 10;

export class SqlLexer {
  private state: State = State.Normal;
  private statementStart = -1;
  private readonly tokens = new StatementTokens();
  private readonly body = new StatementBody();
  private commentDepth = 0;
  private dollarTag: Buffer = Buffer.alloc(0);
  private copyStart = 0;
  private rows = new CopyRows();
  private rowColumns = 0;
  /** The script said `SET standard_conforming_strings = off`: backslashes escape in all strings. */
  backslashEscapes = false;
  /** Names and strings are in this encoding. */
  set decode(decode: TextDecode) {
    this.tokens.decode = decode;
  }

  constructor(
    private readonly events: SqlEvents,
    private readonly listener: TokenListener | null = null,
  ) {}

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

  /** That statement: where it begins, and its first words. */
  get openStatement(): { start: number; tokens: readonly string[] } | null {
    return this.inStatement ? { start: this.statementStart, tokens: this.tokens.all } : null;
  }

  /** While the end of a statement is told: rows come behind it. */
  rowsFollow = false;

  /** Neither in a statement nor in anything else. */
  get betweenStatements(): boolean {
    return this.state === State.Normal && this.statementStart < 0;
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

  /** The script ends at offset `end`. */
  finish(end: number): void {
    if (this.state === State.CopyData) this.events.copyData(this.copyStart, end, false);
    // psql runs a last statement without its semicolon.
    if (this.statementStart >= 0) this.listener?.end();
  }

  private step(b: Buffer, i: number, to: number, base: number, last: boolean): number {
    switch (this.state) {
      case State.Normal:
        return this.normal(b, i, to, base, last);
      case State.LineComment: {
        const end = b.indexOf(NEWLINE, i);
        const stop = endOfComment(b, i, end < 0 || end >= to ? to : end);
        if (stop < to) this.state = State.Normal;
        return stop;
      }
      case State.CopyPending: {
        const end = this.untilLine(b, i, to, State.CopyData);
        // psql continues with the rest of the line once it has read the rows.
        const first = firstPrinting(b, i, end);
        if (first >= 0) this.events.meta(base + first, base + end, trimLine(b, first, end));
        this.copyStart = base + end;
        this.rows = new CopyRows();
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
      const cutAt = !last && to - i < MAX_TOKEN ? to : Infinity;
      switch (kind) {
        case Kind.Word: {
          let end = i + 1;
          while (end < to && IS_IDENT[b[end]!] === 1) end++;
          if (end >= cutAt) return this.stop(i, from);
          if (b[end] === 58 || (this.statementStart < 0 && this.events.outside)) {
            const next = this.stray(b, { start: i, end, to, last: cutAt > to }, base);
            if (next !== 0) return next < 0 ? this.stop(i, from) : next;
          }
          this.word(b, i, end, base);
          // E'…' has escapes of its own.
          if (end === i + 1 && (b[i] === 69 || b[i] === 101) && b[end] === 39) {
            this.state = State.Escaped;
            this.listener?.literal(this.body.parens);
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
            this.listener?.literal(this.body.parens);
            return i + 1;
          }
          const end = endOfQuoted(b, quote, i + 1, to);
          if (end < 0 || end + 1 >= to) {
            if (to >= cutAt) return this.stop(i, from);
            this.state = quote === 39 ? State.Quoted : State.Identifier;
            if (quote === 39) this.listener?.literal(this.body.parens);
            return i + 1;
          }
          this.tokens.quoted(b, i, end + 1);
          this.listener?.quoted(b, i, end + 1, this.body.parens);
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
          let end = b.indexOf(NEWLINE, i);
          if (end < 0 || end >= to) {
            if (to >= cutAt) return this.stop(i, from);
            if (!last) {
              this.state = State.LineComment;
              return i;
            }
            end = to;
          }
          end = endOfComment(b, i, end);
          if (this.statementStart < 0)
            this.events.comment(base + i, base + end, trimLine(b, i, end));
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
          while (end < to && IS_IDENT[b[end]!] === 1 && b[end] !== 36) end++;
          if (end >= cutAt) return this.stop(i, from);
          const digit = b[i + 1]! >= 48 && b[i + 1]! <= 57;
          if (b[end] === 36 && end < to && !digit) {
            this.dollarTag = Buffer.from(b.subarray(i, end + 1));
            this.state = State.Dollar;
            this.listener?.literal(this.body.parens);
            return end + 1;
          }
          i = Math.max(i + 1, end);
          break;
        }
        case Kind.Semicolon:
          i++;
          if (this.statementStart < 0) break;
          if (this.body.open) {
            // The server may see another statement begin.
            this.listener?.end();
            this.listener?.begin('', base + i);
            break;
          }
          if (this.endStatement(base + i)) return i;
          break;
        case Kind.Backslash: {
          let end = b.indexOf(NEWLINE, i);
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
          this.listener?.other(b, i, this.body.parens);
          this.body.parens++;
          i++;
          break;
        case Kind.Close:
          this.begin(base + i);
          if (this.body.parens > 0) this.body.parens--;
          i++;
          break;
        case Kind.Punctuation:
          this.begin(base + i);
          this.listener?.other(b, i, this.body.parens);
          this.tokens.dot();
          i++;
          break;
        case Kind.Skip:
          if (this.statementStart < 0 && this.events.outside && beginsStray(b[i]!)) {
            const next = this.stray(b, { start: i, end: i, to, last: cutAt > to }, base);
            if (next !== 0) return next < 0 ? this.stop(i, from) : next;
          }
          this.begin(base + i);
          if (b[i] === 44) this.body.comma();
          this.listener?.other(b, i, this.body.parens);
          i++;
          break;
      }
    }
    return i;
  }

  /** -1: more bytes are needed for any progress. */
  private stop(at: number, from: number): number {
    return at > from ? at : -1;
  }

  /** Like `endOfStray`, which tells what it looks for. */
  private stray(b: Buffer, at: PieceWord, base: number): number {
    const inStatement = this.statementStart >= 0;
    const { start } = at;
    const end = endOfStray(b, { ...at, inStatement, outside: this.events.outside });
    const line = end > 0 ? trimLine(b, start, end) : null;
    if (line) this.events.stray(base + start, base + end, line, inStatement);
    return end;
  }

  private begin(offset: number): void {
    if (this.statementStart >= 0) return;
    this.statementStart = offset;
    this.listener?.begin('', offset);
  }

  private word(b: Buffer, start: number, end: number, base: number): void {
    if (this.statementStart < 0) {
      this.statementStart = base + start;
      const first = this.tokens.begin(b, start, end);
      this.listener?.begin(first, base + start);
      return;
    }
    this.listener?.word(b, start, end, this.body.parens);
    if (!this.tokens.wanted) return;
    this.tokens.word(b, start, end);
    this.body.word(b, start, end, this.tokens.all);
  }

  /** Returns whether COPY data follow. */
  private endStatement(end: number): boolean {
    const { statementStart } = this;
    const tokens = this.tokens.end();
    const { fromStdin } = this.body;
    this.rowColumns = this.body.columns;
    this.body.end();
    this.statementStart = -1;
    this.rowsFollow = fromStdin;
    this.events.statement(statementStart, end, tokens);
    this.listener?.end();
    if (fromStdin) this.state = State.CopyPending;
    return fromStdin;
  }

  private untilLine(b: Buffer, i: number, to: number, then: State): number {
    const end = b.indexOf(NEWLINE, i);
    if (end < 0 || end >= to) return to;
    this.state = then;
    return end + 1;
  }

  private quoted(b: Buffer, i: number, to: number, quote: number): number {
    const end = indexOfByte(b, quote, i, to);
    if (quote === 39) this.listener?.text(b, i, end < 0 ? to : end);
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

  private copyRows(b: Buffer, from: number, to: number, base: number, last: boolean): number {
    const { at, ended } = this.rows.scan(b, from, to, last);
    if (this.rowColumns > 0) {
      for (const found of messagesIn(b, from, at)) {
        this.events.messageInRows(base + found, this.rowColumns);
      }
    }
    return ended ? this.endCopy(base + at, at) : at;
  }

  private endCopy(end: number, next: number): number {
    this.state = State.Normal;
    this.events.copyData(this.copyStart, end, true);
    return next;
  }
}
