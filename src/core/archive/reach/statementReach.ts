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

/** Statements of one kind with an effect beyond the database. */
export interface FoundReach {
  kind: ReachKind;
  statement: string;
  count: number;
  /** Offset in the script of the first of them. */
  offset: number;
}

/** A longer function body is not examined, and is reported instead. */
const MAX_TEXT = 1 << 20;
const MAX_KINDS = 300;
const decodeWord = decoderOf('UTF8');
const MAX_WORD = 256;
const SINGLE_QUOTE = 39;
const OPEN = 40;
const DOT = 46;
const AMPERSAND = 38;
const COMMA = 44;

/** There can be millions of these, so they are examined for function calls only. */
const ROW_STATEMENTS = new Set(['insert', 'update', 'delete', 'merge']);
/** Statements that can call a function of the script's own. */
const QUERIES = new Set(['', 'select', 'values', 'with', 'table', 'explain', 'declare']);
/** Statements that name functions without calling them. */
const NAMING = new Set(['grant', 'revoke', 'comment', 'security', 'drop']);
const BY_HEAD = new Set(
  'alter drop reassign comment security import prepare commit rollback'.split(' '),
);

/**
 * Finds statements with effects beyond their database, that run programs, or whose effect is unknown.
 * Examines tokens, so strings, comments and rows are not mistaken for statements. A script without
 * findings can still have such effects through functions and triggers of the target database.
 */
export class StatementReach implements TokenListener {
  private readonly found = new Map<string, FoundReach>();
  private begun = false;
  private first = '';
  /** The statement is one of `ROW_STATEMENTS`. */
  private hasRows = false;
  private offset = 0;
  private judge: Judge | null = null;
  /** The last token if it was a name, which an opening parenthesis would turn into a call; else ''. */
  private callee = '';
  private schema = '';
  private dotted = false;
  /** A routine in the notation of a row's column, which is a call unless it is a qualified name. */
  private attribute = '';
  /** The statement's names are objects until an expression begins; it has begun. */
  private hasQuery = false;
  private readonly code = new DynamicCode();
  /** The last word, and (next) the word before the qualified name that is being read. */
  private last = '';
  private before = '';
  private lastButOne = '';
  private beforeThat = '';
  /** Name of the view or foreign table that the statement creates. */
  private view = '';
  private foreignTable = '';
  /** Name of the script's own routine or relation that the statement alters. */
  private altered = '';
  /** State after `set_config(`: its first argument should be a string. */
  private setting: 'none' | 'next' | 'here' = 'none';
  /** Content of the current literal; null = not needed. */
  private content: string[] | null = null;
  private contentLength = 0;

  /** @param rowsAlone the statements should be pg_dump's rows, so every call is reported */
  constructor(private readonly rowsAlone = false) {}

  private readonly report: Report = (kind, statement) => {
    const key = `${kind} ${statement}`;
    const known = this.found.get(key);
    if (known) known.count++;
    else if (this.found.size < MAX_KINDS) {
      this.found.set(key, { kind, statement, count: 1, offset: this.offset });
    }
  };

  /** Adds another scanner's finding, at `offset`. */
  note(kind: ReachKind, statement: string, offset: number): void {
    this.offset = offset;
    this.report(kind, statement);
  }

  /** The script continues in another database. */
  connect(): void {
    this.code.connect();
  }

  /** Number of kinds of findings. */
  get kinds(): number {
    return this.found.size;
  }

  /** All findings, in the order of their first statement. */
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
    // U&"…" can encode any name.
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

  /** To be called for a token that needs no examination. */
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

  /** Can the statement change the relation that is named now? */
  private get changes(): boolean {
    const { first, before, beforeThat } = this;
    if (this.hasRows || first === 'truncate' || before === 'copy') return true;
    return (
      before === 'update' || before === 'into' || (before === 'from' && beforeThat === 'delete')
    );
  }

  /** To be called for any token except punctuation. */
  private next(token: Token): void {
    this.flush();
    if (this.setting === 'next') this.argument(token);
    else if (this.setting === 'here') this.afterArgument(token);
    this.judge?.token(token);
  }

  /** Reports `set_config` if the setting's name is not a constant string. */
  private argument({ kind }: Token): void {
    this.setting = kind === 'literal' ? 'here' : 'none';
    if (kind !== 'literal') this.report('unjudged', 'set_config()');
  }

  private afterArgument({ text }: Token): void {
    this.setting = 'none';
    if (text !== ',') this.report('unjudged', 'set_config()');
  }

  /** Examines the last literal, which has ended. */
  private flush(): void {
    if (this.content === null) return;
    const text = this.content.join('');
    this.content = null;
    // The new value is not known, and is treated as unknown.
    if (this.setting === 'here') judgeSetting(text.toLowerCase(), null, this.report);
    else this.judge?.content?.(text);
  }

  /** An opening parenthesis follows a name. */
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

  /** The statement calls a routine of the script that builds statements. */
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

  /** `(row).f` means `f(row)` if the row has no column `f`. */
  private readAttribute(): void {
    const { attribute } = this;
    this.attribute = '';
    if (attribute !== '') this.ownCall(attribute);
  }

  /** A name of a remembered view, or of a routine where calls need no parenthesis. */
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

  /** Reports renaming of a remembered object, which the new name would hide; pg_dump renames none. */
  private alter(name: string): void {
    if (this.code.relation(name) !== undefined) this.altered = name;
    if (name !== 'rename' || this.altered === '') return;
    this.report('unjudged', `ALTER … RENAME: ${this.altered.slice(0, 64)}`);
  }

  private get isPlainView(): boolean {
    return this.view !== '' && !(this.judge as CreateJudge).has('materialized');
  }

  /** A row changes, so that a trigger may run. */
  private setOff(): void {
    const routine = this.code.setOff(this.first);
    if (routine === null) return;
    this.report('unjudged', `${this.first.toUpperCase()}: ${routine.slice(0, 64)}()`);
  }

  /** A definition changes, so that an event trigger may run (not for changes of event triggers). */
  private definition(): void {
    if (this.judge instanceof HeadJudge && this.judge.object !== 'event') this.setOff();
  }

  private isKnown(callee: string, schema: string): boolean {
    return schema === 'pg_catalog' || (schema === '' && KNOWN_CALLS.has(callee));
  }
}
