/** What the editor does with a dump, all of it, for dumps that may be damaged. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { openArchiveDocument } from '../../../../src/core/archive/document/archiveDocument';
import { compareDocuments } from '../../../../src/core/archive/ddl/compare';
import { ScriptDocument } from '../../../../src/core/archive/document/scriptDocument';
import { previewRows } from '../../../../src/core/archive/rows/dataPreview';
import type { ArchiveDocument } from '../../../../src/core/archive/document/documentTypes';
import { ddlOf } from '../../../../src/core/archive/ddl/entryDdl';
import {
  closeSelection,
  dataOfTables,
  dependentsOf,
} from '../../../../src/core/archive/document/selection';
import { TocDocument } from '../../../../src/core/archive/document/tocDocument';
import type { ByteSource } from '../../../../src/core/archive/bytes/byteSource';
import { memorySource } from '../../../support/packed/memorySource';
import { checkCustom } from '../../../../src/core/archive/data/customBlocks';
import { ScriptScanner } from '../../../../src/core/archive/script/scriptScan';
import { readTocFrom } from '../../../../src/core/archive/file/readTocFrom';
import { AppError } from '../../../../src/core/errors';
import { buildArchive, encodingEntry, type BuiltEntry, type BuildOptions } from '../buildArchive';
import { collect } from './opened';

/** Writes the dump to a file and uses it; only errors with a code may come out of it. */
export async function useDump(dir: string, bytes: Buffer): Promise<void> {
  const file = path.join(dir, `${randomBytes(6).toString('hex')}.dump`);
  writeFileSync(file, bytes);
  try {
    await use(file);
  } finally {
    rmSync(file);
  }
}

async function use(file: string): Promise<void> {
  const document = await known(openArchiveDocument(file));
  if (document === null) return;
  await known(document.info());
  await useDocument(document);
}

/** The same with a dump in memory, which is ten times as fast. */
export async function useBytes(bytes: Buffer): Promise<void> {
  const open = (): Promise<ByteSource> => Promise.resolve(memorySource(bytes));
  const source = memorySource(bytes);
  const stamp = { size: bytes.length, mtimeMs: 0 };
  let document: TocDocument | ScriptDocument;
  if (bytes.subarray(0, 2).equals(Buffer.from('PG'))) {
    const container = 'custom';
    const place = { path: 'x', file: 'x', container, start: 0, end: bytes.length } as const;
    const toc = await known(readTocFrom(source, place));
    if (toc === null) return;
    await known(checkCustom(source, toc, { full: true }));
    document = new TocDocument(toc, { kind: 'archive', format: container }, stamp, open);
    await document.finish();
  } else {
    const scanner = new ScriptScanner();
    for (let from = 0, to = 0; to < bytes.length;) {
      to = Math.min(bytes.length, to + 300);
      const piece = { bytes: bytes.subarray(0, to), base: 0, last: to === bytes.length };
      from = scanner.push(piece, from);
    }
    const kind = { kind: 'plain', compression: 'none', encoding: 'utf8' } as const;
    document = new ScriptDocument(
      { path: 'x', kind: { ...kind, cluster: false, byPgDump: true }, stamp },
      scanner.finish(bytes.length),
      open,
    );
    document.finish();
  }
  document.assertUnchanged = () => Promise.resolve();
  await useDocument(document);
}

/** What comes of it, null for an error with a code; all others are faults. */
async function known<T>(attempt: Promise<T>): Promise<T | null> {
  try {
    return await attempt;
  } catch (error) {
    assert.ok(AppError.is(error), error instanceof Error ? error.stack : String(error));
    return null;
  }
}

async function useDocument(document: ArchiveDocument): Promise<void> {
  await known(collect(document.columns()));
  await known(collect(ddlOf(document, 'all')));
  await known(compareDocuments(document, document));
  if (document.toc !== null && document.count > 0) {
    const some = Array.from({ length: Math.min(document.count, 20) }, (_, i) => i);
    await known(closeSelection(document, some));
    await known(dependentsOf(document, some));
    await known(dataOfTables(document, some));
  }
  let previews = 0;
  for (let id = 0; id < document.count && previews < 10; id++) {
    if (document.desc(id) !== 'TABLE DATA') continue;
    previews++;
    await known(previewRows(document, id, { limit: 5 }));
  }
}

const rows = '1\t\\N\n2\tx\\ty\n\\.\n';

/** An archive of a kilobyte with an entry of each kind that is treated in a way of its own. */
export function smallArchive(options: BuildOptions & { compressed?: boolean }): Buffer {
  const entries: BuiltEntry[] = [
    encodingEntry('UTF8'),
    { dumpId: 1, desc: 'SCHEMA', tag: 's', definition: 'CREATE SCHEMA s;\n' },
    { dumpId: 2, desc: 'TABLE', tag: 't', schema: 's', definition: 'CREATE TABLE s.t ();\n' },
    {
      dumpId: 3,
      desc: 'FUNCTION',
      tag: 'f()',
      schema: 's',
      dropStatement: 'DROP FUNCTION s.f();\n',
    },
    { dumpId: 4, desc: 'BLOB METADATA', tag: '1..2', definition: '1\n2\n' },
    {
      dumpId: 5,
      desc: 'ACL',
      tag: 'LARGE OBJECTS 1..2',
      definition: 'GRANT ALL ON LARGE OBJECT 1 TO x;\n',
      dependencies: [4],
    },
    {
      dumpId: 6,
      desc: 'TABLE DATA',
      tag: 't',
      schema: 's',
      copyStatement: 'COPY s.t (a, b) FROM stdin;\n',
      data: options.compressed === true ? deflateSync(rows).toString('latin1') : rows,
      dependencies: [2],
    },
    { dumpId: 7, desc: 'FK CONSTRAINT', tag: 't fk', schema: 's', dependencies: [2, 2, 6, 99] },
    { dumpId: 8, desc: 'TABLE ATTACH', tag: 't', schema: 's', dependencies: [2, 8] },
    { dumpId: 9, desc: 'SEQUENCE OWNED BY', tag: 'q', schema: 's', dependencies: [2] },
  ];
  const bytes = buildArchive(entries, {
    ...options,
    ...(options.compressed === true ? { encoding: 'latin1' } : {}),
  });
  // From 1.15 on a byte behind the format says how data are compressed.
  if (options.compressed === true) bytes[11] = 1;
  return bytes;
}

/** A script of a kilobyte, as pg_dump writes it. */
export function smallScript(): Buffer {
  const entry = (name: string, type: string, prefix = ''): string =>
    `--\n-- ${prefix}Name: ${name}; Type: ${type}; Schema: s; Owner: o\n--\n\n`;
  return Buffer.from(
    [
      '--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\n',
      '-- Dumped from database version 17.6\n-- Dumped by pg_dump version 17.6\n\n',
      "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\n",
      entry('t', 'TABLE'),
      "CREATE TABLE s.t (\n    a integer,\n    \"b;c\" text DEFAULT E'x\\''\n);\n\n\n",
      'ALTER TABLE s.t OWNER TO o;\n\n',
      entry('f()', 'FUNCTION'),
      'CREATE FUNCTION s.f() RETURNS integer\n    LANGUAGE sql\n    AS $_$ SELECT 1; $_$;\n\n\n',
      entry('t', 'TABLE DATA', 'Data for '),
      'COPY s.t (a, "b;c") FROM stdin;\n1\t\\N\n2\t-- Name: x\n\\.\n\n\n',
      entry('t_a_idx', 'INDEX'),
      'CREATE INDEX t_a_idx ON s.t USING btree (a); /* a /* b */ */\n\n\n',
      "INSERT INTO s.t VALUES (1, 'x'), (2, NULL);\n",
      '--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict abc\n\n',
    ].join(''),
  );
}
