import type { ReachKind } from '../../model/archive';
import {
  CopyJudge,
  CreateJudge,
  GrantJudge,
  HeadJudge,
  judgeSetting,
  SetJudge,
  type Judge,
  type Report,
  type Token,
} from './judges';
import { functionReach, KNOWN_CALLS, mayReach, SHARED_CATALOGS } from './reachNames';
import type { TokenListener } from './tokenListener';

/** Statements of one kind that reach out. */
export interface FoundReach {
  kind: ReachKind;
  statement: string;
  count: number;
  /** Byte of the script where the first of them begins. */
  offset: number;
}

/** A longer function body is not examined, which is reported. */
const MAX_TEXT = 1 << 20;
const MAX_KINDS = 300;
const MAX_WORD = 256;
const SINGLE_QUOTE = 39;
const OPEN = 40;
const DOT = 46;
const AMPERSAND = 38;

/** Statements that are judged by their first word alone. */
const AT_ONCE: Readonly<Record<string, readonly [ReachKind, string]>> = {
  do: ['unjudged', 'DO'],
  call: ['unjudged', 'CALL'],
  load: ['programs', 'LOAD'],
};
/** There may be millions of these: only possible function calls are examined. */
const ROW_STATEMENTS = new Set(['insert', 'update', 'delete', 'merge']);
/** In these, a function of the script's own may be called. */
const QUERIES = new Set(['', 'select', 'values', 'with', 'table', 'explain', 'declare']);
/** These name functions without calling them. */
const NAMING = new Set(['grant', 'revoke', 'comment', 'security', 'drop']);
const BY_HEAD = new Set(
  'alter drop reassign comment security import prepare commit rollback'.split(' '),
);

/**
 * Finds statements that reach beyond the database they are run in, that run programs, or whose doing
 * cannot be told. It judges tokens: no string, comment or row is taken for one. What it does not find
 * may be there all the same: a function that a trigger calls does whatever its role may do.
 */
export class StatementReach implements TokenListener {
  private readonly found = new Map<string, FoundReach>();
  private begun = false;
  private first = '';
  /** It is one of `ROW_STATEMENTS`. */
  private hasRows = false;
  private offset = 0;
  private judge: Judge | null = null;
  /** The last token, if it was a name: an opening parenthesis would call it. */
  private callee = '';
  private schema = '';
  private dotted = false;
  /** Behind `set_config(`: its first argument, which should be a string. */
  private setting: 'none' | 'next' | 'here' = 'none';
  /** Content of the literal that is being read; null = not needed. */
  private content: string[] | null = null;
  private contentLength = 0;

  private readonly report: Report = (kind, statement) => {
    const key = `${kind} ${statement}`;
    const known = this.found.get(key);
    if (known) known.count++;
    else if (this.found.size < MAX_KINDS) {
      this.found.set(key, { kind, statement, count: 1, offset: this.offset });
    }
  };

  /** Records a finding of another scanner at `offset`. */
  note(kind: ReachKind, statement: string, offset: number): void {
    this.offset = offset;
    this.report(kind, statement);
  }

  /** How many kinds of statements were found. */
  get kinds(): number {
    return this.found.size;
  }

  /** In the order in which the first of each was found. */
  get all(): FoundReach[] {
    return [...this.found.values()];
  }

  begin(word: string, offset: number): void {
    this.begun = this.hasRows = false;
    this.first = '';
    this.judge = null;
    this.content = null;
    this.setting = 'none';
    this.callee = this.schema = '';
    this.dotted = false;
    this.offset = offset;
    if (word !== '') this.start(word);
  }

  word(b: Buffer, start: number, end: number, depth: number): void {
    if (this.hasRows && this.setting === 'none' && !mayReach(b, start, end)) {
      this.callee = '';
      return;
    }
    const text = b.toString('utf8', start, Math.min(end, start + MAX_WORD)).toLowerCase();
    if (this.begun) this.name({ kind: 'word', text, depth });
    else this.start(text);
  }

  quoted(b: Buffer, start: number, end: number, depth: number): void {
    if (b[start] === SINGLE_QUOTE) {
      if (this.hasRows && this.setting === 'none') {
        this.callee = '';
        return;
      }
      this.literal(depth);
      this.text(b, start + 1, end - 1);
      return;
    }
    // U&"…" can spell any name.
    if (b[start - 1] === AMPERSAND) this.report('unjudged', 'U&"…"');
    this.begun = true;
    const inside = b.toString('utf8', start + 1, Math.min(end - 1, start + MAX_WORD));
    this.name({ kind: 'name', text: inside.replaceAll('""', '"'), depth });
  }

  literal(depth: number): void {
    this.next({ kind: 'literal', text: '', depth });
    this.callee = '';
    if (this.setting !== 'here' && this.judge?.content === undefined) return;
    this.content = [];
    this.contentLength = 0;
  }

  text(b: Buffer, start: number, end: number): void {
    if (this.content === null) return;
    const room = MAX_TEXT - this.contentLength;
    if (end - start > room) this.report('unjudged', 'CREATE FUNCTION');
    this.content.push(b.toString('latin1', start, Math.min(end, start + room)));
    this.contentLength += Math.min(end - start, room);
  }

  other(b: Buffer, at: number): void {
    const byte = b[at];
    if (this.hasRows && this.callee === '' && this.setting === 'none') return;
    if (byte === OPEN) this.call();
    this.dotted = byte === DOT;
    if (this.dotted) this.schema = this.callee;
    this.callee = '';
    if (byte === OPEN || byte === DOT) {
      this.flush();
      return;
    }
    this.next({ kind: 'other', text: String.fromCharCode(byte ?? 0), depth: 0 });
  }

  end(): void {
    this.flush();
    this.judge?.end?.();
    this.judge = null;
    this.begun = false;
  }

  private start(word: string): void {
    this.begun = true;
    this.first = word;
    this.hasRows = ROW_STATEMENTS.has(word);
    this.callee = word;
    const judged = AT_ONCE[word];
    if (judged) this.report(...judged);
    this.judge = this.judgeOf(word);
  }

  private judgeOf(word: string): Judge | null {
    if (word === 'create') return new CreateJudge(word, this.report);
    if (word === 'copy') return new CopyJudge(this.report);
    if (word === 'grant' || word === 'revoke') return new GrantJudge(word, this.report);
    if (word === 'set') return new SetJudge(this.report);
    return BY_HEAD.has(word) ? new HeadJudge(word, this.report) : null;
  }

  private name(token: Token): void {
    this.next(token);
    if (!this.dotted) this.schema = '';
    this.dotted = false;
    this.callee = token.text;
    if (this.hasRows && SHARED_CATALOGS.has(token.text)) {
      this.report('server', `${this.first.toUpperCase()} ${token.text}`);
    }
  }

  /** Any token but those that only hold others together. */
  private next(token: Token): void {
    this.flush();
    if (this.setting === 'next') this.argument(token);
    else if (this.setting === 'here') this.afterArgument(token);
    this.judge?.token(token);
  }

  /** The name of a setting has to be a string that is all there is. */
  private argument({ kind }: Token): void {
    this.setting = kind === 'literal' ? 'here' : 'none';
    if (kind !== 'literal') this.report('unjudged', 'set_config()');
  }

  private afterArgument({ text }: Token): void {
    this.setting = 'none';
    if (text !== ',') this.report('unjudged', 'set_config()');
  }

  /** The literal before is over. */
  private flush(): void {
    if (this.content === null) return;
    const text = this.content.join('');
    this.content = null;
    // To which value, is not looked at.
    if (this.setting === 'here') judgeSetting(text.toLowerCase(), null, this.report);
    else this.judge?.content?.(text);
  }

  /** A parenthesis opens behind a name. */
  private call(): void {
    const { callee, schema, first } = this;
    if (callee === '' || NAMING.has(first)) return;
    if (callee === 'set_config') this.setting = 'next';
    const kind = functionReach(callee);
    if (kind !== null) this.report(kind, `${callee}()`);
    else if (QUERIES.has(first) && !this.isKnown(callee, schema)) {
      this.report('unjudged', `SELECT ${callee.slice(0, 64)}()`);
    }
  }

  private isKnown(callee: string, schema: string): boolean {
    if (schema === 'pg_catalog') return true;
    return schema === '' && KNOWN_CALLS.has(callee);
  }
}
