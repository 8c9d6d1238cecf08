/**
 * What spreadsheets take for the beginning of a formula, by the list of OWASP ("CSV Injection"): `=`,
 * `+`, `-`, `@`, tab, and line ends.
 */
const FIRST = new Set([...'=+-@\t\r\n'].map((character) => character.charCodeAt(0)));
/** The full-width forms of the same, which some versions take for them too: `＝`, `＋`, `－`, `＠`. */
const FIRST_WIDE = ['＝', '＋', '－', '＠'].map((character) => Buffer.from(character));
/**
 * Numbers are left unmarked: a mark would turn them into text. Longer ones are not meant as
 * numbers.
 */
const NUMBER = /^[+-]\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const MAX_NUMBER = 100;

/** The character that makes spreadsheets take what is behind it for text. */
export const TEXT_MARK = "'";

/**
 * Would a spreadsheet take a value for a formula? `value`: its bytes, or the beginning of them, in
 * UTF-8 (or any encoding that has ASCII in it: the full-width forms are then not known).
 */
export function looksLikeFormula(value: Buffer): boolean {
  const [first] = value;
  if (first === undefined) return false;
  if (FIRST.has(first)) {
    return value.length > MAX_NUMBER || !NUMBER.test(value.toString('latin1'));
  }
  return FIRST_WIDE.some((wide) => value.subarray(0, wide.length).equals(wide));
}
