/** Column types that create a sequence. */
const SERIALS = new Set([
  ...['serial', 'bigserial', 'smallserial'],
  ...['serial2', 'serial4', 'serial8'],
]);
/** After these words, CREATE TABLE has no further columns. */
const AFTER_COLUMNS = new Set(['as', 'for']);
const OPEN = 40;
const COMMA = 44;
const DOT = 46;

/**
 * Counts what else CREATE TABLE, ALTER TABLE and ALTER DOMAIN create: keys, foreign keys, sequences
 * of columns. It looks for reserved words, which as names would be quoted or follow a dot.
 */
export class TableFigures {
  private action: 'create' | 'alter' = 'create';
  private hasColumns = false;
  /** The last three tokens, latest first; '' for quoted names and for tokens other than words. */
  private before: [string, string, string] = ['', '', ''];
  /** Number of tokens in the current column's definition; -1 = not in a column. */
  private column = -1;

  constructor(private readonly count: (desc: string, more: number) => void) {}

  start(action: 'create' | 'alter'): void {
    this.action = action;
    this.hasColumns = false;
    this.before = ['', '', ''];
    this.column = -1;
  }

  /** Returns whether further tokens are needed. */
  token(text: string, isQuoted: boolean, depth: number): boolean {
    const word = isQuoted ? '' : text;
    if (this.action === 'create') {
      if (depth === 0) return !this.hasColumns && !AFTER_COLUMNS.has(word);
      if (depth > 1) return true;
    } else if (depth > 0) return true;
    const [last] = this.before;
    if (this.action === 'alter' && word === 'add') this.column = 0;
    else if (this.column >= 0 && !this.isBeforeColumn(word)) this.column++;
    if (last !== '.') this.judge(word);
    this.before = [word, this.before[0], this.before[1]];
    return true;
  }

  other(byte: number, depth: number): void {
    const level = this.action === 'create' ? 1 : 0;
    if (byte === OPEN) {
      if (depth === level && this.before[0] === 'exclude') this.count('CONSTRAINT', 1);
      if (level === 1 && depth === 0 && !this.hasColumns) {
        this.hasColumns = true;
        this.column = 0;
        this.before = ['', '', ''];
      } else if (depth === level) this.before = ['(', this.before[0], this.before[1]];
      return;
    }
    if (depth !== level) return;
    if (byte === COMMA) {
      this.column = level === 1 ? 0 : -1;
      this.before = ['', '', ''];
    } else this.before = [byte === DOT ? '.' : ',', this.before[0], this.before[1]];
  }

  private isBeforeColumn(word: string): boolean {
    if (this.action === 'create' || this.column > 0) return false;
    return word === 'column' || word === 'if' || word === 'not' || word === 'exists';
  }

  private judge(word: string): void {
    const [last, second, third] = this.before;
    switch (word) {
      case 'key':
        if (last === 'primary') this.count('CONSTRAINT', 1);
        return;
      case 'unique':
        this.count('CONSTRAINT', 1);
        return;
      case 'references':
        this.count('FK CONSTRAINT', 1);
        return;
      case 'using':
        if (last === 'exclude') this.count('CONSTRAINT', 1);
        return;
      case 'check':
      case 'not':
        // In an archive, only a CHECK that was added later has an entry.
        if (this.action === 'create') return;
        if (last === 'add' || (second === 'constraint' && third === 'add')) {
          this.count('CHECK CONSTRAINT', 1);
        }
        return;
      case 'index':
        // The existing index becomes the constraint's, so it is no longer counted as an index.
        if (last === 'using' && (second === 'key' || second === 'unique')) this.count('INDEX', -1);
        return;
      case 'identity':
        if (last === 'as') this.count('SEQUENCE', 1);
        return;
      default:
        if (this.column !== 2 || last === 'constraint' || last === 'like') return;
        if (SERIALS.has(word)) this.count('SEQUENCE', 1);
    }
  }
}
