import type { OutputLine } from './lineSplitter';
import type { ToolEvent } from './toolEvents';

/**
 * What psql adds below a message with VERBOSITY=verbose, in this order, and in the language of psql,
 * which runs with LC_MESSAGES=C.
 */
const NAME = /^(?:SCHEMA|TABLE|COLUMN|DATATYPE|CONSTRAINT) NAME: {2}/;
/** `LOCATION:  parserOpenTable, parse_relation.c:1449`: the last line, told by its form in any language. */
const PLACE = /^[\p{L} ]{2,30}:\s{1,2}(?:\w+, )?[\w./\\-]+\.(?:c|cpp|h|l|y|rs):\d+$/u;

/**
 * Makes the verbose messages of psql what they are without: the SQLSTATE and the lines for developers
 * of the server are taken out of the lines; the events keep the SQLSTATE.
 */
export class PlainMessages {
  private inside: 'message' | 'names' | null = null;

  /** The line as it is shown; null = it is left out, and nothing happened. */
  plain(line: OutputLine, events: readonly ToolEvent[]): OutputLine | null {
    const [event] = events;
    if (event?.type !== 'continuation') {
      const sqlState = event && 'sqlState' in event ? event.sqlState : undefined;
      this.inside = sqlState === undefined ? null : 'message';
      return sqlState === undefined ? line : { ...line, text: withoutState(line.text, sqlState) };
    }
    if (this.inside === null) return line;
    if (PLACE.test(event.text)) {
      this.inside = null;
      return null;
    }
    if (NAME.test(event.text)) this.inside = 'names';
    // A name may have line breaks.
    return this.inside === 'names' ? null : line;
  }
}

/** The first place that looks like one may be within the name of the file. */
function withoutState(text: string, sqlState: string): string {
  const at = text.search(new RegExp(`(?<=:\\d+: \\p{L}+\\d?:\\s\\s?)${sqlState}: `, 'u'));
  return at < 0 ? text : text.slice(0, at) + text.slice(at + sqlState.length + 2);
}
