import assert from 'node:assert/strict';
import { openArchiveDocument } from '../../../../src/core/archive/document/archiveDocument';
import { compareDocuments } from '../../../../src/core/archive/ddl/compare';
import type { ArchiveDocument } from '../../../../src/core/archive/document/documentTypes';
import {
  normalisedDdl,
  wholeSchema,
  type NormaliseOptions,
} from '../../../../src/core/archive/ddl/normalise';
import { AppError } from '../../../../src/core/errors';
import { buildArchive, type BuiltEntry } from '../buildArchive';
import { scratch } from '../files';
import { fixturesOf17, idOf, labelOf, openFixture } from './opened';

describe('two dumps compared', () => {
  const files = scratch();

  async function differences(
    a: ArchiveDocument,
    b: ArchiveDocument,
    options: NormaliseOptions = {},
  ): Promise<{ added: string[]; removed: string[]; changed: string[]; same: number }> {
    const found = await compareDocuments(a, b, options);
    for (const pair of found.changed) assert.equal(labelOf(a, pair.a), labelOf(b, pair.b));
    return {
      added: found.added.map((id) => labelOf(b, id)),
      removed: found.removed.map((id) => labelOf(a, id)),
      changed: found.changed.map((pair) => labelOf(a, pair.a)),
      same: found.same,
    };
  }

  it('are the same if they are of the same database, in whatever format', async function () {
    const first = await openFixture('mini.17.dump');
    const schema = await wholeSchema(first);
    for (const name of fixturesOf17) {
      const other = await openFixture(name);
      assert.deepEqual(
        await differences(first, other),
        { added: [], removed: [], changed: [], same: 128 },
        name,
      );
      assert.equal(await wholeSchema(other), schema, name);
    }
    assert.doesNotMatch(schema, /restrict|pg_dump|COPY /);
  });

  it('of other majors differ in what these write otherwise, not in how partitions are attached', async () => {
    const young = await openFixture('mini.17.dump');
    for (const name of ['mini.13.dump', 'mini.12.sql']) {
      assert.deepEqual(await differences(await openFixture(name), young), {
        added: [],
        removed: [],
        // Columns are no longer qualified where there is but one table.
        changed: ['MATERIALIZED VIEW app.mv_totals'],
        same: 127,
      });
    }
  });

  it('differ in a partition that is attached elsewhere, or nowhere', async () => {
    const table = (dumpId: number, tag: string): BuiltEntry => {
      return { dumpId, desc: 'TABLE', tag, schema: 's', definition: `CREATE TABLE s.${tag} ();\n` };
    };
    const attach = (parent: number): BuiltEntry => ({
      dumpId: 9,
      desc: 'TABLE ATTACH',
      tag: 'p',
      schema: 's',
      dependencies: [3, parent],
      definition: `ALTER TABLE ONLY s.t${parent} ATTACH PARTITION s.p DEFAULT;\n`,
    });
    const dump = (name: string, more: BuiltEntry[]): Promise<ArchiveDocument> => {
      const entries = [table(1, 't1'), table(2, 't2'), table(3, 'p'), ...more];
      return openArchiveDocument(files.write(name, buildArchive(entries)));
    };
    const first = await dump('first.dump', [attach(1)]);
    for (const other of [await dump('second.dump', [attach(2)]), await dump('none.dump', [])]) {
      const { added, removed, changed } = await differences(first, other);
      assert.deepEqual([added, removed, changed], [[], [], ['TABLE s.p']]);
    }
    const old = await openArchiveDocument(
      files.write(
        'old.dump',
        buildArchive(
          [
            table(1, 't1'),
            table(2, 't2'),
            {
              ...table(3, 'p'),
              dependencies: [1],
              definition:
                'CREATE TABLE s.p ();\nALTER TABLE ONLY s.t1 ATTACH PARTITION s.p DEFAULT;\n',
            },
          ],
          { minor: 14 },
        ),
      ),
    );
    assert.equal((await differences(old, first)).same, 3);
  });

  const base: BuiltEntry[] = [
    { dumpId: 1, desc: 'TABLE', tag: 'b', schema: 'x', definition: 'CREATE TABLE b ();\n' },
    { dumpId: 2, desc: 'TABLE', tag: 'a', schema: 'x', definition: 'CREATE TABLE a ();\n' },
    { dumpId: 3, desc: 'TABLE', tag: 'a', schema: 'w', definition: 'CREATE TABLE a ();\n' },
    { dumpId: 4, desc: 'ACL', tag: 'TABLE a', schema: 'x', definition: 'GRANT 1;\n' },
    { dumpId: 5, desc: 'TABLE DATA', tag: 'a', schema: 'x', data: '1\n' },
    { dumpId: 6, desc: 'SEQUENCE SET', tag: 's', schema: 'x', definition: 'SELECT 1;\n' },
    { dumpId: 7, desc: 'DEFAULT ACL', tag: 'FOR TABLES', definition: 'ONE;\n', owner: 'one' },
    { dumpId: 8, desc: 'DEFAULT ACL', tag: 'FOR TABLES', definition: 'TWO;\n', owner: 'two' },
  ];
  const other: BuiltEntry[] = [
    { dumpId: 30, desc: 'TABLE', tag: 'new', schema: 'x', definition: 'CREATE TABLE new ();\n' },
    { dumpId: 31, desc: 'TABLE', tag: 'a', schema: 'x', definition: 'CREATE TABLE a (i int);\n' },
    {
      dumpId: 32,
      desc: 'TABLE',
      tag: 'b',
      schema: 'x',
      owner: 'bob',
      definition: 'CREATE TABLE b ();\n',
    },
    { dumpId: 33, desc: 'ACL', tag: 'TABLE a', schema: 'x', definition: 'GRANT 2;\n' },
    { dumpId: 34, desc: 'DEFAULT ACL', tag: 'FOR TABLES', definition: 'TWO;\n', owner: 'two' },
  ];

  async function built(): Promise<[ArchiveDocument, ArchiveDocument]> {
    return [
      await openArchiveDocument(files.write('a.dump', buildArchive(base))),
      await openArchiveDocument(files.write('b.dump', buildArchive(other))),
    ];
  }

  it('are told apart object by object, data left out', async () => {
    const [a, b] = await built();
    assert.deepEqual(await differences(a, b), {
      added: ['TABLE x.new'],
      removed: ['DEFAULT ACL -.FOR TABLES', 'TABLE w.a'],
      changed: ['TABLE x.a', 'TABLE x.b', 'ACL x.TABLE a'],
      same: 1,
    });
  });

  it('without owners and privileges are told apart without them', async () => {
    const [a, b] = await built();
    assert.deepEqual(await differences(a, b, { owners: false, privileges: false }), {
      added: ['TABLE x.new'],
      removed: ['TABLE w.a'],
      changed: ['TABLE x.a'],
      same: 1,
    });
    const text = await wholeSchema(a, { owners: false, privileges: false });
    assert.equal(
      text,
      [
        '-- TABLE: w.a\nCREATE TABLE a ();\n',
        '-- TABLE: x.a\nCREATE TABLE a ();\n',
        '-- TABLE: x.b\nCREATE TABLE b ();\n',
      ].join('\n'),
    );
  });

  it('give each object as text', async () => {
    for (const name of ['mini.17.dump', 'mini.17.sql', 'mini.13.dump']) {
      const document = await openFixture(name);
      const view = idOf(document, 'VIEW', 'v_paid');
      const text = await normalisedDdl(document, view);
      assert.match(text, /^-- VIEW: app\.v_paid; Owner: postgres\nCREATE VIEW app\.v_paid AS\n/);
      assert.doesNotMatch(text, /OWNER TO/);
      const bare = await normalisedDdl(document, view, { owners: false });
      assert.match(bare, /^-- VIEW: app\.v_paid\nCREATE VIEW/);
      // A name with a newline in it.
      const table = document.dataEntryOf(
        idOf(document, 'TABLE', name.endsWith('.sql') ? 'new line' : 'new\nline'),
      );
      assert.ok(table !== null);
      const odd = await normalisedDdl(
        document,
        idOf(document, 'TABLE', name.endsWith('.sql') ? 'new line' : 'new\nline'),
      );
      assert.match(
        odd,
        /^-- TABLE: public\.new line; Owner: postgres\nCREATE TABLE public\."new\nline" /,
      );
      assert.doesNotMatch(odd, /OWNER TO/);
    }
  });

  it('can be cancelled', async () => {
    const document = await openFixture('mini.17.dump');
    const cancelled = (e: unknown): boolean => AppError.is(e, 'cancelled');
    const signal = AbortSignal.abort();
    await assert.rejects(compareDocuments(document, document, { signal }), cancelled);
    await assert.rejects(wholeSchema(document, { signal }), cancelled);
  });
});
