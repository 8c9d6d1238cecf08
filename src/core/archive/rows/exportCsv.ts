import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { outputNotWritable } from '../../errors';
import { followLink } from '../../files/followLink';
import { writePiecesAtomically } from '../../files/writeAtomically';
import { throwIfCancelled } from '../../abort';
import { CopyDecoder } from './copyText';
import { CsvWriter } from './csvWriter';
import { numbered } from './dataPreview';
import type { ArchiveDocument, ReadOptions } from '../document/documentTypes';
import { InsertParser } from './insertText';
import { CooperativeLoop } from '../../cooperativeLoop';
import { openTableData, type TableData } from './tableData';
import { textDecoder, type PieceDecoder } from './textDecoder';

export interface ExportOptions extends ReadOptions {
  /**
   * Put `'` before values that a spreadsheet would read as formulas, so that opening the file runs
   * none. Off by default, because it changes the data.
   */
  forSpreadsheets?: boolean | undefined;
  /** Called with the unpacked bytes that were read and the rows that were written so far. */
  onProgress?: ((progress: { bytes: number; rows: number }) => void) | undefined;
}

export interface ExportResult {
  rows: number;
  /** Size of the CSV file in bytes. */
  bytes: number;
}

/** Writes CSV text; resolves when it has been written. */
type Output = (bytes: Buffer) => Promise<void>;

/**
 * Writes all rows of a table as CSV: RFC 4180, UTF-8, with a header row; NULL is an empty field, an
 * empty string is `""`. Uses constant memory. A file is written under a temporary name and renamed
 * when it is complete; it replaces an existing file (links are followed). A stream is written to,
 * but not ended. Values are not changed, except with `forSpreadsheets`.
 * @throws AppError as `openTableData`, and `outputNotWritable`; damaged data give an error and no file
 */
export async function exportTableCsv(
  document: ArchiveDocument,
  id: number,
  target: string | Writable,
  options: ExportOptions = {},
): Promise<ExportResult> {
  const data = await openTableData(document, id, {
    signal: options.signal,
    onSearch: (bytes) => options.onProgress?.({ bytes, rows: 0 }),
  });
  if (typeof target !== 'string') return writeCsv(data, toStream(target), options);
  const place = await followLink(target).catch((e: unknown) => {
    throw outputNotWritable(target, e);
  });
  return toFile(place, (output) => writeCsv(data, output, options));
}

function toStream(stream: Writable): Output {
  return (bytes) =>
    new Promise((resolve, reject) => {
      stream.write(bytes, (e) => {
        if (e) reject(e);
        else resolve();
      });
    });
}

async function toFile(
  target: string,
  write: (output: Output) => Promise<ExportResult>,
): Promise<ExportResult> {
  const id = randomBytes(6).toString('hex');
  const partial = path.join(path.dirname(target), `.${id}.pgbackup-${id}.partial`);
  /** An error in the archive, as opposed to the output file. */
  let readError: unknown;
  const writePieces = async (file: FileHandle): Promise<ExportResult> => {
    const output: Output = async (bytes) => {
      try {
        // A write may accept only a part of the bytes.
        for (let at = 0; at < bytes.length;) {
          at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
        }
      } catch (error) {
        throw outputNotWritable(target, error);
      }
    };
    try {
      return await write(output);
    } catch (error) {
      readError = error;
      throw error;
    }
  };
  try {
    return await writePiecesAtomically(target, writePieces, { partial, mode: 0o666, sync: true });
  } catch (error) {
    throw error === readError ? error : outputNotWritable(target, error);
  }
}

/** Unpacked pieces can have megabytes, so they are processed in slices of this size. */
const SLICE_SIZE = 256 << 10;

async function writeCsv(
  data: TableData,
  output: Output,
  options: ExportOptions,
): Promise<ExportResult> {
  const decoder = textDecoder(data.encoding);
  const recoded = data.style === 'copy' && !decoder.sameBytes;
  const writer = new CsvWriter(
    recoded ? (bytes) => Buffer.from(decoder.push(bytes), 'utf8') : null,
    options.forSpreadsheets,
  );
  if (data.columns !== null) writer.header(data.columns);
  const loop = new CooperativeLoop(options.signal);
  let bytes = 0;
  let written = 0;
  const flush = async (): Promise<void> => {
    const csv = writer.take();
    if (csv.length === 0) return;
    written += csv.length;
    await output(csv);
  };
  /** Passes slices of the rows to `use`, which returns how much it used; using less ends the loop. */
  const feed = async (use: (slice: Buffer) => number): Promise<void> => {
    for await (const piece of data.pieces) {
      for (let at = 0; at < piece.length; at += SLICE_SIZE) {
        const slice = piece.subarray(at, at + SLICE_SIZE);
        const used = use(slice);
        bytes += used;
        throwIfCancelled(options.signal);
        await flush();
        options.onProgress?.({ bytes, rows: writer.rows });
        if (loop.shouldYield) await loop.yield();
        if (used < slice.length) return;
      }
    }
  };
  if (data.style === 'copy') {
    const copy = new CopyDecoder(writer, data.encoding);
    await feed((slice) => copy.push(slice));
    copy.finish();
  } else {
    const parser = new InsertParser();
    await feed((slice) => {
      parser.push(decoder.push(slice));
      writeRows(parser, writer, decoder, false);
      return slice.length;
    });
    parser.push(decoder.finish());
    writeRows(parser, writer, decoder, true);
  }
  // A table without rows gets a header row at least.
  if (writer.rows === 0) writer.header(data.columns ?? []);
  await flush();
  options.onProgress?.({ bytes, rows: writer.rows });
  return { rows: writer.rows, bytes: written };
}

function writeRows(
  parser: InsertParser,
  writer: CsvWriter,
  decoder: PieceDecoder,
  last: boolean,
): void {
  for (let row = parser.next(last); row !== null; row = parser.next(last)) {
    if (writer.rows === 0) writer.header(parser.columns ?? numbered([row]));
    for (const cell of row) {
      if (cell !== null) {
        const value = decoder.encode(cell);
        writer.bytes(value, 0, value.length);
      }
      writer.endField(cell === null);
    }
    writer.endRow();
  }
}
