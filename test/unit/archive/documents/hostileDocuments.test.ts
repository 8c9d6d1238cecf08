import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { openArchiveDocument } from '../../../../src/core/archive/documents/archiveDocument';
import { compareDocuments } from '../../../../src/core/archive/documents/compare';
import { previewRows } from '../../../../src/core/archive/documents/dataPreview';
import type { ArchiveDocument } from '../../../../src/core/archive/documents/documentTypes';
import { ddlOf } from '../../../../src/core/archive/documents/entryDdl';
import {
  closeSelection,
  dataOfTables,
  dependentsOf,
} from '../../../../src/core/archive/documents/selection';
import { AppError } from '../../../../src/core/errors';
import { seededRandom } from '../../../support/seededRandom';
import { buildArchive, type BuiltEntry } from '../buildArchive';
import { fixture, scratch } from '../files';
import { collect } from './opened';

/** Everything that an editor does with a dump; only errors with a code may come out of it. */
async function use(path: string): Promise<void> {
  let document: ArchiveDocument;
  try {
    document = await openArchiveDocument(path);
  } catch (e) {
    assert.ok(AppError.is(e), String(e));
    return;
  }
  const attempts: (() => Promise<unknown>)[] = [
    () => collect(document.columns()),
    () => document.info(),
    () => collect(ddlOf(document, 'all')),
    () => compareDocuments(document, document),
  ];
  if (document.toc !== null && document.count > 0) {
    const some = Array.from({ length: Math.min(document.count, 20) }, (_, i) => i);
    attempts.push(
      () => closeSelection(document, some),
      () => dependentsOf(document, some),
      () => dataOfTables(document, some),
    );
  }
  for (let id = 0; id < document.count; id++) {
    if (document.desc(id) === 'TABLE DATA') {
      attempts.push(() => previewRows(document, id, { limit: 5 }));
      if (attempts.length > 20) break;
    }
  }
  for (const attempt of attempts) {
    try {
      await attempt();
    } catch (e) {
      assert.ok(AppError.is(e), e instanceof Error ? e.stack : String(e));
    }
  }
}

function small(withoutOffsets: boolean): Buffer {
  const entries: BuiltEntry[] = [
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
      data: '1\t\\N\n2\tx\\ty\n\\.\n',
      dependencies: [2],
    },
    { dumpId: 7, desc: 'FK CONSTRAINT', tag: 't fk', schema: 's', dependencies: [2, 2, 6, 99] },
  ];
  return buildArchive(entries, { withoutOffsets });
}

describe('a hostile dump as a document', () => {
  const files = scratch();
  const seed = Number(process.env['PGBR_SEED'] ?? 20_261_122);

  it('cut at every byte never does harm', async function () {
    this.timeout(120_000);
    for (const withoutOffsets of [false, true]) {
      const bytes = small(withoutOffsets);
      for (let length = 0; length < bytes.length; length++) {
        await use(files.write('cut.dump', bytes.subarray(0, length)));
      }
    }
  });

  it(`with bytes flipped never does harm (seed ${seed})`, async function () {
    this.timeout(120_000);
    const random = seededRandom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const originals = [
      small(false),
      small(true),
      readFileSync(fixture('mini.17.lz4.dump')),
      readFileSync(fixture('mini.17.zstd.dump')),
      readFileSync(fixture('mini.13.dump')),
      readFileSync(fixture('mini.15.tar')).subarray(0, 300_000),
      readFileSync(fixture('plain.sql.gz')),
      readFileSync(fixture('mini.12.sql')).subarray(0, 60_000),
    ];
    for (let round = 0; round < 240; round++) {
      const original = originals[round % originals.length]!;
      const bytes = Buffer.from(original);
      const flips = 1 + below(8);
      for (let i = 0; i < flips; i++) bytes[below(bytes.length)] = below(256);
      const start = process.cpuUsage();
      await use(files.write('flipped.dump', bytes));
      const { user, system } = process.cpuUsage(start);
      assert.ok(user + system < 3_000_000, `round ${round}: ${user + system} µs`);
    }
  });

  it('whose entries depend on themselves and on each other can be selected', async () => {
    const ring = Array.from({ length: 50 }, (_, i): BuiltEntry => {
      const desc = ['TABLE', 'INDEX', 'COMMENT', 'TABLE ATTACH', 'SEQUENCE'][i % 5]!;
      return {
        dumpId: i + 1,
        desc,
        tag: `x${i % 7}`,
        schema: 's',
        dependencies: [i + 1, ((i + 1) % 50) + 1, 1],
      };
    });
    const file = files.write('ring.dump', buildArchive(ring));
    const document = await openArchiveDocument(file);
    const closed = await closeSelection(document, [10]);
    assert.ok(closed.ids.length > 1 && closed.ids.length <= 50);
    await use(file);
  });

  it('that uses a dump id twice has entries of its own for both', async () => {
    const entries: BuiltEntry[] = [
      { dumpId: 1, desc: 'TABLE', tag: 'a', schema: 's', definition: 'CREATE TABLE a ();\n' },
      { dumpId: 1, desc: 'TABLE', tag: 'b', schema: 's', definition: 'CREATE TABLE b ();\n' },
    ];
    const document = await openArchiveDocument(files.write('twice.dump', buildArchive(entries)));
    assert.deepEqual([document.names(0).tag, document.names(1).tag], ['a', 'b']);
    assert.match((await collect(ddlOf(document, [1]))).join(''), /CREATE TABLE b/);
  });
});
