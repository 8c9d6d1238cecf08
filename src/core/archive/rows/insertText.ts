import { dictionary } from '../../dictionary';

/** Parses rows of `INSERT INTO … VALUES (…), (…);` statements, as `pg_dump --inserts` writes them. */
export class InsertParser {
  private text = '';
  private at = 0;
  /** Parsing is tried again once the text has this length. */
  private enough = 0;
  private inTuples = false;
  /** Column names of the last statement; null = it named none. */
  columns: string[] | null = null;

  /** Maximum length of a statement's beginning, and of a row. */
  static readonly maxLength = 64 << 20;

  push(text: string): void {
    this.text = this.at === 0 ? this.text + text : this.text.slice(this.at) + text;
    this.at = 0;
  }

  /** The next row; null = more text is needed, or there is no further row. */
  next(last = false): (string | null)[] | null {
    if (!last && this.text.length - this.at < this.enough) return null;
    for (;;) {
      const row = this.inTuples ? this.tuple() : this.head();
      if (row === undefined) {
        // Tried again only when the text has doubled: otherwise the time for a long row would grow
        // with the square of its length.
        this.enough = Math.min(2 * (this.text.length - this.at), InsertParser.maxLength);
        return null;
      }
      this.enough = 0;
      if (row !== 'more') return row;
    }
  }

  /** Skips everything up to VALUES; undefined = more text is needed. */
  private head(): 'more' | (string | null)[] | undefined {
    const { text } = this;
    let at = skipBlank(text, this.at);
    if (at < 0 || at >= text.length) return undefined;
    this.at = at;
    const word = /[A-Za-z]+|./sy;
    word.lastIndex = at;
    const first = word.exec(text)?.[0] ?? '';
    if (word.lastIndex >= text.length) return undefined;
    if (first.toUpperCase() !== 'INSERT') {
      // Other statements (SET, SELECT setval, …) contain no rows.
      const end = skipStatement(text, at);
      if (end < 0) return undefined;
      this.at = end;
      return 'more';
    }
    const insert = /INSERT\s+INTO\s+(?:ONLY\s+)?(?:"(?:[^"]|"")*"|[^\s"(])+\s*/iy;
    insert.lastIndex = at;
    const found = insert.exec(text);
    if (found === null) {
      const end = skipStatement(text, at);
      if (end < 0) return undefined;
      this.at = end;
      return 'more';
    }
    at = insert.lastIndex;
    if (at >= text.length) return undefined;
    let columns: string[] | null = null;
    if (text[at] === '(') {
      columns = [];
      const name = /\s*(?:"((?:[^"]|"")*)"|([^\s",()]+))\s*([,)])/y;
      name.lastIndex = at + 1;
      for (;;) {
        const column = name.exec(text);
        if (column === null) return undefined;
        at = name.lastIndex;
        columns.push(column[2] ?? (column[1] ?? '').replaceAll('""', '"'));
        if (column[3] === ')') break;
      }
    }
    const values = /\s*(?:OVERRIDING\s+(?:SYSTEM|USER)\s+VALUE\s+)?(VALUES|DEFAULT\s+VALUES\s*;)/iy;
    values.lastIndex = at;
    const kind = values.exec(text)?.[1];
    if (kind === undefined) {
      if (text.length - at < 64) return undefined;
      const end = skipStatement(text, at);
      if (end < 0) return undefined;
      this.at = end;
      return 'more';
    }
    this.at = values.lastIndex;
    this.columns = columns ?? this.columns;
    if (kind.endsWith(';')) return [];
    this.inTuples = true;
    return 'more';
  }

  /** Parses one `(…)` and the separator after it. */
  private tuple(): 'more' | (string | null)[] | undefined {
    const { text } = this;
    let at = skipBlank(text, this.at);
    if (at < 0 || at >= text.length) return undefined;
    if (text[at] === ',') at = skipBlank(text, at + 1);
    if (at < 0 || at >= text.length) return undefined;
    if (text[at] !== '(') {
      // A `;` follows, or ON CONFLICT DO NOTHING and a `;`.
      const end = skipStatement(text, at);
      if (end < 0) return undefined;
      this.at = end;
      this.inTuples = false;
      return 'more';
    }
    const row: (string | null)[] = [];
    at++;
    for (;;) {
      const value = readValue(text, at);
      if (value === undefined) return undefined;
      row.push(value.value);
      at = value.end;
      if (text[at] === ')') break;
      at++;
    }
    this.at = at + 1;
    return row;
  }
}

/** Position after blanks and comment lines; -1 = a comment is incomplete. */
function skipBlank(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < text.length && /\s/.test(text[at]!)) at++;
    if (text[at] !== '-' || text[at + 1] !== '-') return at;
    const end = text.indexOf('\n', at);
    if (end < 0) return -1;
    at = end + 1;
  }
}

/** Position after the `;` of a statement; -1 = it is incomplete. */
function skipStatement(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const c = text[at];
    if (c === ';') return at + 1;
    if (c === "'" || c === '"') {
      const end = text.indexOf(c, at + 1);
      if (end < 0) return -1;
      at = end;
    }
  }
  return -1;
}

/** A value, and its end at a `,` or `)`; undefined = more text is needed. */
function readValue(text: string, from: number): { value: string | null; end: number } | undefined {
  let at = from;
  while (at < text.length && /\s/.test(text[at]!)) at++;
  const start = at;
  let literal: string | null = null;
  let depth = 0;
  for (; at < text.length; at++) {
    const c = text[at];
    if (c === "'") {
      const escaped = /[Ee]/.test(text[at - 1] ?? '') && at - 1 === start;
      const end = stringEnd(text, at, escaped);
      if (end < 0) return undefined;
      if (at === start || (escaped && at === start + 1)) {
        literal = unquoted(text.slice(at + 1, end), escaped);
      }
      at = end;
    } else if (c === '"') {
      const end = text.indexOf('"', at + 1);
      if (end < 0) return undefined;
      at = end;
    } else if (c === '(' || c === '[') depth++;
    else if (depth > 0 && (c === ')' || c === ']')) depth--;
    else if (depth === 0 && (c === ',' || c === ')')) {
      if (literal !== null) return { value: literal, end: at };
      const raw = text.slice(start, at).trim();
      return { value: raw.toUpperCase() === 'NULL' ? null : bare(raw), end: at };
    }
  }
  return undefined;
}

/** Bit strings such as `B'101'` are shown without prefix and quotes. */
function bare(raw: string): string {
  return /^[BbXx]'([^']*)'$/.exec(raw)?.[1] ?? raw;
}

/** Position of the quote that ends a string. */
function stringEnd(text: string, open: number, escaped: boolean): number {
  for (let at = open + 1; ; at++) {
    const quote = text.indexOf("'", at);
    if (quote < 0) return -1;
    if (escaped) {
      const slash = text.indexOf('\\', at);
      if (slash >= 0 && slash < quote) {
        at = slash + 1;
        continue;
      }
    }
    // Only the next character shows whether the quote is doubled.
    if (quote + 1 >= text.length) return -1;
    if (text[quote + 1] !== "'") return quote;
    at = quote + 1;
  }
}

const LETTERS = dictionary<string>({
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
});

function unquoted(inner: string, escaped: boolean): string {
  const text = inner.replaceAll("''", "'");
  if (!escaped) return text;
  return text.replace(/\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)/gs, (_, code: string) => {
    if (/^[0-7]/.test(code)) return String.fromCharCode(parseInt(code, 8) & 0xff);
    if (/^x./.test(code)) return String.fromCharCode(parseInt(code.slice(1), 16));
    return LETTERS[code] ?? code;
  });
}
