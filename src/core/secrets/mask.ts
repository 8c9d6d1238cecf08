import { AppError } from '../errors';
import { COMMAND_WORDS } from './commandSecrets';
import { SecretFinder } from './secretFinder';
import { MASK, SECRET_CALL, SECRET_NAME, VERIFIER } from './secretWords';
import { sqlConstants, type SqlConstant } from './sqlTexts';
import type { Range } from './urlSecrets';

/** Text that replaces a secret. */
export type MaskFor = (secret: string) => string;

/** `text` with something else in place of the ranges, which are in order and apart. */
export function replaced(text: string, ranges: readonly Range[], maskFor: MaskFor): string {
  let result = '';
  let at = 0;
  for (const { start, end } of ranges) {
    result += text.slice(at, start) + maskFor(text.slice(start, end));
    at = end;
  }
  return result + text.slice(at);
}

const fixed: MaskFor = () => MASK;

/**
 * Every text that one of the patterns below matches has one of these: one cheap search, which is all
 * that most lines of a tool need. `unit/secrets/hints` compares it with the patterns.
 */
const HINTS =
  /:\/\/|pass|pwd|secret|token|credential|identified|key|u&"|crypt|md5|scram-|eyj|gh[opsur]_|github_pat|glpat-|xox|k_(?:live|test)|npm_|aiza|-[uap]|-[\w-]{0,40}(?:user|auth)|authorization|auth=|bearer|:(?:\d{2,5}|\*):/i;

/** May there be a secret at all? Most texts have none, and are not searched further. */
function isSuspicious(text: string): boolean {
  if (!HINTS.test(text)) return false;
  if (text.includes('://')) return true;
  return [SECRET_NAME, SECRET_CALL, VERIFIER, COMMAND_WORDS].some(
    (pattern) => text.search(pattern) >= 0,
  );
}

/**
 * A text without its secrets: an error, a line of output, a name. In doubt, text is hidden. For
 * output that comes line by line: `pgtools/stderr/messageMasker.ts`.
 */
export function maskSecrets(text: string): string {
  if (!isSuspicious(text)) return text;
  return replaced(text, new SecretFinder({ lenient: true }).next(text), fixed);
}

/**
 * Whole statements without their secrets, for reading; nothing that runs is made of it. Knows what
 * is a string constant and what is not, so that it leaves everything else as it is.
 */
export function maskSql(sql: string, maskFor: MaskFor = fixed): string {
  if (!isSuspicious(sql)) return sql;
  const constants = sqlConstants(sql);
  const finder = new SecretFinder({
    opens: (quotes) => !endsConstant(sql, constants, quotes),
    conninfoEnd: (at) => {
      const constant = innermost(constants, at);
      if (constant?.body === false) return constant.contentEnd;
      return /\w=$/.test(sql.slice(Math.max(0, at - 2), at)) ? sql.length : null;
    },
  });
  return replaced(sql, finder.next(sql), maskFor);
}

/** Do the quotes at `at` end the constant that they are in? When in doubt they begin another. */
function endsConstant(sql: string, constants: readonly SqlConstant[], at: number): boolean {
  const around = innermost(constants, at);
  if (around === null || around.inBody || around.start >= at || sql[at] !== "'") return false;
  let after = at;
  while (sql[after] === "'") after++;
  return after === around.end && (after - at) % 2 === 1 && /^[\s;,)\]:|]?$/.test(sql.charAt(after));
}

/** The constant that holds a place. Bodies alone hold others, and those come behind them. */
function innermost(constants: readonly SqlConstant[], at: number): SqlConstant | null {
  let low = 0;
  let high = constants.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((constants[middle]?.start ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  const last = constants[low - 1];
  return last !== undefined && last.end > at ? last : null;
}

/** A copy of a value in plain JSON, with the secrets in its strings masked. */
export function maskStrings<T extends object>(value: T): T {
  const mask = (_key: string, part: unknown): unknown =>
    typeof part === 'string' ? maskSecrets(part) : part;
  return JSON.parse(JSON.stringify(value, mask)) as T;
}

/** Copy of the error without secrets in its details, which go to logs and pages. */
export function maskError(error: AppError): AppError {
  const details = Object.fromEntries(
    Object.entries(error.details).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'string' ? maskSecrets(value) : value,
    ]),
  );
  if (Object.entries(error.details).every(([name, value]) => details[name] === value)) return error;
  return new AppError(error.code, details as typeof error.details, { cause: error.cause });
}
