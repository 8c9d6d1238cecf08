import { Kind, type SignKind } from './sqlBytes';
import type { ScriptPiece } from './scriptPiece';
import { StatementBody } from './statementBody';
import { StatementTokens } from './statementTokens';
import type { TextDecode } from '../../bytes/encoding';
import type { TokenListener } from '../../reach/tokenListener';

const COMMA = 44;

/** A statement whose `;` was read. */
interface EndedStatement {
  start: number;
  tokens: readonly string[];
  /** The statement is a COPY with rows after it; `columns` is their number (0 = unknown). */
  rowsFollow: boolean;
  columns: number;
}

/** The statement that is being read, from its first token to its `;`. */
export class CurrentStatement {
  /** Offset in the script; -1 = no statement has begun. */
  start = -1;
  private readonly tokens = new StatementTokens();
  private readonly body = new StatementBody();

  constructor(private readonly listener: TokenListener | null) {}

  /** Decodes names and strings. */
  set decode(decode: TextDecode) {
    this.tokens.decode = decode;
  }

  /** At least one token was read. */
  get begun(): boolean {
    return this.start >= 0;
  }

  /** Its first words, names and strings. */
  get words(): readonly string[] {
    return this.tokens.all;
  }

  /** A `;` at this place is within parentheses or a routine's body, and does not end the statement. */
  get nested(): boolean {
    return this.body.open;
  }

  /** Records a token other than a word at `offset`; it may be the statement's first. */
  begin(offset: number): void {
    if (this.begun) return;
    this.start = offset;
    this.listener?.begin('', offset);
  }

  word({ bytes, base }: ScriptPiece, start: number, end: number): void {
    if (!this.begun) {
      this.start = base + start;
      const first = this.tokens.begin(bytes, start, end);
      this.listener?.begin(first, base + start);
      return;
    }
    this.listener?.word(bytes, start, end, this.body.parens);
    if (!this.tokens.wanted) return;
    this.tokens.word(bytes, start, end);
    this.body.word(bytes, start, end, this.tokens.all);
  }

  /** A complete string or identifier, with its quotes. */
  quoted({ bytes }: ScriptPiece, start: number, end: number): void {
    this.tokens.quoted(bytes, start, end);
    this.listener?.quoted(bytes, start, end, this.body.parens);
  }

  /** A string whose end is searched for afterwards. */
  literal(): void {
    this.listener?.literal(this.body.parens);
  }

  sign({ bytes, base }: ScriptPiece, at: number, kind: SignKind): void {
    this.begin(base + at);
    if (kind === Kind.Close) {
      if (this.body.parens > 0) this.body.parens--;
      return;
    }
    if (bytes[at] === COMMA) this.body.comma();
    this.listener?.other(bytes, at, this.body.parens);
    if (kind === Kind.Open) this.body.parens++;
    else if (kind === Kind.Punctuation) this.tokens.dot();
  }

  /** After a `;` within this statement, the server may see another statement begin. */
  innerEnd(offset: number): void {
    this.listener?.end();
    this.listener?.begin('', offset);
  }

  end(): EndedStatement {
    const { start, body } = this;
    const ended = {
      start,
      tokens: this.tokens.end(),
      rowsFollow: body.fromStdin,
      columns: body.columns,
    };
    body.end();
    this.start = -1;
    return ended;
  }
}
