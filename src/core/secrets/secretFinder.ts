import { commandSecrets, PRIVATE_KEY, PRIVATE_KEY_END, VARIABLE } from './commandSecrets';
import { endingIn, openingAt, type Opening } from './literals';
import { SECRET_CALL, SECRET_FORMAT, SECRET_NAME, VERIFIER } from './secretWords';
import { urlSecrets, type Range } from './urlSecrets';

export interface FinderOptions {
  /**
   * Is a name before a string constant what it seems, or do the quotes that follow it (from
   * `quotes` on) end a text that the name is part of? Every constant counts when left out: better
   * too much is hidden than too little.
   */
  opens?: ((quotes: number) => boolean) | undefined;
  /**
   * Where the text ends that a `name=value` is part of whose value begins at `at`; null when it is
   * no connection string. Anything may be one when left out.
   */
  conninfoEnd?: ((at: number) => number | null) | undefined;
  /**
   * The text may be wrong SQL: what follows PASSWORD without the quotes that it should have is a
   * secret too.
   */
  lenient?: boolean | undefined;
}

/** White space and comments between a name and its value; a comment may go on in the next text. */
const GAP = /(?:\s+|--[^\n]*(?:\n|$)|\/\*[^*]*(?:\*(?!\/)[^*]*)*(?:\*\/|$))*/y;
const SEPARATOR = /:=|=>|=|TO\b/iy;
/**
 * What stands for a value without quotes in a connection string; blanks are part of it as long as no
 * other `key=` follows, because who forgets the quotes means it so.
 */
const BARE_VALUE = /(?:\\[^]|''|[^'\s\\]|[^\S\n](?!\s{0,64}[\w.]{1,64}\s{0,64}=)){1,8192}/y;
const ROLE_STATEMENT = /\b(?:CREATE|ALTER)\s+(?:ROLE|USER(?!\s+MAPPING)|GROUP)\b/i;
/** In a statement about a role, only these words precede a string that is not a password. */
const ROLE_WORD = /\b(?!(?:UNTIL|TO|IN|IS)\b)[a-z_]+(?=\s*(?:'|[eE]'|[uU]&'|\$\w*\$))/gi;
/** Behind a name that is a key of JSON, of a hash of hstore or Ruby, or of a dictionary of Python. */
const KEY_SEPARATOR = /(?:(\\*)"|'+)\s*(?::(?![:=])|=>)\s*/y;
/** A value without quotes behind a key of JSON; `true`, `false` and `null` are not secrets. */
const JSON_SCALAR = /(?!(?:true|false|null)\b)[\w.+-]+/iy;
/** The quotes of a constant that is put together with what follows: `'… PASSWORD ' || …`. */
const JOINED = /'+\s*\|\|/y;
/** Most nested concatenations that are examined one by one. */
const MAX_JOINS = 32;
const BARE_WORD = /(?!NULL\b)[^\s;'"$)\\,]+/iy;

/** The value of a name, of a name and its `=`, or one more constant of a value. */
type Expected = 'value' | 'valueOfEquals' | 'more';

/**
 * Finds the secrets in SQL, connection strings, URLs and what quotes them. Looks at every name on
 * its own, whatever constant or comment it may be in, so that no odd quote before it can hide a
 * secret. Text comes in pieces, cut at the ends of lines; what began in one goes on in the next.
 */
export class SecretFinder {
  /** Values that the last piece has left open. */
  private open: Opening[] = [];
  /** Token that the next piece may begin with. */
  private expected: Expected | null = null;
  private inComment = false;
  /** The last piece ended among the arguments of a `format` with a secret in it. */
  private inFormat = false;
  /** The text so far was a statement about a role. */
  private aboutRole = false;
  private ranges: Range[] = [];
  /** How many concatenations were found in this text, and how far the longest of them reaches. */
  private joins = 0;
  private joinedTo = 0;
  /** How far the text has been looked at. */
  private passed = 0;

  constructor(private readonly options: FinderOptions = {}) {}

  /** Ranges of the secrets in the next piece, in order, without adjacent ones. */
  next(text: string): Range[] {
    this.ranges = [];
    this.joins = this.joinedTo = 0;
    const open = this.open;
    this.open = [];
    for (const opening of open) this.value(text, 0, opening);
    const { expected } = this;
    this.expected = null;
    if (expected !== null) this.expectedValue(text, expected);
    this.names(text);
    if (this.options.lenient === true) this.misspelt(text);
    for (const match of text.matchAll(SECRET_CALL)) {
      this.constantAt(text, this.skipGap(text, match.index + match[0].length));
    }
    if (this.inFormat) this.formatArguments(text, 0);
    for (const match of text.matchAll(SECRET_FORMAT)) {
      const at = match.index + match[0].length;
      this.formatArguments(text, this.behindConstant(text, at));
    }
    for (const match of text.matchAll(VERIFIER)) {
      this.ranges.push({ start: match.index, end: match.index + match[0].length });
    }
    let keyEnd = 0;
    for (const match of text.matchAll(PRIVATE_KEY)) {
      if (match.index < keyEnd) continue;
      this.value(text, match.index + match[0].length, { kind: 'mark', mark: PRIVATE_KEY_END });
      keyEnd = this.ranges.at(-1)?.end ?? 0;
    }
    for (const match of text.matchAll(VARIABLE))
      this.bareValue(text, match.index + match[0].length);
    this.ranges.push(...urlSecrets(text), ...commandSecrets(text));
    return merged(this.ranges);
  }

  private names(text: string): void {
    // Where constants are told from what is around them, a name inside of a secret, or in a comment
    // between another name and its value, is none.
    const exact = this.options.opens !== undefined;
    this.passed = 0;
    for (const match of text.matchAll(SECRET_NAME)) {
      if (exact && match.index < this.passed) continue;
      this.afterName(text, match);
      this.passed = Math.max(this.passed, this.ranges.at(-1)?.end ?? 0);
    }
  }

  private afterName(text: string, match: RegExpExecArray): void {
    const weak = match.groups?.['weak'] !== undefined;
    let at = match.index + match[0].length;
    if (this.afterKey(text, at)) return;
    if (text[at] === '"') at++;
    at = this.skipGap(text, at);
    SEPARATOR.lastIndex = at;
    const separator = SEPARATOR.exec(text)?.[0];
    if (separator !== undefined) {
      if (weak) return;
      at = this.skipGap(text, at + separator.length);
    }
    if (at >= text.length) {
      this.expected = separator === '=' ? 'valueOfEquals' : 'value';
      return;
    }
    if (!weak) this.joined(text, at);
    if (this.constantAt(text, at) || weak) return;
    if (separator === '=') this.bareValue(text, at);
    else if (separator === undefined && this.options.lenient === true) this.forgotten(text, at);
  }

  /** `"password": "…"` @returns whether the name is a key whose value was looked for */
  private afterKey(text: string, nameEnd: number): boolean {
    KEY_SEPARATOR.lastIndex = nameEnd;
    const separator = KEY_SEPARATOR.exec(text);
    if (separator === null) return false;
    const at = nameEnd + separator[0].length;
    const { length: backslashes } = separator[1] ?? '';
    if (text.startsWith('"', at + backslashes)) {
      this.value(text, at + backslashes + 1, { kind: 'json', backslashes });
      return true;
    }
    JSON_SCALAR.lastIndex = at;
    const scalar = JSON_SCALAR.exec(text)?.[0] ?? '';
    if (!this.constantAt(text, at)) this.ranges.push({ start: at, end: at + scalar.length });
    return true;
  }

  /** All constants that are joined to the one that ends at `at` with a name. */
  private joined(text: string, at: number): void {
    JOINED.lastIndex = at;
    const quotes = JOINED.exec(text)?.[0];
    if (quotes === undefined || (at < this.joinedTo && this.joins > MAX_JOINS)) return;
    this.joins++;
    let depth = 0;
    for (let next = at + quotes.length; next < text.length;) {
      const { opening, content } = openingAt(text, next) ?? {};
      if (opening !== undefined && content !== undefined) {
        this.value(text, content, opening);
        next = endingIn(text, content, opening)?.after ?? text.length;
        continue;
      }
      const char = text.charAt(next++);
      this.joinedTo = Math.max(this.joinedTo, next);
      if (char === '(') depth++;
      if (char === ';' || (char === ')' && --depth < 0) || (char === ',' && depth === 0)) return;
    }
  }

  private expectedValue(text: string, expected: Expected): void {
    let at = 0;
    if (this.inComment) {
      const end = text.indexOf('*/');
      if (end < 0) {
        this.expected = expected;
        return;
      }
      at = end + 2;
    }
    at = this.skipGap(text, at);
    let wanted = expected;
    if (wanted === 'value') {
      SEPARATOR.lastIndex = at;
      const separator = SEPARATOR.exec(text)?.[0] ?? '';
      if (separator === '=') wanted = 'valueOfEquals';
      at = this.skipGap(text, at + separator.length);
    }
    if (at >= text.length) this.expected = wanted;
    else if (wanted === 'more' && !/^(?:[eEnN]|[uU]&)?\\*'/.test(text.slice(at, at + 70))) return;
    else if (!this.constantAt(text, at) && wanted === 'valueOfEquals') this.bareValue(text, at);
  }

  private skipGap(text: string, at: number): number {
    GAP.lastIndex = at;
    const gap = GAP.exec(text)?.[0] ?? '';
    const end = at + gap.length;
    this.passed = Math.max(this.passed, end);
    this.inComment = end >= text.length && gap.lastIndexOf('/*') > gap.lastIndexOf('*/');
    return end;
  }

  /** @returns whether a string constant begins there */
  private constantAt(text: string, at: number): boolean {
    const found = openingAt(text, at);
    if (found === null) return false;
    if (this.options.opens?.(at) !== false) this.value(text, found.content, found.opening);
    return true;
  }

  /**
   * Hides all arguments of a `format`: to tell which one is the secret, the placeholders of its
   * pattern would have to be counted.
   */
  private formatArguments(text: string, from: number): void {
    this.inFormat = true;
    for (let at = this.skipGap(text, from); at < text.length; at = this.skipGap(text, at)) {
      if (this.constantAt(text, at)) {
        at = this.behindConstant(text, at);
        continue;
      }
      if (/[();]/.test(text.charAt(at))) {
        this.inFormat = false;
        return;
      }
      at += Math.max(1, text.slice(at, at + 400).search(/[\s'$();]|$/));
    }
  }

  /** Where a constant ends; the end of the text when it is not closed. */
  private behindConstant(text: string, at: number): number {
    const found = openingAt(text, at);
    if (found === null) return Math.min(at + 1, text.length);
    return endingIn(text, found.content, found.opening)?.after ?? text.length;
  }

  private value(text: string, from: number, opening: Opening): void {
    let part: { opening: Opening; content: number } | null = { opening, content: from };
    while (part !== null) {
      const ending = endingIn(text, part.content, part.opening);
      this.ranges.push({ start: part.content, end: ending?.end ?? text.length });
      if (ending === null) {
        this.open.push(part.opening);
        return;
      }
      if (part.opening.kind !== 'quotes') return;
      // SQL joins constants that are separated by a line break only.
      const next = this.skipGap(text, ending.after);
      if (next >= text.length) this.expected ??= 'more';
      part = next > ending.after ? openingAt(text, next) : null;
      if (part?.opening.kind !== 'quotes') return;
    }
  }

  private bareValue(text: string, at: number): void {
    const { conninfoEnd } = this.options;
    const end = conninfoEnd === undefined ? text.length : conninfoEnd(at);
    if (end === null) return;
    BARE_VALUE.lastIndex = at;
    const value = (BARE_VALUE.exec(text)?.[0] ?? '').slice(0, end - at).trimEnd();
    if (value !== '') this.ranges.push({ start: at, end: at + value.length });
  }

  /** `PASWORD 'x'` is an error that the server answers with all of the statement. */
  private misspelt(text: string): void {
    const statement = ROLE_STATEMENT.exec(text);
    const from = this.aboutRole ? 0 : (statement?.index ?? text.length);
    this.aboutRole ||= statement !== null;
    for (const match of text.slice(from).matchAll(ROLE_WORD)) {
      this.constantAt(text, this.skipGap(text, from + match.index + match[0].length));
    }
  }

  /** `PASSWORD "x"`, and `PASSWORD x` where it cannot be the type of a column. */
  private forgotten(text: string, at: number): void {
    if (text[at] === '"') {
      this.value(text, at + 1, { kind: 'doubleQuotes' });
      return;
    }
    if (!ROLE_STATEMENT.test(text.slice(0, at))) return;
    BARE_WORD.lastIndex = at;
    const word = BARE_WORD.exec(text)?.[0] ?? '';
    if (word !== '') this.ranges.push({ start: at, end: at + word.length });
  }
}

/** In order, those that overlap or touch as one; empty ones left out. */
export function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    if (end <= start) continue;
    const last = result.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}
