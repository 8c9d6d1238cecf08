import type { Named } from './objectWords';

/** CREATE SCHEMA AUTHORIZATION with one of these does not show the name. */
const SESSION_ROLES = new Set(['current_user', 'current_role', 'session_user']);

/** Reads the name of an object, with its schema, token by token. */
export class NameReader {
  private parts: string[] = [];
  private expects = true;
  /** The last part was no quoted name: it may be a word of the statement. */
  private plain = true;
  /** Behind IF: NOT EXISTS or EXISTS. */
  private condition = false;
  private isSchema = false;
  /** `U&` was there: the quoted name has escapes. */
  private escaped = false;

  start(isSchema: boolean): void {
    this.parts = [];
    this.expects = this.plain = true;
    this.condition = this.escaped = false;
    this.isSchema = isSchema;
  }

  /** Does a word or a quoted name belong to the name, or precede it? */
  take(text: string, isQuoted: boolean): boolean {
    if (!isQuoted && this.isBefore(text)) return true;
    if (!this.expects) return false;
    if (this.escaped && isQuoted) this.parts.pop();
    this.plain = !isQuoted;
    this.parts.push(this.escaped && isQuoted ? unescape(text) : text);
    this.expects = this.escaped = false;
    return true;
  }

  dot(): void {
    this.expects = true;
  }

  escapes(): void {
    this.escaped = this.expects = this.plain && this.parts.at(-1) === 'u';
  }

  /** The complete name; null = none. A database before the schema is left out. */
  read(): Named | null {
    const name = this.parts.at(-1);
    if (name === undefined) return null;
    if (this.isSchema && this.plain && SESSION_ROLES.has(name)) return null;
    return { schema: this.parts.at(-2) ?? null, name };
  }

  private isBefore(word: string): boolean {
    const { parts } = this;
    if (this.condition && (word === 'not' || word === 'exists')) {
      this.condition = word === 'not';
      return true;
    }
    const condition = word === 'not' || word === 'exists';
    if (condition && this.plain && !this.expects && parts.length === 1 && parts[0] === 'if') {
      this.parts = [];
      this.expects = true;
      this.condition = word === 'not';
      return true;
    }
    // CREATE SCHEMA AUTHORIZATION makes a schema with the name of the role.
    return this.isSchema && parts.length === 0 && word === 'authorization';
  }
}

/** Decodes `\0441` and `\+01F600` in a `U&"…"`. */
function unescape(text: string): string {
  return text.replace(
    /\\(?:\\|([\da-f]{4})|\+([\da-f]{6}))/gi,
    (whole, four?: string, six?: string) => {
      const code = Number.parseInt(four ?? six ?? '', 16);
      if (Number.isNaN(code)) return '\\';
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
