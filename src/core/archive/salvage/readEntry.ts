import { DecodeError } from '../bytes/byteQueue';
import { CooperativeLoop } from '../../cooperativeLoop';
import { countLines } from '../bytes/countLines';
import { endOfData } from '../data/dataEnds';
import { unpackStored, type StoredData } from '../data/storedData';
import type { Toc } from '../toc/toc';
import { TocDamage } from '../toc/tocCursor';
import type { ArchiveEntries } from './archiveEntries';

/**
 * State of an entry's data: complete; rows up to where they were cut; or nothing that can be trusted.
 * Data with changed bytes are lost, because they may unpack to wrong rows.
 */
export type EntryState = 'whole' | 'cut' | 'lost';

/** Longer than any end mark. */
const TAIL = 16;

/** Reads and unpacks all data of one entry. */
export class EntryReader {
  private readonly loop: CooperativeLoop;

  constructor(
    private readonly toc: Toc,
    private readonly entries: ArchiveEntries,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.loop = new CooperativeLoop(signal);
  }

  /** @throws AppError as reading a file */
  async state(index: number): Promise<EntryState> {
    const end = endOfData(this.toc, index);
    let tail: Buffer = Buffer.alloc(0);
    let found = false;
    let missing = false;
    let problem: EntryState = 'whole';
    try {
      const options = { signal: this.signal, onMissing: () => (missing = true) };
      for await (const data of this.entries.of(index, options)) {
        found = true;
        const onEnd = (state: EntryState): void => {
          if (problem === 'whole' || state === 'lost') problem = state;
        };
        for await (const piece of this.pieces(data, onEnd)) {
          if (end !== null) tail = Buffer.from(Buffer.concat([tail, piece]).subarray(-TAIL));
        }
      }
    } catch (error) {
      if (!(error instanceof TocDamage)) throw error;
      problem = 'lost';
    }
    const isList = this.toc.desc(index) === 'BLOBS';
    if (missing || (!found && !isList)) return 'lost';
    const endsEarly = end !== null && !isList && !tail.subarray(-end.length).equals(end);
    if (problem === 'whole' && !endsEarly) return 'whole';
    const isCopy = (this.toc.copyStatement(index)?.length ?? 0) > 0;
    return isCopy && !isList && problem !== 'lost' ? 'cut' : 'lost';
  }

  /** The unpacked data as far as they can be read; `onEnd` is called if their end was not reached. */
  async *pieces(
    data: StoredData,
    onEnd: (state: EntryState) => void = () => undefined,
  ): AsyncGenerator<Buffer> {
    try {
      const stored = { ...data, pieces: this.stored(data, onEnd) };
      for await (const piece of unpackStored(stored, this.signal)) {
        yield piece;
        if (this.loop.shouldYield) await this.loop.yield();
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      onEnd(error.endsEarly ? 'cut' : 'lost');
    }
  }

  /** The stored bytes; a truncated file simply ends them, so that everything before is unpacked. */
  private async *stored(
    { pieces, size }: StoredData,
    onEnd: (state: EntryState) => void,
  ): AsyncGenerator<Buffer> {
    let read = 0;
    try {
      for await (const piece of pieces) {
        read += piece.length;
        yield piece;
      }
    } catch (error) {
      if (!(error instanceof TocDamage)) throw error;
      const { size: fileSize } = this.entries;
      const atEnd = fileSize !== null && error.offset + this.toc.sizes.int + 1 >= fileSize;
      onEnd(atEnd ? 'cut' : 'lost');
      return;
    }
    if (size !== undefined && read < size) onEnd('cut');
  }
}

const NEWLINE = 10;
const MARK_LINE = Buffer.from('\\.\n');
const END_OF_ROWS = Buffer.from('\n\\.\n');
const END_OF_COPY = Buffer.from('\\.\n\n\n');

/** COPY rows up to the last complete one, followed by an end mark; `onRows` gets their number. */
export async function* completeRows(
  pieces: AsyncGenerator<Buffer>,
  onRows: (rows: number) => void,
): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    rest = bytes.subarray(end);
    const rows = beforeMark(bytes.subarray(0, end));
    if (rows.length > 0) yield rows;
    onRows(countLines(rows, 0, rows.length));
    if (rows.length < end) break;
  }
  yield END_OF_COPY;
}

/** The lines before the end mark, which can exist even if the data are cut after it. */
function beforeMark(lines: Buffer): Buffer {
  if (lines.subarray(0, MARK_LINE.length).equals(MARK_LINE)) return lines.subarray(0, 0);
  const at = lines.indexOf(END_OF_ROWS);
  return at < 0 ? lines : lines.subarray(0, at + 1);
}
