/** Classes of characters, as in psql. */

/** Kinds of tokens that a byte can begin, outside of strings and comments. */
export const enum Kind {
  Skip,
  Space,
  Word,
  Quote,
  DoubleQuote,
  Dash,
  Slash,
  Dollar,
  Semicolon,
  Backslash,
  Open,
  Close,
  Punctuation,
}

/** Kinds of single-byte tokens within a statement. */
export type SignKind = Kind.Skip | Kind.Open | Kind.Close | Kind.Punctuation;

/** The `Kind` of each byte. */
export const kinds = new Uint8Array(256).fill(Kind.Skip);
/** 1 for bytes with which an identifier can continue. */
export const IS_IDENT = new Uint8Array(256);
for (let c = 0; c < 256; c++) {
  const letter = (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95 || c >= 128;
  if (letter) kinds[c] = Kind.Word;
  IS_IDENT[c] = letter || (c >= 48 && c <= 57) || c === 36 ? 1 : 0;
}
for (const c of ' \t\r\n\f\v') kinds[c.charCodeAt(0)] = Kind.Space;
for (const [c, kind] of [
  ["'", Kind.Quote],
  ['"', Kind.DoubleQuote],
  ['-', Kind.Dash],
  ['/', Kind.Slash],
  ['$', Kind.Dollar],
  [';', Kind.Semicolon],
  ['\\', Kind.Backslash],
  ['(', Kind.Open],
  [')', Kind.Close],
  ['.', Kind.Punctuation],
] as const) {
  kinds[c.charCodeAt(0)] = kind;
}

export const NEWLINE = 10;
export const CARRIAGE_RETURN = 13;
export const BACKSLASH = 92;

/** Like `indexOf`, but short distances are searched without a call into native code. */
export function indexOfByte(b: Buffer, byte: number, from: number, to: number): number {
  const near = Math.min(to, from + 64);
  for (let i = from; i < near; i++) if (b[i] === byte) return i;
  return near < to ? b.indexOf(byte, near) : -1;
}

/** End of the identifier that continues at `from`. */
export function endOfIdentifier(bytes: Buffer, from: number): number {
  let end = from;
  while (end < bytes.length && IS_IDENT[bytes[end]!] === 1) end++;
  return end;
}

/** A carriage return alone ends a comment, as in psql; before a newline it is part of the line end. */
export function endOfComment(b: Buffer, start: number, end: number): number {
  for (let i = start; i < end - 1; i++) if (b[i] === CARRIAGE_RETURN) return i;
  return end;
}

/** Position of the first byte that is not blank; -1 = none. */
export function firstPrinting(b: Buffer, start: number, end: number): number {
  for (let i = start; i < end; i++) if (kinds[b[i]!] !== Kind.Space) return i;
  return -1;
}

/** Position of the closing quote of an identifier or string; doubled quotes are skipped; -1 = none. */
export function endOfQuoted(b: Buffer, quote: number, from: number, to: number): number {
  let end = indexOfByte(b, quote, from, to);
  while (end >= 0 && end + 1 < to && b[end + 1] === quote) {
    end = indexOfByte(b, quote, end + 2, to);
  }
  return end;
}

/** Folds an unquoted name as the server does in most encodings: ASCII letters only. */
export function foldCase(text: string): string {
  if (!/[A-Z]/.test(text)) return text;
  // toLowerCase() would change other letters, too.
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The line without its line end. */
export function trimLine(b: Buffer, start: number, end: number): Buffer {
  return b.subarray(start, b[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
}

/** Start of the line after `\.`; -1 = this line is not `\.`. */
export function endOfRows(b: Buffer, i: number, to: number, last: boolean): number {
  if (i + 1 >= to || b[i] !== BACKSLASH || b[i + 1] !== 46) return -1;
  if (i + 2 >= to) return last ? to : -1;
  if (b[i + 2] === NEWLINE) return i + 3;
  if (b[i + 2] !== CARRIAGE_RETURN) return -1;
  if (i + 3 >= to) return last ? to : -1;
  return b[i + 3] === NEWLINE ? i + 4 : -1;
}

/**
 * Finds the end of a string with backslash escapes that continues at `from`; if the end is not in
 * this piece, `at` is the position up to which the string certainly continues.
 */
export function endOfEscaped(
  b: Buffer,
  from: number,
  to: number,
  last: boolean,
): { at: number; ended: boolean } {
  for (let i = from; i < to; i++) {
    const cut = i + 1 >= to;
    if (b[i] === BACKSLASH) {
      if (cut) return { at: last ? to : i, ended: false };
      i++;
    } else if (b[i] === 39) {
      // Only the next byte shows whether the quote is doubled.
      if (cut && !last) return { at: i, ended: false };
      if (b[i + 1] !== 39 || cut) return { at: i, ended: true };
      i++;
    }
  }
  return { at: to, ended: false };
}

/**
 * Finds the end of a block comment that continues at `from`, or the position up to which it certainly
 * continues; `depth`: number of comments open there.
 */
export function endOfBlockComment(
  b: Buffer,
  from: number,
  to: number,
  depth: number,
): { at: number; depth: number } {
  let open = depth;
  let i = from;
  for (; i + 1 < to; i++) {
    if (b[i] === 42 && b[i + 1] === 47) {
      i++;
      if (--open === 0) return { at: i + 1, depth: 0 };
    } else if (b[i] === 47 && b[i + 1] === 42) {
      i++;
      open++;
    }
  }
  return { at: Math.min(i, to), depth: open };
}
