import { entryLoop, type CooperativeLoop } from '../cooperativeLoop';
import type { LibpqConnection } from '../connections/libpq';
import { parseAnswer, readAnswer, type QueryOptions } from './psql';

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
  const answer = await readAnswer(psql, connection, sql, options);
  const turns = loop ?? entryLoop(options.signal);
  for (let start = 0; start < answer.length;) {
    if (turns.shouldYield) await turns.yield();
    const end = answer.indexOf('\n', start);
    const stop = end < 0 ? answer.length : end;
    take(parseAnswer(answer.slice(start, stop)));
    start = stop + 1;
  }
}
