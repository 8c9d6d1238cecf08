import type { ByteSource } from '../../../archive/bytes/byteSource';
import { checkCustom } from '../../../archive/data/customBlocks';
import { detectFile } from '../../../archive/file/detectFile';
import { readTocFrom } from '../../../archive/file/readTocFrom';
import { describeArchive } from '../../../archive/inspect/backupInfo';
import { restorePlan } from '../../../archive/selection/restorePlan';
import { restoreDefaults } from '../../../forms/restore/restoreDefaults';
import type { BackupInfo } from '../../../model/archive';
import { partsOf } from '../chosenEntries';

/** Of what archives consist: pg_backup_archiver.c, `WriteInt`, `WriteStr` and `WriteToc`. */
const INT_BYTES = 4;
const NO_TEXT = -1;
/** States of an entry's data: it has none, or an offset is stored. */
const NO_DATA = 3;
const DATA_AT = 2;

/**
 * Goes once through reading an archive, on a tiny one in memory: the first run of this code takes many
 * times as long as the second. Of `file` only the kind is found out, which need not be an archive.
 *
 * @returns what was found in the tiny archive
 * @throws system errors
 */
export async function practiseReading(file: string): Promise<BackupInfo> {
  await detectFile(file);
  const { signal } = new AbortController();
  const bytes = tinyArchive();
  const source = sourceOf(bytes);
  const place = { path: file, file, container: 'custom', start: 0, end: bytes.length } as const;
  const toc = await readTocFrom(source, place, { signal });
  const structure = await checkCustom(source, toc, { signal, full: true });
  await restorePlan(
    toc,
    null,
    partsOf({ ...restoreDefaults(), connectionId: '', inputPath: file }),
  );
  return describeArchive(toc, { ...structure, totalBytes: bytes.length }, { signal });
}

function sourceOf(bytes: Buffer): ByteSource {
  return {
    size: bytes.length,
    read: async (target, position) => bytes.copy(target, 0, position),
    close: async () => undefined,
  };
}

/** As pg_dump 17 writes it, not compressed: two tables, the rows of one, and an index. */
function tinyArchive(): Buffer {
  const head = [
    ...[Buffer.from('PGDMP'), Buffer.of(1, 16, 0, INT_BYTES, 8, 1, 0)],
    ...[0, 0, 0, 1, 0, 100, 0].map(int),
    ...[text('shop'), text('17.0'), text('17.0')],
  ];
  const entries = [
    { id: 1, desc: 'ENCODING', section: 2, sql: "SET client_encoding = 'UTF8';\n", data: false },
    { id: 2, desc: 'TABLE', section: 2, sql: 'CREATE TABLE app.a (id integer);\n', data: false },
    { id: 3, desc: 'TABLE', section: 2, sql: 'CREATE TABLE app.b (id integer);\n', data: false },
    { id: 4, desc: 'TABLE DATA', section: 3, sql: '', data: true },
    { id: 5, desc: 'INDEX', section: 4, sql: 'CREATE INDEX i ON app.a (id);\n', data: false },
  ];
  const size = Buffer.concat([...head, int(entries.length), ...entries.map(entryAt(0))]).length;
  const rows = Buffer.from('1\n2\n\\.\n\n\n');
  const block = [Buffer.of(1), int(4), int(rows.length), rows, int(0)];
  return Buffer.concat([...head, int(entries.length), ...entries.map(entryAt(size)), ...block]);
}

interface TinyEntry {
  id: number;
  desc: string;
  section: number;
  sql: string;
  data: boolean;
}

const entryAt =
  (offset: number) =>
  ({ id, desc, section, sql, data }: TinyEntry): Buffer => {
    const place = Buffer.alloc(9);
    place[0] = data ? DATA_AT : NO_DATA;
    if (data) place.writeUInt32LE(offset, 1);
    return Buffer.concat([
      ...[int(id), int(data ? 1 : 0), text('1259'), text(String(id)), text('a'), text(desc)],
      ...[int(section), text(sql), text(''), text(data ? 'COPY app.a (id) FROM stdin;\n' : '')],
      ...[text('app'), text(''), text(''), int(0), text('me'), text('false')],
      ...(data || section === 4 ? [text('2')] : []),
      ...[int(NO_TEXT), place],
    ]);
  };

function int(value: number): Buffer {
  const bytes = Buffer.alloc(1 + INT_BYTES);
  bytes[0] = value < 0 ? 1 : 0;
  bytes.writeUInt32LE(Math.abs(value), 1);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int(bytes.length), bytes]);
}
