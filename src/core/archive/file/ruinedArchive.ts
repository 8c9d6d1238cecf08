import { isUtf8 } from 'node:buffer';
import type { ForeignKind } from '../../model/archive';
import { hasMagic } from '../toc/tocHeader';
import { hasOnlyPairedLineEnds } from './foreignBytes';

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Beginnings of archives and compressed files, decoded as text. */
const ARCHIVE_BEGIN = /^(?:PGDMP|toc\.dat\0|\x1f[\x8b\u2039\u00ef\ufffd]|BZh\d1AY|PK\x03\x04)/;

/**
 * Every archive contains `SET client_encoding = …;` and `SET standard_conforming_strings = …;`, each
 * of which ends with LF. If these have CR LF, the line ends were converted.
 */
const LINES_OF_ARCHIVE = 2;

/**
 * What has damaged the archive or compressed file that begins with these bytes; null = no known cause.
 * PowerShell's `>` decodes a program's output as text and writes it as UTF-16, since version 7 as
 * UTF-8, with CR LF. A terminal turns each LF into CR LF.
 */
export function ruinedArchive(head: Buffer): ForeignKind | null {
  for (const encoding of ['utf-16le', 'utf-16be']) {
    // A mark is left out.
    const text = new TextDecoder(encoding).decode(head.subarray(0, 32));
    if (ARCHIVE_BEGIN.test(text)) return 'archiveAsText';
  }
  if (head.subarray(0, 3).equals(UTF8_MARK)) {
    return ARCHIVE_BEGIN.test(head.toString('utf8', 3, 256)) ? 'archiveAsText' : null;
  }
  const archive = hasMagic(head) || head.toString('latin1', 0, 8) === 'toc.dat\0';
  if (!hasOnlyPairedLineEnds(head, archive ? LINES_OF_ARCHIVE : undefined)) return null;
  if (!archive && !ARCHIVE_BEGIN.test(head.toString('latin1', 0, 16))) {
    return ARCHIVE_BEGIN.test(head.toString('utf8', 0, 16)) ? 'archiveAsText' : null;
  }
  return isRecoded(head) ? 'archiveAsText' : 'archiveByTerminal';
}

/** Are all bytes beyond ASCII complete UTF-8 characters? Then the archive was converted as text. */
function isRecoded(head: Buffer): boolean {
  // The last character may be cut off.
  for (let cut = 0; cut < 4; cut++) {
    const part = head.subarray(0, head.length - cut);
    if (isUtf8(part)) return part.some((byte) => byte >= 0x80);
  }
  return false;
}
