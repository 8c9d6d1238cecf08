/**
 * First characters of formulas in spreadsheets, as listed by OWASP ("CSV Injection"): `=`, `+`, `-`,
 * `@`, tab and line ends.
 */
const FIRST = new Set([...'=+-@\t\r\n'].map((character) => character.charCodeAt(0)));
/** Their full-width forms, which some versions accept as well: `＝`, `＋`, `－`, `＠`. */
const FIRST_WIDE = ['＝', '＋', '－', '＠'].map((character) => Buffer.from(character));
/**
 * Numbers get no mark, because the mark would turn them into text. Longer strings of digits are
 * unlikely to be meant as numbers.
 */
const NUMBER = /^[+-]\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const MAX_NUMBER = 100;

/** The character that makes spreadsheets treat the rest of a value as text. */
export const TEXT_MARK = "'";

/**
 * Would a spreadsheet read a value as a formula? `value`: its bytes, or their beginning, in UTF-8 or
 * another encoding that contains ASCII (where the full-width forms are not recognised).
 */
export function looksLikeFormula(value: Buffer): boolean {
  const [first] = value;
  if (first === undefined) return false;
  if (FIRST.has(first)) {
    return value.length > MAX_NUMBER || !NUMBER.test(value.toString('latin1'));
  }
  return FIRST_WIDE.some((wide) => value.subarray(0, wide.length).equals(wide));
}
