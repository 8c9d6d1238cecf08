import { openFileSource } from '../bytes/byteSource';
import { entryLoop } from '../../cooperativeLoop';
import { TextWindow } from './textWindow';
import type { Toc } from './toc';

/**
 * Storage parameters for the server's internal use that pg_dump of another release writes into
 * definitions. Other servers refuse such a definition (measured: server 17.12 dumped by pg_dump
 * 18.6).
 */
export const INTERNAL_PARAMETERS: readonly string[] = ['pg_attver'];

/** Types of entries whose columns have storage parameters. */
const WITH_COLUMNS: ReadonlySet<string> = new Set([
  'TABLE',
  'FOREIGN TABLE',
  'VIEW',
  'MATERIALIZED VIEW',
]);

/**
 * Does one of these entries set such a parameter? pg_dump of the server's own release writes none, so
 * definitions are read only if the releases differ.
 *
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function setsInternalParameters(
  toc: Toc,
  indexes: Iterable<number>,
  signal: AbortSignal,
): Promise<boolean> {
  const { serverVersion, pgDumpVersion } = toc.header;
  if (serverVersion === pgDumpVersion) return false;
  const loop = entryLoop(signal);
  const marks = INTERNAL_PARAMETERS.map((name) => Buffer.from(`${name}=`));
  const source = await openFileSource(toc.file);
  try {
    const texts = new TextWindow(source);
    for (const i of indexes) {
      if (loop.shouldYield) await loop.yield();
      const span = WITH_COLUMNS.has(toc.desc(i)) ? toc.definition(i) : null;
      if (span === null || span.length === 0) continue;
      const text = await texts.read(span);
      if (marks.some((mark) => text.includes(mark))) return true;
    }
    return false;
  } finally {
    await source.close();
  }
}
