import { entryLoop, type CooperativeLoop } from '../cooperativeLoop';
import type { LibpqConnection } from '../connections/libpq';
import { parseAnswer, readPieces, type QueryOptions } from './psql';

const LINE_END = 0x0a;

export interface RecordsOptions extends QueryOptions {
  /** Gets the value of each row, one after the other. */
  take: (record: unknown) => void;
  loop?: CooperativeLoop | undefined;
}

/**
 * Runs one read-only query as `runQuery` does, whose every row is one JSON value, without a line end
 * in it as `json_build_object` and `json_build_array` make them of anything but rows. They are read
 * one by one, in turns: the whole answer about a large database would hold the event loop.
 *
 * @throws AppError as `runQuery`, and what `take` throws
 */
export async function eachRecord(
  psql: string,
  connection: LibpqConnection,
  sql: string,
  { take, loop, ...options }: RecordsOptions,
): Promise<void> {
  const pieces = await readPieces(psql, connection, sql, options);
  const turns = loop ?? entryLoop(options.signal);
  const takeLine = (line: Buffer): void => take(parseAnswer(line.toString('utf8')));
  /** Of the line that goes on in the next piece. */
  let begun: Buffer[] = [];
  for (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf(LINE_END); end >= 0; end = piece.indexOf(LINE_END, start)) {
      if (turns.shouldYield) await turns.yield();
      const rest = piece.subarray(start, end);
      takeLine(begun.length === 0 ? rest : Buffer.concat([...begun, rest]));
      begun = [];
      start = end + 1;
    }
    if (start < piece.length) begun.push(piece.subarray(start));
  }
  if (begun.length === 0) return;
  if (turns.shouldYield) await turns.yield();
  takeLine(Buffer.concat(begun));
}
