import { StatementReach } from '../reach/statementReach';
import { isSafeEncoding } from '../reach/reachNames';
import { SqlLexer } from '../script/lexer/sqlLexer';
import { noEvents } from '../script/lexer/sqlEvents';
import { openFileSource } from '../bytes/byteSource';
import { entryLoop } from '../../cooperativeLoop';
import { TextWindow } from '../toc/textWindow';
import type { Toc } from '../toc/toc';
import { ROW_STATEMENT, type Reach, type TextSpan } from '../../model/archive';

/** A longer text is not searched, and is reported instead. */
const MAX_TEXT = 64 << 20;

/** Is it a subscription, or a comment or label of one? */
export function isOfSubscription(toc: Toc, i: number): boolean {
  const desc = toc.desc(i);
  if (desc.startsWith('SUBSCRIPTION')) return true;
  const about = desc === 'COMMENT' || desc === 'SECURITY LABEL';
  return about && toc.tag(i).startsWith('SUBSCRIPTION ');
}

/**
 * Finds statements in an archive's table of contents with effects beyond the target database:
 * pg_restore sends these statements unchanged, whoever wrote them. Rows are not examined. Does not
 * block the event loop.
 *
 * @param leftOut true for entries that will not be restored, besides those that never are
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function reachOfArchive(
  toc: Toc,
  leftOut: (i: number) => boolean = () => false,
  signal?: AbortSignal,
): Promise<Reach[]> {
  const reach = new StatementReach();
  /** For each finding, the index of the first entry that has it. */
  const entries: number[] = [];
  const loop = entryLoop(signal);
  const source = await openFileSource(toc.file);
  const texts = new TextWindow(source);
  try {
    if (toc.encoding !== null && !isSafeEncoding(toc.encoding)) {
      reach.note('unjudged', `SET client_encoding = ${toc.encoding.toUpperCase()}`, 0);
      entries.push(-1);
    }
    for (let i = 0; i < toc.count; i++) {
      if (loop.shouldYield) await loop.yield();
      if (!isSent(toc, i) || leftOut(i)) continue;
      if (!(await isAsWritten(toc, i, texts))) reach.note('unjudged', toc.desc(i), 0);
      for (const span of textsOf(toc, i)) {
        if (span === null || span.length === 0) continue;
        if (span.length > MAX_TEXT) reach.note('unjudged', toc.desc(i), 0);
        else judge(reach, await texts.read(span));
      }
      while (entries.length < reach.kinds) entries.push(i);
    }
  } finally {
    await source.close();
  }
  return reach.all.map(({ kind, statement, count }, k) => {
    const i = entries[k] ?? -1;
    return { kind, statement, count, line: null, object: i < 0 ? null : nameOf(toc, i) };
  });
}

/**
 * Is the text of an entry sent to the server? pg_restore interprets the entries for encoding and
 * strings, but sends the one for the search path unchanged (`_doSetFixedOutputState` in
 * pg_backup_archiver.c), although `-l` does not list it.
 */
function isSent(toc: Toc, i: number): boolean {
  return toc.isListed(i) || toc.desc(i) === 'SEARCHPATH';
}

/** For these types pg_restore sets the owner of whatever follows `DROP ` in the drop statement. */
const OWNED_BY_DROP = new Set([
  ...['AGGREGATE', 'FUNCTION', 'OPERATOR', 'OPERATOR CLASS', 'OPERATOR FAMILY', 'PROCEDURE'],
]);

/**
 * pg_restore builds statements from parts of some entries (`IssueCommandPerBlob`,
 * `_getObjectDescription`). Do these parts have the expected form? The parts are: the numbers of large
 * objects, line by line; the tag of a single large object; for routines and operators the drop statement
 * without its first five characters.
 */
async function isAsWritten(toc: Toc, i: number, texts: TextWindow): Promise<boolean> {
  const desc = toc.desc(i);
  if (desc === 'BLOB') return /^\d+$/.test(toc.tag(i));
  if (desc === 'BLOB METADATA') return begins(texts, toc.definition(i), /^[\d\s]*$/);
  if (!OWNED_BY_DROP.has(desc)) return true;
  return begins(texts, toc.dropStatement(i), new RegExp(`^DROP ${desc} `));
}

/** Does a text begin like this? True for a text that does not exist. */
async function begins(texts: TextWindow, span: TextSpan | null, pattern: RegExp): Promise<boolean> {
  if (span === null || span.length === 0) return true;
  return span.length <= MAX_TEXT && pattern.test((await texts.read(span)).toString('latin1'));
}

/** The texts that are sent. The drop statement of a subscription needs no report of its own. */
function textsOf(toc: Toc, i: number): (TextSpan | null)[] {
  const drop = isOfSubscription(toc, i) ? null : toc.dropStatement(i);
  return [toc.definition(i), drop, toc.copyStatement(i)];
}

/**
 * Reports rows that are statements (`pg_dump --inserts`): pg_restore sends them unchanged, and they
 * are read in full only by a trial restore. One finding, with the first entry that has such rows.
 */
export function rowStatementsOf(toc: Toc): Reach[] {
  const found = toc
    .withData()
    .filter((i) => !toc.desc(i).startsWith('BLOB') && !(toc.copyStatement(i)?.length ?? 0));
  const [first] = found;
  if (first === undefined) return [];
  const object = nameOf(toc, first);
  return [{ kind: 'unjudged', statement: ROW_STATEMENT, count: found.length, line: null, object }];
}

/** Judges each text by itself: a string that is open at its end does not continue in the next one. */
function judge(reach: StatementReach, text: Buffer): void {
  const lexer = new SqlLexer(noEvents, reach);
  lexer.scan({ bytes: text, base: 0, last: true }, 0);
  lexer.finish(text.length);
}

function nameOf(toc: Toc, i: number): string {
  const schema = toc.schema(i);
  return `${toc.desc(i)} ${schema === null ? '' : `${schema}.`}${toc.tag(i)}`;
}
