import { NEWLINE } from './sqlBytes';
import { STATEMENT_WORDS } from './sqlWords';

const COLON = 58;
const SEMICOLON = 59;
const SPACE = 32;
const OPEN_BRACKET = 91;
const LONGEST_WORD = 64;

/** The TOOLS whose messages come into their output by `2>&1`; what stands before may be cut. */
const TOOLS = [Buffer.from('pg_dumpall'), Buffer.from('pg_dump')];
/** How a message of pg_dump begins, in rows. */
const MESSAGE_MARK = Buffer.from('pg_dump');
/** As many bytes may be needed behind the mark's first to tell it. */
export const MARK_LENGTH = 16;

/** Where a word stands in a piece of a script. */
interface WordPlace {
  start: number;
  end: number;
  /** End of the piece. */
  to: number;
  /** There is no more behind the piece. */
  last: boolean;
  /** Within a statement. */
  inStatement: boolean;
  /** Before the first statement, behind the end of a dump or behind a message. */
  outside: boolean;
}

/**
 * Where a line ends that is no SQL: a message of pg_dump, which no statement looks like, or, outside
 * of dumps, what other programs have said (kubectl, ssh). 0 = it is none; -1 = more bytes are needed.
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
  // A statement with a wrong word is for psql to refuse.
  if (!message && b.subarray(start, lineEnd).includes(SEMICOLON)) return 0;
  return lineEnd;
}

/** Can a line that is no SQL begin with this byte, which is none of a word? */
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

/** Where messages of pg_dump seem to begin in rows. */
export function messagesIn(b: Buffer, from: number, to: number): number[] {
  const found: number[] = [];
  // Rows of another COPY may follow: they are not looked at twice.
  const looked = b.subarray(0, Math.min(b.length, to + MARK_LENGTH));
  let at = to > from ? looked.indexOf(MESSAGE_MARK, from) : -1;
  for (; at >= 0 && at < to; at = looked.indexOf(MESSAGE_MARK, at + 1)) {
    const text = looked.toString('latin1', at, at + MARK_LENGTH);
    if (/^pg_dump(?:all)?: /.test(text)) found.push(at);
  }
  return found;
}
