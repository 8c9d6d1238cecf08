import { countLines } from '../../bytes/countLines';
import type { EditedPiece } from './editScript';
import { LineMap } from './lineMap';

/** A part of a script that one psql process runs in one database. */
export interface ScriptPart {
  /** null = the database in which the script begins. */
  database: string | null;
  /** Converts line numbers of this part to those of the script; filled while `pieces` is read. */
  lines: LineMap;
  /** Must be read to the end before the next part. */
  pieces: AsyncGenerator<Buffer>;
}

/**
 * Splits a script into parts of one database each. Each part gets a psql process of its own rather
 * than a `\connect`, so that the effects of a part on psql (an open string, another client encoding)
 * end with it.
 */
export class ScriptParts {
  /** Number of the script's lines so far. */
  private lines = 0;
  private database: string | null = null;
  private ended = false;
  /** The last part was read to its end. */
  private partRead = true;

  constructor(private readonly source: AsyncGenerator<EditedPiece>) {}

  /** The parts in order; empty parts are left out. */
  async *all(): AsyncGenerator<ScriptPart> {
    while (!this.ended) {
      if (!this.partRead) throw new Error('a part of the script was left unread');
      const { database } = this;
      const lines = new LineMap(this.lines);
      const pieces = this.part(lines);
      // A part without content needs no connection, unless its database is missing, which is reported.
      const first = await pieces.next();
      if (first.done === true && database === null) continue;
      yield { database, lines, pieces: behind(first, pieces) };
    }
  }

  /** Closes the source; nothing more is read. */
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
 * The script's bytes for a single database, whatever it connects to.
 *
 * @param lines records, during reading, which lines of the script the bytes are; null = nobody asks,
 *   which saves counting them
 */
export async function* inOneDatabase(
  source: AsyncIterable<EditedPiece>,
  lines: LineMap | null = null,
): AsyncGenerator<Buffer> {
  let own = 0;
  for await (const piece of source) {
    if (Buffer.isBuffer(piece)) {
      if (lines !== null) own += countLines(piece, 0, piece.length);
      yield piece;
    } else if ('skipped' in piece) lines?.skip(own, piece.skipped);
  }
}
