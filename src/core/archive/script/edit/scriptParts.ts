import { countLines } from '../../bytes/countLines';
import type { EditedPiece } from './editScript';
import { LineMap } from './lineMap';

/** The part of a script that one psql runs in one database. */
export interface ScriptPart {
  /** null = the one that the script begins in. */
  database: string | null;
  /** Which lines of the script its lines are; filled while its pieces are read. */
  lines: LineMap;
  /** Has to be read to its end before the next part. */
  pieces: AsyncGenerator<Buffer>;
}

/**
 * A script, piece by piece, as the parts that run in one database each. No psql is ever told to
 * connect to another one: whatever a part did to its psql (an open string, another client encoding)
 * ends with it.
 */
export class ScriptParts {
  /** Lines of the script so far. */
  private lines = 0;
  private database: string | null = null;
  private ended = false;
  /** The last returned part was read to its end. */
  private partRead = true;

  constructor(private readonly source: AsyncGenerator<EditedPiece>) {}

  /** The parts in their order; those without anything in them are left out. */
  async *all(): AsyncGenerator<ScriptPart> {
    while (!this.ended) {
      if (!this.partRead) throw new Error('a part of the script was left unread');
      const { database } = this;
      const lines = new LineMap(this.lines);
      const pieces = this.part(lines);
      // An empty part for a database needs no connection, unless the database is missing, which is
      // reported.
      const first = await pieces.next();
      if (first.done === true && database === null) continue;
      yield { database, lines, pieces: behind(first, pieces) };
    }
  }

  /** Ends the source: nothing more is read. */
  async close(): Promise<void> {
    this.ended = true;
    await this.source.return(undefined);
  }

  private async *part(lines: LineMap): AsyncGenerator<Buffer> {
    this.partRead = false;
    let own = 0;
    for (;;) {
      const next = await this.source.next();
      if (next.done === true) {
        this.ended = this.partRead = true;
        return;
      }
      const { value } = next;
      if (Buffer.isBuffer(value)) {
        const count = countLines(value, 0, value.length);
        this.lines += count;
        own += count;
        yield value;
      } else if ('skipped' in value) {
        this.lines += value.skipped;
        lines.skip(own, value.skipped);
      } else {
        this.database = value.connectTo ?? this.database;
        this.partRead = true;
        return;
      }
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

/**
 * The bytes of a script that stays in one database, wherever it connects.
 *
 * @param lines is told which lines of the script they are, while they are read
 */
export async function* inOneDatabase(
  source: AsyncIterable<EditedPiece>,
  lines: LineMap = new LineMap(),
): AsyncGenerator<Buffer> {
  let own = 0;
  for await (const piece of source) {
    if (Buffer.isBuffer(piece)) {
      own += countLines(piece, 0, piece.length);
      yield piece;
    } else if ('skipped' in piece) lines.skip(own, piece.skipped);
  }
}
