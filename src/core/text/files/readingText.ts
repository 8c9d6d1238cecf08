import * as l10n from '@vscode/l10n';
import { dictionary } from '../../dictionary';

/** Parts of archives that readers name when they are damaged, in the words of the errors' details. */
const PARTS = dictionary<() => string>({
  header: () => l10n.t('header'),
  'archive version': () => l10n.t('archive version'),
  'sizes of numbers': () => l10n.t('sizes of numbers'),
  format: () => l10n.t('format'),
  compression: () => l10n.t('compression'),
  date: () => l10n.t('date'),
  'database name': () => l10n.t('database name'),
  'server version': () => l10n.t('server version'),
  'pg_dump version': () => l10n.t('pg_dump version'),
  'number of entries': () => l10n.t('number of entries'),
  'dump id': () => l10n.t('dump id'),
  'data flag': () => l10n.t('data flag'),
  'data state': () => l10n.t('data state'),
  'data offset': () => l10n.t('data offset'),
  'oid of catalog': () => l10n.t('oid of catalog'),
  oid: () => l10n.t('oid'),
  tag: () => l10n.t('tag'),
  type: () => l10n.t('type'),
  section: () => l10n.t('section'),
  definition: () => l10n.t('definition'),
  'drop statement': () => l10n.t('drop statement'),
  'COPY statement': () => l10n.t('COPY statement'),
  schema: () => l10n.t('schema'),
  tablespace: () => l10n.t('tablespace'),
  'access method': () => l10n.t('access method'),
  'relation kind': () => l10n.t('relation kind'),
  owner: () => l10n.t('owner'),
  'flag WITH OIDS': () => l10n.t('flag WITH OIDS'),
  dependencies: () => l10n.t('dependencies'),
  data: () => l10n.t('data'),
  'file name': () => l10n.t('file name'),
  'data block': () => l10n.t('data block'),
  'header of a tar member': () => l10n.t('header of a tar member'),
  'tar members': () => l10n.t('tar members'),
  'end of the tar file': () => l10n.t('end of the tar file'),
  'end of the script': () => l10n.t('end of the script'),
  zip: () => l10n.t('zip'),
  'checksum of a file in the zip': () => l10n.t('checksum of a file in the zip'),
});

/** The same of what is compressed; the method stands for `{0}`. */
const PACKED = dictionary<(method: string) => string>({
  '{0} data': (method) => l10n.t('{0} data', method),
  'end of {0} data': (method) => l10n.t('end of {0} data', method),
  'checksum of {0} data': (method) => l10n.t('checksum of {0} data', method),
  'window size of {0} data': (method) => l10n.t('window size of {0} data', method),
  '{0} head': (method) => l10n.t('{0} head', method),
  '{0} frame': (method) => l10n.t('{0} frame', method),
  '{0} frame header': (method) => l10n.t('{0} frame header', method),
  'window size of {0} frame': (method) => l10n.t('window size of {0} frame', method),
  '{0} block': (method) => l10n.t('{0} block', method),
  'size of {0} block': (method) => l10n.t('size of {0} block', method),
  'checksum of {0} block': (method) => l10n.t('checksum of {0} block', method),
  '{0} dictionary': (method) => l10n.t('{0} dictionary', method),
  'number of {0} streams': (method) => l10n.t('number of {0} streams', method),
});

const METHOD = /\b(?:lz4|zstd|gzip|xz|bzip2)\b/;

/**
 * Which part of a file was being read when it turned out to be damaged, in the reader's language; a part
 * that is not known as it is.
 *
 * @param reading as in the details of `archiveDamaged`
 */
export function readingText(reading: string): string {
  const known = PARTS[reading];
  if (known !== undefined) return known();
  const [, part, entry] = /^(.+) of entry (\d+)$/s.exec(reading) ?? [];
  if (part !== undefined) return l10n.t('{0} of entry {1}', readingText(part), entry ?? '');
  const [, member] = /^tar member (.*)$/s.exec(reading) ?? [];
  if (member !== undefined) return l10n.t('tar member {0}', member);
  const method = METHOD.exec(reading)?.[0] ?? '';
  const pattern = reading.replace(method === '' ? /$^/ : method, '{0}');
  const packed = PACKED[pattern];
  return packed === undefined ? reading : packed(method);
}
