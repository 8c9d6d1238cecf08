import type { ReachKind } from '../../model/archive';
import { reachOfBody } from './functionBody';
import { isConfined, isSafeEncoding, SHARED_OBJECTS } from './reachNames';

/** A token of a statement. */
export interface Token {
  /** `word`: in lower case. `name`: a quoted identifier, without its quotes. */
  kind: 'word' | 'name' | 'literal' | 'other';
  text: string;
  /** Number of open parentheses. */
  depth: number;
}

/** Reports an effect of a statement; `statement`: its kind in SQL's words. */
export type Report = (kind: ReachKind, statement: string) => void;

/** Examines one statement. */
export interface Judge {
  token(token: Token): void;
  /** Called with the content of the last literal, for judges that need it. */
  content?(text: string): void;
  end?(): void;
}

/** Number of words in which the kind of a statement is recognised. */
const MAX_HEAD = 8;
/** Words that can come between the verb and the kind of object. */
const BETWEEN_WORDS = new Set(['or', 'replace', 'trusted', 'procedural', 'foreign']);

/** Reports a statement about an object that all databases of a server share. */
function reportObject(report: Report, verb: string, object: string, next = ''): void {
  const kind = SHARED_OBJECTS[object];
  // CREATE USER MAPPING is about a foreign server.
  if (kind === undefined || (object === 'user' && next === 'mapping')) return;
  report(kind, `${verb} ${object}`.toUpperCase());
}

/** Judges CREATE, ALTER, DROP, COMMENT and others by their first words. */
export class HeadJudge implements Judge {
  protected readonly head: string[] = [];
  /** OPTIONS (program '…') of a foreign table: file_fdw runs the program. */
  private option: ReachKind | null = null;

  constructor(
    protected readonly verb: string,
    protected readonly report: Report,
  ) {}

  token({ kind, text, depth }: Token): void {
    if (kind === 'literal' && this.option !== null) {
      this.report(this.option, 'FOREIGN TABLE … OPTIONS');
    }
    const isForeign = this.head[0] === 'foreign' || this.head[0] === 'server';
    this.option = depth > 0 && isForeign ? optionReach(text) : null;
    if (depth > 0 || this.head.length >= MAX_HEAD) return;
    if (kind === 'word') this.head.push(text);
    else if (kind === 'name') this.head.push(`"${text}`);
  }

  /** The kind of object: the first word that is not a modifier. */
  get object(): string {
    return this.head.find((word) => !BETWEEN_WORDS.has(word)) ?? '';
  }

  /** Is the word among the first words? */
  has(word: string): boolean {
    return this.head.includes(word);
  }

  end(): void {
    const { verb, report } = this;
    const words = this.head.filter((word) => !BETWEEN_WORDS.has(word));
    const [object = '', next = ''] = words;
    switch (verb) {
      case 'create':
        if (object === 'language') this.language(next);
        else reportObject(report, verb, object, next);
        return;
      case 'alter':
        if (object === 'system') report('server', 'ALTER SYSTEM');
        else reportObject(report, verb, object, next);
        return;
      case 'drop':
      case 'reassign':
        if (object === 'owned') report('roles', `${verb} OWNED`.toUpperCase());
        else reportObject(report, verb, object, next);
        return;
      case 'comment':
      case 'security': {
        const on = this.head.indexOf('on');
        const what = verb === 'comment' ? 'comment on' : 'security label on';
        reportObject(report, what, this.head[on + 1] ?? '');
        return;
      }
      case 'import':
        report('otherServers', 'IMPORT FOREIGN SCHEMA');
        return;
      case 'prepare':
        if (object === 'transaction') report('server', 'PREPARE TRANSACTION');
        return;
      case 'commit':
      case 'rollback':
        if (object === 'prepared') report('server', `${verb} PREPARED`.toUpperCase());
    }
  }

  private language(name: string): void {
    if (!isConfined(name.replace(/^"/, ''))) this.report('programs', 'CREATE LANGUAGE');
  }
}

/** Judges CREATE FUNCTION and PROCEDURE by their language and their body. */
export class CreateJudge extends HeadJudge {
  private expects: 'anything' | 'language' = 'anything';
  private literalIs: 'body' | 'language' | 'nothing' = 'nothing';
  /** Name of the routine, once known; null for other objects. */
  routine: string | null = null;

  /** @param onBody called with the body of a routine */
  constructor(
    verb: string,
    report: Report,
    private readonly onBody: (routine: string, body: string) => void,
  ) {
    super(verb, report);
  }

  override token(token: Token): void {
    super.token(token);
    const { kind, text, depth } = token;
    if (kind === 'literal') {
      this.literalIs = this.expects === 'language' ? 'language' : 'body';
    } else if (this.expects === 'language' && kind !== 'other') this.inLanguage(text);
    const begins = kind === 'word' && depth === 0 && text === 'language' && this.isRoutine;
    this.expects = begins ? 'language' : 'anything';
  }

  content(text: string): void {
    if (!this.isRoutine) return;
    if (this.literalIs === 'language') {
      this.inLanguage(text.toLowerCase());
      return;
    }
    for (const { kind, what } of reachOfBody(text)) this.report(kind, `${this.title}: ${what}`);
    this.onBody(this.routine ?? '', text);
  }

  private inLanguage(name: string): void {
    if (!isConfined(name)) this.report('programs', `${this.title} … LANGUAGE ${name.slice(0, 30)}`);
  }

  get isForeignTable(): boolean {
    return this.head[0] === 'foreign' && this.head[1] === 'table';
  }

  get isRoutine(): boolean {
    const at = this.head[0] === 'or' ? 2 : 0;
    return this.head[at] === 'function' || this.head[at] === 'procedure';
  }

  private get title(): string {
    return `CREATE ${this.head.includes('procedure') ? 'PROCEDURE' : 'FUNCTION'}`;
  }
}

function optionReach(word: string): ReachKind | null {
  if (word === 'program') return 'programs';
  return word === 'filename' ? 'files' : null;
}

/** Judges COPY: with STDIN and STDOUT it is harmless, otherwise it reaches the server's files. */
export class CopyJudge implements Judge {
  private end_: 'ahead' | 'here' | 'known' = 'ahead';
  private direction = '';

  constructor(private readonly report: Report) {}

  token({ kind, text, depth }: Token): void {
    if (depth > 0 || this.end_ === 'known') return;
    if (this.end_ === 'ahead') {
      if (kind !== 'word' || (text !== 'from' && text !== 'to')) return;
      this.direction = text.toUpperCase();
      this.end_ = 'here';
      return;
    }
    this.end_ = 'known';
    if (kind === 'word' && (text === 'stdin' || text === 'stdout')) return;
    if (kind === 'word' && text === 'program') {
      this.report('programs', `COPY … ${this.direction} PROGRAM`);
    } else this.report('files', `COPY … ${this.direction} 'FILE'`);
  }
}

/** Judges GRANT and REVOKE: of roles, and of privileges on shared objects. */
export class GrantJudge implements Judge {
  private at: 'ahead' | 'object' | 'known' = 'ahead';

  constructor(
    private readonly verb: string,
    private readonly report: Report,
  ) {}

  token({ kind, text, depth }: Token): void {
    if (depth > 0 || kind !== 'word' || this.at === 'known') return;
    if (this.at === 'object') {
      this.at = 'known';
      const verb = this.verb.toUpperCase();
      if (text === 'parameter') this.report('server', `${verb} ON PARAMETER`);
      else if (text === 'database' || text === 'tablespace') {
        reportObject(this.report, `${verb} ON`, text);
      }
    } else if (text === 'on') this.at = 'object';
    else if (text === 'to' || text === 'from') {
      this.at = 'known';
      this.report('roles', this.verb.toUpperCase());
    }
  }
}

/** Judges SET: some settings change how the following text is parsed. */
export class SetJudge implements Judge {
  private readonly tokens: string[] = [];

  constructor(private readonly report: Report) {}

  token({ kind, text }: Token): void {
    if (kind !== 'literal' && kind !== 'other' && this.tokens.length < MAX_HEAD) {
      this.tokens.push(text);
    }
  }

  content(text: string): void {
    if (this.tokens.length < MAX_HEAD) this.tokens.push(text);
  }

  end(): void {
    const words = this.tokens.filter((word) => word !== 'session' && word !== 'local');
    const [name = '', ...rest] = words;
    const value = (rest.at(-1) ?? '').toLowerCase();
    judgeSetting(name, value, this.report);
  }
}

/**
 * Reports a setting with which it is uncertain how the following text is parsed.
 *
 * @param value null = unknown
 */
export function judgeSetting(name: string, value: string | null, report: Report): void {
  if (name === 'client_encoding' || name === 'names') {
    const shown = (value ?? '…').toUpperCase().slice(0, 30);
    if (value === null || !isSafeEncoding(value))
      report('unjudged', `SET client_encoding = ${shown}`);
  } else if (name === 'standard_conforming_strings') {
    if (!/^(?:on|true|yes|1|default)$/.test(value ?? '')) {
      report('unjudged', 'SET standard_conforming_strings = off');
    }
  } else if (name === 'allow_system_table_mods') {
    report('server', 'SET allow_system_table_mods');
  }
}
