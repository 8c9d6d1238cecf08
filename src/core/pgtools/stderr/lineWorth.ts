import type { LineWorth } from '../../lineBacklog';
import { parseLine } from './parseLine';
import type { ToolEvent } from './toolEvents';
import { hasLostPrefix } from './tornLines';

/**
 * Any line that tells of trouble has one of these, wherever two workers have torn it. Progress, which
 * is mostly all of a flow, is told by this search at once.
 */
const MAY_TELL = /(?:error|fatal|warning|detail|hint): |from TOC entry |^(?:psql|Command was: )/;
/** A message behind another worker's line that lacks its line break; names rarely look like it. */
const TORN_IN =
  /(?:pg_dump|pg_restore|pg_dumpall)(?:\.exe)?: ?(?:(?:error|fatal|warning): |from TOC entry \d)/;
const TROUBLE: ReadonlySet<ToolEvent['type']> = new Set([
  'error',
  'more',
  'sql',
  'warning',
  'tocEntry',
  'errorsIgnored',
]);
/** With these begin nearly all lines of a tool. */
const PREFIX = /^(?:pg_|psql)/;
/** `DETAIL:  …` in any language, `LINE 1: …`, and what is indented below them. */
const SERVER_MORE = /^(?:\s|$|\p{Lu}[\p{L} ]{1,29}:\s\s|LINE \d+: )/u;

/** What a line that is one of too many is worth to somebody who follows the tool. */
export function lineWorth(line: string): LineWorth {
  if (MAY_TELL.test(line) && tellsOfTrouble(line)) return 'trouble';
  if (PREFIX.test(line) || hasLostPrefix(line)) return 'usual';
  return SERVER_MORE.test(line) ? 'more' : 'other';
}

function tellsOfTrouble(line: string): boolean {
  return TORN_IN.test(line) || parseLine(line).some(({ type }) => TROUBLE.has(type));
}
