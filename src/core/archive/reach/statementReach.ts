import type { ReachKind } from '../../model/archive';
import { decoderOf } from '../bytes/encoding';
import { DynamicCode } from './dynamicCode';
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
import {
  AT_ONCE,
  BEFORE_OBJECTS,
  BEFORE_QUERIES,
  BEFORE_RELATIONS,
  functionReach,
  KNOWN_CALLS,
  MADE_OF_ROUTINES,
  mayReach,
  ROUTINES,
  SHARED_CATALOGS,
} from './reachNames';
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
const decodeWord = decoderOf('UTF8');
const MAX_WORD = 256;
const SINGLE_QUOTE = 39;
const OPEN = 40;
const DOT = 46;
const AMPERSAND = 38;
const COMMA = 44;

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
 * may be there all the same, in what the target already has: a function of its own, or a trigger.
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
  /** A routine that was named like a column of a row: it is called, unless it is a name with its schema. */
  private attribute = '';
  /** The statement, whose names are objects so far, has come to an expression. */
  private hasQuery = false;
  private readonly code = new DynamicCode();
  /** The last word, and the one before the name that is being read, with its schema. */
  private last = '';
  private before = '';
  private lastButOne = '';
  private beforeThat = '';
  /** The view, or the foreign table, that is being created. */
  private view = '';
  private foreignTable = '';
  /** The routine or relation of its own making that the statement alters. */
  private altered = '';
  /** Behind `set_config(`: its first argument, which should be a string. */
  private setting: 'none' | 'next' | 'here' = 'none';
  /** Content of the literal that is being read; null = not needed. */
  private content: string[] | null = null;
  private contentLength = 0;

  /** @param rowsAlone the statements are rows as pg_dump writes them, which call nothing: a call is told */
  constructor(private readonly rowsAlone = false) {}

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

  /** Another database follows. */
  connect(): void {
    this.code.connect();
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
    this.begun = this.hasRows = this.hasQuery = false;
    this.first = '';
    this.judge = null;
    this.content = null;
    this.setting = 'none';
    this.attribute = this.callee = this.schema = this.view = this.foreignTable = this.altered = '';
    this.last = this.before = this.lastButOne = this.beforeThat = '';
    this.dotted = false;
    this.offset = offset;
    if (word !== '') this.start(word);
  }

  word(b: Buffer, start: number, end: number, depth: number): void {
    const isOfInterest = this.rowsAlone || mayReach(b, start, end) || this.code.mayBe(b[start]!);
    if (this.hasRows && this.setting === 'none' && !isOfInterest) {
      this.skipped();
      return;
    }
    const text = decodeWord(b, start, Math.min(end, start + MAX_WORD)).toLowerCase();
    if (this.begun) this.name({ kind: 'word', text, depth });
    else this.start(text);
  }

  quoted(b: Buffer, start: number, end: number, depth: number): void {
    if (b[start] === SINGLE_QUOTE) {
      if (this.hasRows && this.setting === 'none') {
        this.skipped();
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
    if (this.hasRows && this.callee === '' && this.setting === 'none') {
      this.dotted = byte === DOT;
      return;
    }
    if (byte === OPEN) this.call();
    else if (byte !== DOT) this.readAttribute();
    this.attribute = '';
    if (byte === COMMA) this.last = ',';
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
    this.readAttribute();
    this.judge?.end?.();
    this.definition();
    if (this.foreignTable !== '') this.code.addRelation(this.foreignTable, 'otherServers');
    this.judge = null;
    this.begun = false;
  }

  private start(word: string): void {
    this.begun = true;
    this.first = word;
    this.hasRows = ROW_STATEMENTS.has(word);
    this.callee = this.last = word;
    if (this.hasRows || word === 'copy' || word === 'truncate') this.setOff();
    const judged = AT_ONCE[word];
    if (judged) this.report(...judged);
    this.judge = this.judgeOf(word);
  }

  private judgeOf(word: string): Judge | null {
    if (word === 'create') {
      return new CreateJudge(word, this.report, (name, body) => this.code.addBody(name, body));
    }
    if (word === 'copy') return new CopyJudge(this.report);
    if (word === 'grant' || word === 'revoke') return new GrantJudge(word, this.report);
    if (word === 'set') return new SetJudge(this.report);
    return BY_HEAD.has(word) ? new HeadJudge(word, this.report) : null;
  }

  /** A token that cannot be of interest. */
  private skipped(): void {
    this.callee = '';
    this.dotted = false;
  }

  private name(token: Token): void {
    this.next(token);
    this.readAttribute();
    if (this.dotted) this.attribute = this.isAttribute(token) ? token.text : '';
    else {
      this.schema = '';
      this.before = this.last;
      this.beforeThat = this.lastButOne;
    }
    this.dotted = false;
    this.lastButOne = this.last;
    this.callee = this.last = token.text;
    this.hasQuery ||= BEFORE_QUERIES.has(token.text);
    if (this.first === 'create' && this.before === 'view') this.view = token.text;
    this.mention(token.text);
    if (this.changes && SHARED_CATALOGS.has(token.text)) {
      this.report('server', `${this.first.toUpperCase()} ${token.text}`);
    }
  }

  /** May the relation that is named here be changed? */
  private get changes(): boolean {
    const { first, before, beforeThat } = this;
    if (this.hasRows || first === 'truncate' || before === 'copy') return true;
    return (
      before === 'update' || before === 'into' || (before === 'from' && beforeThat === 'delete')
    );
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
    } else if (this.rowsAlone && this.before !== 'into' && !this.isKnown(callee, schema)) {
      this.report('unjudged', `${first.toUpperCase()}: ${callee.slice(0, 64)}()`);
    } else this.ownCall(callee);
  }

  /** A call of a routine that the script itself makes, of whatever it may put together. */
  private ownCall(callee: string): void {
    const { judge, code } = this;
    const create = judge instanceof CreateJudge ? judge : null;
    if (create?.isRoutine === true && create.routine === null) {
      create.routine = callee;
      return;
    }
    if (!code.isRoutine(callee)) return;
    if (create?.isRoutine === true) code.addRoutine(create.routine ?? '');
    else if (create?.has('trigger') === true) {
      code.setTrigger(create.object === 'event' ? 'definitions' : 'rows', callee);
    } else if (this.isPlainView) code.addRelation(this.view, 'unjudged');
    else if (judge instanceof HeadJudge && this.first === 'alter' && ROUTINES.has(judge.object)) {
      this.altered = callee;
    } else {
      this.report('unjudged', `${this.first.toUpperCase()}: ${callee.slice(0, 64)}()`);
    }
  }

  private isAttribute({ text, depth }: Token): boolean {
    if (!this.code.isRoutine(text) || NAMING.has(this.first)) return false;
    if (this.judge instanceof HeadJudge) {
      if (MADE_OF_ROUTINES.has(this.judge.object) || (depth === 0 && !this.hasQuery)) return false;
    }
    return !BEFORE_OBJECTS.has(this.before);
  }

  /** `(row).f` is `f(row)` where the row has no column of that name. */
  private readAttribute(): void {
    const { attribute } = this;
    this.attribute = '';
    if (attribute !== '') this.ownCall(attribute);
  }

  /** The name of a view that calls such a routine, or of a routine where no parenthesis follows. */
  private mention(name: string): void {
    const { code, judge, first } = this;
    const create = judge instanceof CreateJudge ? judge : null;
    if (create !== null && MADE_OF_ROUTINES.has(create.object) && code.isRoutine(name)) {
      this.report('unjudged', `CREATE ${create.object.toUpperCase()}: ${name.slice(0, 64)}()`);
    }
    if (create?.isForeignTable === true && this.before === 'table') {
      this.foreignTable = name;
      return;
    }
    if (first === 'alter') {
      this.alter(name);
      return;
    }
    const kind = code.relation(name);
    if (kind === undefined || NAMING.has(first)) return;
    if (!this.hasRows && !BEFORE_RELATIONS.has(this.before)) return;
    if (create?.isRoutine === true) return;
    if (this.isPlainView) code.addRelation(this.view, kind);
    else this.report(kind, `${first.toUpperCase()}: ${name.slice(0, 64)}`);
  }

  /** A new name would not be known for what it stands for; pg_dump gives none. */
  private alter(name: string): void {
    if (this.code.relation(name) !== undefined) this.altered = name;
    if (name !== 'rename' || this.altered === '') return;
    this.report('unjudged', `ALTER … RENAME: ${this.altered.slice(0, 64)}`);
  }

  private get isPlainView(): boolean {
    return this.view !== '' && !(this.judge as CreateJudge).has('materialized');
  }

  /** A row is changed: a trigger may run. */
  private setOff(): void {
    const routine = this.code.setOff(this.first);
    if (routine === null) return;
    this.report('unjudged', `${this.first.toUpperCase()}: ${routine.slice(0, 64)}()`);
  }

  /** A definition is over: an event trigger may run, unless it is about event triggers itself. */
  private definition(): void {
    if (this.judge instanceof HeadJudge && this.judge.object !== 'event') this.setOff();
  }

  private isKnown(callee: string, schema: string): boolean {
    return schema === 'pg_catalog' || (schema === '' && KNOWN_CALLS.has(callee));
  }
}
