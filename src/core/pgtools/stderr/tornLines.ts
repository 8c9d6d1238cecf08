/*
 * Parallel workers share one stderr and write a message's prefix, text and line break one by one, so
 * that those of two workers can come mixed.
 */

/** A second message in the same line. */
const TORN_PREFIX =
  /(?:pg_dump|pg_restore): ?(?=(?:processing|launching|finished|skipping) item \d|creating [A-Z]|dumping contents of table "|processing data for table "|from TOC entry \d+; |error: (?:could not execute query|COPY failed))/;

/** Messages that lost their prefix to another worker's line. */
const LOST_PREFIX =
  /^ *(?:(?:processing|launching|finished|skipping) item \d+ |dumping contents of table "|processing data for table "|creating [A-Z][A-Z ]+ "|from TOC entry \d+; |error: (?:could not execute query|COPY failed))/;

/** Text behind `error: ` when the lines of two workers were mixed; no error begins like this. */
const TORN =
  /^(?:$|pg_restore:|(?:error|warning|detail|hint): |from TOC entry |Command was: |while |(?:connecting|disabling|enabling|entering|setting|processing|launching|finished|skipping|creating|dropping|executing|restor(?:ing|ed)) )/;

/** The messages in one line, behind its first prefix. */
export function splitTorn(text: string): string[] {
  if (!text.includes('pg_')) return text === '' ? [] : [text];
  return text.split(TORN_PREFIX).filter((part) => part !== '');
}

/** Is it a worker's message without the prefix that all messages have? */
export function hasLostPrefix(line: string): boolean {
  return LOST_PREFIX.test(line);
}

/** Is this text the rest of two mixed messages rather than an error? */
export function isTorn(text: string): boolean {
  return TORN.test(text);
}
