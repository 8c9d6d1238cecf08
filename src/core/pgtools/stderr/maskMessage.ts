import { endingIn, openingAt } from '../../secrets/literals';
import { replaced } from '../../secrets/mask';
import { merged, SecretFinder } from '../../secrets/secretFinder';
import { MASK } from '../../secrets/secretWords';
import type { Range } from '../../secrets/urlSecrets';

/** The statement that a message is about, with its secrets still in it. */
export interface MaskedStatement {
  text: string;
  secrets: readonly Range[];
}

/** Shorter secrets are looked for between quotation marks only. */
const MIN_LENGTH = 4;
/** Quotation marks of the languages that servers speak. */
const QUOTED =
  /"([^"\n]*)"|»([^«\n]*)«|«\s?([^»\n]*?)\s?»|„([^“”\n]*)[“”]|[“”]([^“”\n]*)”|「([^」\n]*)」|'([^'\n]*)'/g;
const QUOTED_CONSTANT = /["»«„“「]\s?(?=(?:[eE]|[uU]&)?'|\$\w*\$)/g;
/** A part of the statement, cut at either end, with the line that it begins in. */
const EXCERPT = /^(LINE \d+: )(\.\.\.)?(.*?)(\.\.\.)?$/s;
const CARET = /^\s*\^\s*$/;

/**
 * The lines of a message without secrets: those that follow their names, and those that are
 * recognised by the statement, because the message quotes words of it.
 */
export function maskMessage(lines: readonly string[], statement: MaskedStatement | null): string[] {
  const masked: string[] = [];
  let prose: string[] = [];
  const flush = (): void => {
    if (prose.length > 0) masked.push(...maskProse(prose.join('\n'), statement).split('\n'));
    prose = [];
  };
  for (const line of lines) {
    const excerpt = EXCERPT.exec(line);
    if (excerpt === null && !CARET.test(line)) {
      prose.push(line);
      continue;
    }
    flush();
    masked.push(excerpt === null ? line : maskExcerpt(excerpt, statement));
  }
  flush();
  return masked;
}

function maskProse(text: string, statement: MaskedStatement | null): string {
  const ranges = new SecretFinder({ lenient: true }).next(text);
  const words = statement === null ? [] : quotableWords(statement);
  if (statement === null || words.length > 0) ranges.push(...quotedConstants(text));
  for (const word of words) {
    for (const match of text.matchAll(QUOTED)) {
      const quoted = match.slice(1).find((group) => group !== undefined) ?? '';
      const start = match.index + match[0].indexOf(quoted, 1);
      if (quoted !== '' && (word.includes(quoted) || quoted.includes(word))) {
        ranges.push({ start, end: start + quoted.length });
      }
    }
    if (word.length < MIN_LENGTH) continue;
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
      ranges.push({ start: at, end: at + word.length });
    }
  }
  return replaced(text, merged(ranges), () => MASK);
}

/** Secrets as written in the statement, and as the server quotes them. */
function quotableWords({ text, secrets }: MaskedStatement): string[] {
  const words = secrets.map(({ start, end }) => text.slice(start, end));
  const values = words.map((word) => word.replaceAll("''", "'"));
  return [...new Set([...words, ...values].map((word) => word.trim()))].filter(Boolean);
}

/** `at or near "'…'"`: without the statement, assume that it is a password. */
function quotedConstants(text: string): Range[] {
  const ranges: Range[] = [];
  for (const match of text.matchAll(QUOTED_CONSTANT)) {
    const found = openingAt(text, match.index + match[0].length);
    if (found === null) continue;
    const end = endingIn(text, found.content, found.opening)?.end ?? text.length;
    ranges.push({ start: found.content, end });
  }
  return ranges;
}

/** A part that begins in the middle may begin inside a secret: only the statement shows it. */
function maskExcerpt(
  [, head = '', left = '', middle = '', right = '']: RegExpExecArray,
  statement: MaskedStatement | null,
): string {
  const found = statement === null ? null : rangesOfPart(statement, middle);
  if (found !== null) return `${head}${left}${replaced(middle, found, () => MASK)}${right}`;
  if (left !== '') return `${head}${left}${/['$]/.test(middle) ? MASK : middle}${right}`;
  const ranges = new SecretFinder({ lenient: true }).next(middle);
  return `${head}${replaced(middle, ranges, () => MASK)}${right}`;
}

/** The secrets within a part of the statement; null when it is not part of it. */
function rangesOfPart({ text, secrets }: MaskedStatement, part: string): Range[] | null {
  // libpq writes tabs as blanks there.
  const whole = text.replaceAll('\t', ' ');
  if (part === '' || !whole.includes(part)) return null;
  const ranges: Range[] = [];
  for (let at = whole.indexOf(part); at >= 0; at = whole.indexOf(part, at + 1)) {
    for (const { start, end } of secrets) {
      const from = Math.max(0, start - at);
      const to = Math.min(part.length, end - at);
      if (from < to) ranges.push({ start: from, end: to });
    }
  }
  return merged(ranges);
}
