import { StatementReach } from '../reach/statementReach';
import { isSafeEncoding } from '../reach/reachNames';
import { SqlLexer } from '../script/lexer/sqlLexer';
import { noEvents } from '../script/lexer/sqlEvents';
import { openFileSource } from '../bytes/byteSource';
import { CooperativeLoop } from '../bytes/cooperativeLoop';
import { TextWindow } from '../toc/textWindow';
import type { Toc } from '../toc/toc';
import type { Reach, TextSpan } from '../../model/archive';

/** Longest text that is searched; a longer one counts as suspicious. */
const MAX_TEXT = 64 << 20;

/** Is it a subscription, or a comment or label of one? */
export function isOfSubscription(toc: Toc, i: number): boolean {
  const desc = toc.desc(i);
  if (desc.startsWith('SUBSCRIPTION')) return true;
  const about = desc === 'COMMENT' || desc === 'SECURITY LABEL';
  return about && toc.tag(i).startsWith('SUBSCRIPTION ');
}

/**
 * What the statements of an archive's table of contents reach beyond the database that they are
 * restored into: pg_restore sends them as they stand there, whoever wrote them. Rows are not looked
 * at. In slices.
 *
 * @param leftOut entries that will not be restored, besides those that never are
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function reachOfArchive(
  toc: Toc,
  leftOut: (i: number) => boolean = () => false,
  signal?: AbortSignal,
): Promise<Reach[]> {
  const reach = new StatementReach();
  /** Index of the entry that has the first of each. */
  const entries: number[] = [];
  const loop = new CooperativeLoop(signal, 64);
  const source = await openFileSource(toc.file);
  const texts = new TextWindow(source);
  try {
    if (toc.encoding !== null && !isSafeEncoding(toc.encoding)) {
      reach.note('unjudged', `SET client_encoding = ${toc.encoding.toUpperCase()}`, 0);
      entries.push(-1);
    }
    for (let i = 0; i < toc.count; i++) {
      if (loop.shouldYield) await loop.yield();
      if (!toc.isListed(i) || leftOut(i)) continue;
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

/** Dropping a subscription before creating it needs no mention. */
function textsOf(toc: Toc, i: number): (TextSpan | null)[] {
  const drop = isOfSubscription(toc, i) ? null : toc.dropStatement(i);
  return [toc.definition(i), drop, toc.copyStatement(i)];
}

/** Each text is sent separately: an open string at its end does not continue in the next one. */
function judge(reach: StatementReach, text: Buffer): void {
  const lexer = new SqlLexer(noEvents, reach);
  lexer.scan({ bytes: text, base: 0, last: true }, 0);
  lexer.finish(text.length);
}

function nameOf(toc: Toc, i: number): string {
  const schema = toc.schema(i);
  return `${toc.desc(i)} ${schema === null ? '' : `${schema}.`}${toc.tag(i)}`;
}
