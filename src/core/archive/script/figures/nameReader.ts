import type { Named } from './objectWords';

/** In CREATE SCHEMA AUTHORIZATION, these do not tell the schema's name. */
const SESSION_ROLES = new Set(['current_user', 'current_role', 'session_user']);

/** Reads the possibly qualified name of an object, token by token. */
export class NameReader {
  private parts: string[] = [];
  private expects = true;
  /** The last part was not quoted, so it can be a keyword. */
  private plain = true;
  /** After IF: NOT EXISTS or EXISTS follows. */
  private condition = false;
  private isSchema = false;
  /** After `U&`: the quoted name contains escapes. */
  private escaped = false;

  start(isSchema: boolean): void {
    this.parts = [];
    this.expects = this.plain = true;
    this.condition = this.escaped = false;
    this.isSchema = isSchema;
  }

  /** Returns whether the word or quoted name is part of the name, or may precede it. */
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

  /** The complete name; null = none. A database before the schema is dropped. */
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
    // CREATE SCHEMA AUTHORIZATION names the schema after the role.
    return this.isSchema && parts.length === 0 && word === 'authorization';
  }
}

/** Decodes the escapes `\0441` and `\+01F600` of `U&"…"`. */
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
