/** Character classes of psql. */

/** Tokens that a byte can begin outside of strings and comments. */
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

/** Kinds of tokens that are one byte long and part of a statement. */
export type SignKind = Kind.Skip | Kind.Open | Kind.Close | Kind.Punctuation;

/** `Kind` by byte. */
export const kinds = new Uint8Array(256).fill(Kind.Skip);
/** 1 for bytes that an identifier can go on with. */
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

/** Short strings are found faster without a call into native code, long ones with one. */
export function indexOfByte(b: Buffer, byte: number, from: number, to: number): number {
  const near = Math.min(to, from + 64);
  for (let i = from; i < near; i++) if (b[i] === byte) return i;
  return near < to ? b.indexOf(byte, near) : -1;
}

/** Where the identifier ends that goes on at `from`. */
export function endOfIdentifier(bytes: Buffer, from: number): number {
  let end = from;
  while (end < bytes.length && IS_IDENT[bytes[end]!] === 1) end++;
  return end;
}

/** As in psql, a carriage return alone ends a comment too; one before the line's end is part of that. */
export function endOfComment(b: Buffer, start: number, end: number): number {
  for (let i = start; i < end - 1; i++) if (b[i] === CARRIAGE_RETURN) return i;
  return end;
}

/** The first byte that is not blank, or -1. */
export function firstPrinting(b: Buffer, start: number, end: number): number {
  for (let i = start; i < end; i++) if (kinds[b[i]!] !== Kind.Space) return i;
  return -1;
}

/** The quote that ends an identifier or a string, its doubled quotes passed over; -1 = not there. */
export function endOfQuoted(b: Buffer, quote: number, from: number, to: number): number {
  let end = indexOfByte(b, quote, from, to);
  while (end >= 0 && end + 1 < to && b[end + 1] === quote) {
    end = indexOfByte(b, quote, end + 2, to);
  }
  return end;
}

/** Folds unquoted names as the server does in most encodings: ASCII letters only. */
export function foldCase(text: string): string {
  if (!/[A-Z]/.test(text)) return text;
  // Beyond ASCII, lower case is another matter.
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** A line without its line end. */
export function trimLine(b: Buffer, start: number, end: number): Buffer {
  return b.subarray(start, b[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
}

/** Where the line behind `\.` begins, or -1 if the line is another. */
export function endOfRows(b: Buffer, i: number, to: number, last: boolean): number {
  if (i + 1 >= to || b[i] !== BACKSLASH || b[i + 1] !== 46) return -1;
  if (i + 2 >= to) return last ? to : -1;
  if (b[i + 2] === NEWLINE) return i + 3;
  if (b[i + 2] !== CARRIAGE_RETURN) return -1;
  if (i + 3 >= to) return last ? to : -1;
  return b[i + 3] === NEWLINE ? i + 4 : -1;
}

/**
 * Where a string with backslash escapes that goes on at `from` ends, at its quote; or, as far as it
 * is certain without more bytes, where it does not.
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
      // A doubled quote continues the string; only the next byte shows it.
      if (cut && !last) return { at: i, ended: false };
      if (b[i + 1] !== 39 || cut) return { at: i, ended: true };
      i++;
    }
  }
  return { at: to, ended: false };
}

/**
 * Where a block comment that goes on at `from` ends, or how far it is certain; `depth` = how many are
 * open there.
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
