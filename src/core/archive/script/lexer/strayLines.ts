import { NEWLINE } from './sqlBytes';
import { STATEMENT_WORDS } from './sqlWords';

const COLON = 58;
const SEMICOLON = 59;
const SPACE = 32;
const OPEN_BRACKET = 91;
const LONGEST_WORD = 64;

/** Tools whose messages can get into their output (`2>&1`); text may be cut off before the name. */
const TOOLS = [Buffer.from('pg_dumpall'), Buffer.from('pg_dump')];
/** Beginning of a message of pg_dump, within rows. */
const MESSAGE_MARK = Buffer.from('pg_dump');
/** Number of bytes that are needed to recognise a message's beginning. */
export const MARK_LENGTH = 16;

/** Place of a word in a piece of a script. */
interface WordPlace {
  start: number;
  end: number;
  /** End of the piece. */
  to: number;
  /** The script ends with the piece. */
  last: boolean;
  /** The word is within a statement. */
  inStatement: boolean;
  /** The word is before the first statement, after the end of a dump, or after a message. */
  outside: boolean;
}

/**
 * The end of a line that is not SQL: a message of pg_dump, which differs from every statement, or,
 * outside of dumps, the output of another program (kubectl, ssh). 0 = the line is SQL; -1 = more
 * bytes are needed.
 */
export function endOfStray(b: Buffer, place: WordPlace): number {
  const { start, end, to, last, inStatement, outside } = place;
  let message = false;
  if (b[end] === COLON && end < to && endsAsTool(b, start, end)) {
    if (end + 1 >= to && !last) return -1;
    message = end + 1 >= to || b[end + 1] === SPACE || b[end + 1] === NEWLINE;
  }
  if (!message && (inStatement || !outside || isStatementWord(b, start, end))) return 0;
  const found = b.indexOf(NEWLINE, end);
  const lineEnd = found < 0 || found >= to ? to : found;
  if (lineEnd === to && !last) return -1;
  // This may be a statement with an error, which psql will report.
  if (!message && b.subarray(start, lineEnd).includes(SEMICOLON)) return 0;
  return lineEnd;
}

/** Can a line that is not SQL begin with this byte (not part of a word)? */
export function beginsStray(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || byte === OPEN_BRACKET;
}

function endsAsTool(b: Buffer, start: number, end: number): boolean {
  return TOOLS.some(
    (tool) =>
      end - tool.length >= start && b.compare(tool, 0, tool.length, end - tool.length, end) === 0,
  );
}

function isStatementWord(b: Buffer, start: number, end: number): boolean {
  const word = b.toString('latin1', start, Math.min(end, start + LONGEST_WORD));
  return STATEMENT_WORDS.has(word.toLowerCase());
}

/** Positions within rows at which messages of pg_dump seem to begin. */
export function messagesIn(b: Buffer, from: number, to: number): number[] {
  const found: number[] = [];
  // Ends where the rows end, because other rows may follow, which are searched separately.
  const looked = b.subarray(0, Math.min(b.length, to + MARK_LENGTH));
  let at = to > from ? looked.indexOf(MESSAGE_MARK, from) : -1;
  for (; at >= 0 && at < to; at = looked.indexOf(MESSAGE_MARK, at + 1)) {
    const text = looked.toString('latin1', at, at + MARK_LENGTH);
    if (/^pg_dump(?:all)?: /.test(text)) found.push(at);
  }
  return found;
}
