import { join } from 'node:path';
import { AppError } from '../../errors';
import { openFileSource } from '../bytes/byteSource';
import { detectFile } from './detectFile';
import { readTocFrom, type TocOptions } from './readTocFrom';
import { refusalOf } from './unreadableKind';
import { findTarMember } from './tarMembers';
import type { Toc } from '../toc/toc';
import type { FileKind } from '../../model/archive';

export interface ReadTocOptions extends TocOptions {
  /** Result of `detectFile`, if the caller has it already. */
  kind?: FileKind | undefined;
}

/**
 * Reads the table of contents of an archive of any format. If it is damaged, the entries before the
 * damage are returned, and `damage` says where it is. Names are decoded in the dump's encoding;
 * definitions stay in the file. Never blocks the event loop for more than a few ms.
 * @throws AppError `inputMissing`, `inputUnreadable`, `notADump`, `archiveDamaged` (even the header
 *   is unreadable), `archiveVersionUnsupported`, `cancelled`
 */
export async function readToc(path: string, options: ReadTocOptions = {}): Promise<Toc> {
  const kind = options.kind ?? (await detectFile(path));
  if (kind.kind !== 'archive') {
    throw kind.kind === 'plain'
      ? new AppError('notADump', { path, looksLike: 'plain' })
      : refusalOf(path, kind);
  }
  const file = kind.format === 'directory' ? join(path, 'toc.dat') : path;
  const source = await openFileSource(file);
  try {
    let start = 0;
    let end = source.size;
    if (kind.format === 'tar') {
      const member = await findTarMember(source, 'toc.dat');
      if (member === null) throw new AppError('notADump', { path, looksLike: 'tar' });
      start = member.offset;
      end = Math.min(source.size, member.offset + member.size);
    }
    return await readTocFrom(source, { path, file, container: kind.format, start, end }, options);
  } finally {
    await source.close();
  }
}
