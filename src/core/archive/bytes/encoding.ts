import { isUtf8 } from 'node:buffer';
import { shortAscii } from './shortAscii';
import { dictionary } from '../../dictionary';

/**
 * PostgreSQL's names of client encodings (as `SET client_encoding` in a dump has them), and the WHATWG
 * labels that decode them. A label may cover more characters than PostgreSQL's encoding. Encodings
 * without a label (EUC_TW, JOHAB, MULE_INTERNAL, …) are shown as one character per byte.
 */
const LABELS = dictionary<string>({
  BIG5: 'big5',
  EUC_CN: 'gbk',
  EUC_JIS_2004: 'euc-jp',
  EUC_JP: 'euc-jp',
  EUC_KR: 'euc-kr',
  GB18030: 'gb18030',
  GBK: 'gbk',
  ISO_8859_5: 'iso-8859-5',
  ISO_8859_6: 'iso-8859-6',
  ISO_8859_7: 'iso-8859-7',
  ISO_8859_8: 'iso-8859-8',
  KOI8R: 'koi8-r',
  KOI8U: 'koi8-u',
  LATIN2: 'iso-8859-2',
  LATIN3: 'iso-8859-3',
  LATIN4: 'iso-8859-4',
  LATIN5: 'windows-1254',
  LATIN6: 'iso-8859-10',
  LATIN7: 'iso-8859-13',
  LATIN8: 'iso-8859-14',
  LATIN9: 'iso-8859-15',
  LATIN10: 'iso-8859-16',
  SHIFT_JIS_2004: 'shift_jis',
  SJIS: 'shift_jis',
  UHC: 'euc-kr',
  WIN866: 'ibm866',
  WIN874: 'windows-874',
  WIN1250: 'windows-1250',
  WIN1251: 'windows-1251',
  WIN1252: 'windows-1252',
  WIN1253: 'windows-1253',
  WIN1254: 'windows-1254',
  WIN1255: 'windows-1255',
  WIN1256: 'windows-1256',
  WIN1257: 'windows-1257',
  WIN1258: 'windows-1258',
});

/** Decodes `bytes[start, end)`. */
export type TextDecode = (bytes: Buffer, start: number, end: number) => string;

const utf8: TextDecode = (bytes, start, end) =>
  shortAscii(bytes, start, end) ?? bytes.toString('utf8', start, end);
const latin1: TextDecode = (bytes, start, end) => bytes.toString('latin1', start, end);
/** SQL_ASCII means an unknown encoding: UTF-8 where it is valid, else one character per byte. */
const unknown: TextDecode = (bytes, start, end) =>
  shortAscii(bytes, start, end) ??
  (isUtf8(bytes.subarray(start, end))
    ? bytes.toString('utf8', start, end)
    : latin1(bytes, start, end));

/** The decoder for PostgreSQL's name of an encoding; null = unknown, treated like SQL_ASCII. */
export function decoderOf(encoding: string | null): TextDecode {
  const name = (encoding ?? 'SQL_ASCII').toUpperCase();
  if (name === 'UTF8' || name === 'UNICODE') return utf8;
  if (name === 'LATIN1') return latin1;
  const label = LABELS[name];
  if (label === undefined) return unknown;
  try {
    const decoder = new TextDecoder(label);
    return (bytes, start, end) =>
      shortAscii(bytes, start, end) ?? decoder.decode(bytes.subarray(start, end));
  } catch {
    // This build of Node lacks the encoding.
    return unknown;
  }
}

/**
 * The WHATWG label for PostgreSQL's name of an encoding, for decoding in pieces; null where no label
 * decodes every byte as PostgreSQL does (SQL_ASCII, LATIN1, encodings without a label).
 */
export function encodingLabel(encoding: string | null): string | null {
  const name = (encoding ?? 'SQL_ASCII').toUpperCase();
  if (name === 'UTF8' || name === 'UNICODE') return 'utf-8';
  return LABELS[name] ?? null;
}

/** The encoding that a `SET client_encoding = 'X';` names, or null. */
export function encodingOfSet(statement: string): string | null {
  return (
    /^\s*SET\s+client_encoding\s*(?:=|TO)\s*'?([\w-]+)'?\s*;?\s*$/i.exec(statement)?.[1] ?? null
  );
}
