import { countLines } from '../bytes/countLines';
import type { DatabaseSwitch } from './withoutCommands';

/** The part of a script that one psql runs in one database. */
export interface ScriptPart {
  /** null = the one that the script begins in. */
  database: string | null;
  /** How many lines of the script come before it. */
  linesBefore: number;
  /** Has to be read to its end before the next part. */
  pieces: AsyncGenerator<Buffer>;
}

/**
 * A script, piece by piece, as the parts that run in one database each. No psql is ever told to
 * connect to another one: whatever a part did to its psql (an open string, another client encoding)
 * ends with it.
 */
export class ScriptParts {
  private lines = 0;
  private database: string | null = null;
  private ended = false;
  /** The last returned part was read to its end. */
  private partRead = true;

  constructor(private readonly source: AsyncGenerator<Buffer | DatabaseSwitch>) {}

  /** The parts in their order; those without anything in them are left out. */
  async *all(): AsyncGenerator<ScriptPart> {
    while (!this.ended) {
      if (!this.partRead) throw new Error('a part of the script was left unread');
      const { database, lines: linesBefore } = this;
      const pieces = this.part();
      // An empty part for a database needs no connection, unless the database is missing, which is
      // reported.
      const first = await pieces.next();
      if (first.done === true && database === null) continue;
      yield { database, linesBefore, pieces: behind(first, pieces) };
    }
  }

  /** Ends the source: nothing more is read. */
  async close(): Promise<void> {
    this.ended = true;
    await this.source.return(undefined);
  }

  private async *part(): AsyncGenerator<Buffer> {
    this.partRead = false;
    for (;;) {
      const next = await this.source.next();
      if (next.done === true) {
        this.ended = this.partRead = true;
        return;
      }
      const { value } = next;
      if (!Buffer.isBuffer(value)) {
        this.database = value.connectTo ?? this.database;
        this.partRead = true;
        return;
      }
      this.lines += countLines(value, 0, value.length);
      yield value;
    }
  }
}

async function* behind(
  first: IteratorResult<Buffer, unknown>,
  rest: AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

/** The bytes of a script that stays in one database, wherever it connects. */
export async function* inOneDatabase(
  source: AsyncIterable<Buffer | DatabaseSwitch>,
): AsyncGenerator<Buffer> {
  for await (const piece of source) if (Buffer.isBuffer(piece)) yield piece;
}
