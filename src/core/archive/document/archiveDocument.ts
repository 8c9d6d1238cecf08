import { join } from 'node:path';
import { throwIfCancelled } from '../../abort';
import { openFileSource, type ByteSource } from '../bytes/byteSource';
import { detectFile } from '../file/detectFile';
import { scanScript } from '../script/plainScan';
import type { ScriptScan } from '../script/scriptTypes';
import { readToc } from '../file/tocReader';
import type { FileKind } from '../../model/archive';
import { refusalOf } from '../file/unreadableKind';
import type {
  ArchiveDocument,
  DocumentHeader,
  DocumentProgress,
  ReadOptions,
} from './documentTypes';
import { stampOf } from './fileStamp';
import { ScriptDocument } from './scriptDocument';
import { TocDocument } from './tocDocument';

export interface OpenDocumentOptions extends ReadOptions {
  /**
   * Called once, when the header has been read. The document can be used from then on, but still
   * grows: the entries of a script are added while it is scanned.
   */
  onHeader?: ((header: DocumentHeader, document: ArchiveDocument) => void) | undefined;
  /** Called with the bytes read, their total (0 = unknown), and the number of entries found so far. */
  onProgress?: ((progress: DocumentProgress) => void) | undefined;
  /** Result of `detectFile`, if the caller has it already. */
  kind?: FileKind | undefined;
  /** Opens a file for random access; tests count reads with it. */
  openSource?: ((path: string) => Promise<ByteSource>) | undefined;
}

/**
 * Opens a dump of any format as a document. Needs no PostgreSQL tool, starts no process, and never
 * holds the event loop for more than some 20 ms. A dump that is damaged after its beginning opens,
 * too, with `damage` set.
 * @throws AppError `inputMissing`, `inputUnreadable`, `notADump` (with the detected kind of file),
 *   `compressionUnsupported`, `archiveVersionUnsupported`, `archiveDamaged` (nothing can be read)
 *   and `cancelled`
 */
export async function openArchiveDocument(
  path: string,
  options: OpenDocumentOptions = {},
): Promise<ArchiveDocument> {
  const kind = options.kind ?? (await detectFile(path));
  throwIfCancelled(options.signal);
  switch (kind.kind) {
    case 'archive':
      return openToc(path, kind, options);
    case 'plain':
      return openScript(path, kind, options);
    case 'packed':
    case 'other':
      throw refusalOf(path, kind);
  }
}

async function openToc(
  path: string,
  kind: Extract<FileKind, { kind: 'archive' }>,
  options: OpenDocumentOptions,
): Promise<ArchiveDocument> {
  const { signal, onHeader, onProgress, openSource = openFileSource } = options;
  const stamp = await stampOf(kind.format === 'directory' ? join(path, 'toc.dat') : path);
  let document: TocDocument | null = null;
  const toc = await readToc(path, {
    kind,
    signal,
    onHeader: (_header, growing) => {
      document = new TocDocument(growing, kind, stamp, openSource);
      onHeader?.(document.header, document);
    },
    onProgress:
      onProgress &&
      ((entries, bytes) => {
        onProgress({ bytes, total: 0, entries });
      }),
  });
  document ??= new TocDocument(toc, kind, stamp, openSource);
  await document.finish(signal);
  return document;
}

async function openScript(
  path: string,
  kind: Extract<FileKind, { kind: 'plain' }>,
  options: OpenDocumentOptions,
): Promise<ArchiveDocument> {
  const { signal, onHeader, onProgress, openSource = openFileSource } = options;
  const stamp = await stampOf(path);
  let document: ScriptDocument | null = null;
  const show = (scan: ScriptScan): ScriptDocument => {
    if (document === null) {
      document = new ScriptDocument({ path, kind, stamp }, scan, openSource);
      onHeader?.(document.header, document);
    }
    return document;
  };
  const scan = await scanScript(path, {
    signal,
    compression: kind.compression,
    encoding: kind.encoding,
    onProgress: (bytes, total, growing) => {
      const shown = show(growing);
      onProgress?.({ bytes, total, entries: shown.count });
    },
  });
  const opened = show(scan);
  opened.finish();
  return opened;
}
