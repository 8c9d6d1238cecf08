/**
 * SQL in printable ASCII, which is the same in every client encoding of a script. It needs
 * `standard_conforming_strings`, which all scripts of pg_dump set.
 */
import { quoteIdentifier, quoteLiteral } from '../../../sql';

/** A quoted name. */
export function asciiIdentifier(name: string): string {
  return inAscii(quoteIdentifier(name));
}

/** A quoted string. */
export function asciiLiteral(text: string): string {
  return isAscii(text) ? quoteLiteral(text) : inAscii(`'${text.replaceAll("'", "''")}'`);
}

/**
 * A statement as the server formats it (`%I`, `%L`, `pg_get_constraintdef`): what stands in quotes
 * is written in ASCII. Names without quotes are ASCII anyway.
 */
export function asciiStatement(statement: string): string {
  return statement.replace(/E'(?:[^'\\]|''|\\[^])*'|(["'])(?:(?!\1)[^]|\1\1)*\1/g, (quoted) =>
    quoted.startsWith('E') ? inEscapes(quoted) : inAscii(quoted),
  );
}

/** A string that has escapes of its own. */
function inEscapes(quoted: string): string {
  return escaped(quoted, '\\U', 8);
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

/** What is in quotes, with Unicode escapes where it is not ASCII. */
function inAscii(quoted: string): string {
  if (isAscii(quoted)) return quoted;
  return `U&${escaped(quoted.replaceAll('\\', '\\\\'), '\\+', 6)}`;
}

/** With each character beyond ASCII as `begin` and so many hexadecimal digits. */
function escaped(text: string, begin: string, digits: number): string {
  return [...text]
    .map((character) => {
      if (isAscii(character)) return character;
      return `${begin}${(character.codePointAt(0) ?? 0).toString(16).padStart(digits, '0')}`;
    })
    .join('');
}
