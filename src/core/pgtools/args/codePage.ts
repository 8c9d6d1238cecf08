import { AppError } from '../../errors';

/**
 * On Windows the tools get their arguments in the ANSI code page, whatever the server's encoding
 * is: `Ü` arrives as a byte that is no UTF-8, and what the code page lacks as `?` (measured with
 * 18). Only ASCII is the same in all of them. Other characters can be given for files by relative
 * paths, for connections by a URI, and for patterns by regular expressions; in all other
 * arguments they are refused.
 */
const BEYOND_ASCII = /[^\0-\x7f]/u;

/** Options whose values are patterns for names of objects. */
const PATTERN_OPTION =
  /^(--(?:schema|exclude-schema|table|exclude-table|exclude-table-data|extension|exclude-extension|table-and-children|exclude-table-and-children|exclude-table-data-and-children|exclude-database|include-foreign-data)=)(.*)$/s;

/** `C:\…`, `\\server\…`, also as an option's value, and with slashes. */
const PATH = /^(?:--[a-z-]+=)?(?:[a-z]:[\\/]|[\\/]{2})/i;

/** Characters of the longest path that the tools open there: Windows' MAX_PATH without its end. */
export const LONGEST_PATH = 259;

/** Options that name the server, the user or the database; a URI can hold the same. */
const CONNECTION_OPTION = /^--(?:host|port|username|dbname)=/;

/** The first character beyond ASCII, which a code page may lack; null = none. */
export function beyondAscii(text: string): string | null {
  return BEYOND_ASCII.exec(text)?.[0] ?? null;
}

/**
 * A pattern with the same meaning in ASCII: outside of quotes, a pattern is a regular expression,
 * in which a database in UTF-8 accepts a character by its number (PostgreSQL 12 to 18).
 */
export function asciiPattern(pattern: string): string {
  // Every second piece is in quotes, where a number would be plain text, so the quotes are closed
  // before it.
  const pieces = pattern.split('"').map((piece, index) =>
    piece.replace(/[^\0-\x7f]+/gu, (text) => {
      const numbers = [...text].map(numberOf).join('');
      return index % 2 === 1 ? `"${numbers}"` : numbers;
    }),
  );
  return pieces.join('"');
}

/**
 * A character as a regular expression in ASCII. Letters outside of quotes are folded to lower case,
 * so `\U` with eight digits is not available.
 */
function numberOf(char: string): string {
  const hex = (char.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `(\\x${hex})` : `\\u${hex.padStart(4, '0')}`;
}

/** The arguments with all patterns in ASCII. */
export function withAsciiPatterns(args: readonly string[]): string[] {
  return args.map((arg) => {
    const [, option, pattern] = PATTERN_OPTION.exec(arg) ?? [];
    return option === undefined || pattern === undefined ? arg : option + asciiPattern(pattern);
  });
}

/** An argument that tools on Windows would get garbled. */
export interface Unsayable {
  argument: string;
  character: string;
}

/** The first argument that cannot be passed on Windows in any way; null = none. */
export function firstUnsayable(args: readonly string[]): Unsayable | null {
  for (const argument of args) {
    if (PATH.test(argument) || CONNECTION_OPTION.test(argument)) continue;
    const character = beyondAscii(argument);
    if (character !== null) return { argument, character };
  }
  return null;
}

/**
 * Refuses arguments that tools on Windows would get garbled.
 *
 * @throws AppError `argumentUnsayable`
 */
export function assertSayable(args: readonly string[]): void {
  const found = firstUnsayable(args);
  if (found !== null) throw new AppError('argumentUnsayable', { ...found });
}
