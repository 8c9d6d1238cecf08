import assert from 'node:assert/strict';
import { ddlOf, ddlText } from '../../../../src/core/archive/ddl/entryDdl';
import { openArchiveDocument } from '../../../../src/core/archive/document/archiveDocument';
import { AppError } from '../../../../src/core/errors';
import { buildArchive } from '../buildArchive';
import { fixture, scratch } from '../files';
import { collect, entriesOf, fixturesOf17, idOf, labelOf, openFixture } from './opened';

/** pg_dump's own script of the same database is the measure: what it writes for each object. */
describe('the SQL of an entry', () => {
  const files = scratch();

  for (const [archive, script] of [
    ['mini.12.dump', 'mini.12.sql'],
    ['mini.17.dump', 'mini.17.sql'],
    ['mini.17.dir', 'plain.sql.zst'],
  ] as const) {
    it(`${archive}: is what ${script} says`, async () => {
      const a = await openFixture(archive);
      const b = await openFixture(script);
      assert.equal(a.count, b.count);
      // In a script privileges come last.
      const inScript = new Map(entriesOf(b).map(({ id }) => [labelOf(b, id), id]));
      assert.equal(inScript.size, b.count);
      for (const { id, desc } of entriesOf(a)) {
        if (desc === 'BLOBS') continue;
        const other = inScript.get(labelOf(a, id));
        assert.ok(other !== undefined, labelOf(a, id));
        const mine = (await ddlText(a, [id]))
          // Comes between entries in the script.
          .replace(/^SET default_[^\n]*\n\n/gm, '')
          .trimEnd();
        const theirs = (await ddlText(b, [other])).trimEnd();
        assert.equal(mine, theirs, labelOf(a, id));
      }
    });
  }

  it('is the same from every format, one by one and together', async () => {
    const wanted = await openFixture('mini.17.dump');
    const all = await ddlText(wanted, 'all');
    assert.ok(all.length > 20_000);
    for (const name of fixturesOf17.filter((n) => n.endsWith('.dir') || n.endsWith('.dump'))) {
      const document = await openFixture(name);
      assert.equal(await ddlText(document, 'all'), all, name);
    }
    assert.equal((await collect(ddlOf(wanted, 'all'))).join(''), all);
  });

  it('comes in the order in which it would be restored, with settings once', async () => {
    const document = await openFixture('mini.17.dump');
    const table = idOf(document, 'TABLE', 'orders');
    const acl = idOf(document, 'ACL', 'TABLE orders');
    const index = idOf(document, 'INDEX', 'orders_cust');
    const text = await ddlText(document, [acl, index, table]);
    assert.deepEqual(
      [...text.matchAll(/^(SET default_\w+|CREATE \w+|GRANT|ALTER TABLE .* OWNER TO \w+)/gm)].map(
        (match) => match[0],
      ),
      [
        'SET default_tablespace',
        'SET default_table_access_method',
        'CREATE TABLE',
        'ALTER TABLE app.orders OWNER TO app_owner',
        'CREATE INDEX',
        'GRANT',
      ],
    );
  });

  it('writes the privileges of a group of large objects for each of them', async () => {
    const acl =
      'REVOKE ALL ON LARGE OBJECT 10 FROM PUBLIC;\nGRANT SELECT ON LARGE OBJECT 10 TO "a;""LARGE OBJECT 5";\n';
    const file = files.write(
      'group.dump',
      buildArchive([
        { dumpId: 1, desc: 'BLOB METADATA', tag: '10..12', definition: '10\n11\n12\n', section: 2 },
        { dumpId: 2, desc: 'ACL', tag: 'LARGE OBJECTS 10..12', definition: acl, dependencies: [1] },
      ]),
    );
    const text = await ddlText(await openArchiveDocument(file), [1]);
    assert.equal(
      text.slice(text.indexOf('REVOKE')),
      [
        ...[10, 11, 12].map((oid) => `REVOKE ALL ON LARGE OBJECT ${oid} FROM PUBLIC;`),
        '',
        ...[10, 11, 12].map(
          (oid) => `GRANT SELECT ON LARGE OBJECT ${oid} TO "a;""LARGE OBJECT 5";`,
        ),
        '\n',
      ].join('\n'),
    );
  });

  it('sets the search path for archives that rely on it', async () => {
    const file = files.write(
      'old.dump',
      buildArchive(
        [
          { dumpId: 1, desc: 'TABLE', tag: 'a', schema: 'app', definition: 'CREATE TABLE a ();\n' },
          { dumpId: 2, desc: 'TABLE', tag: 'b', schema: 'app', definition: 'CREATE TABLE b ();\n' },
        ],
        { minor: 12 },
      ),
    );
    const text = await ddlText(await openArchiveDocument(file), [0, 1]);
    assert.equal(text.match(/SET search_path = app, pg_catalog;/g)?.length, 1);
  });

  it('cannot be made to write SQL in its comments', async () => {
    const file = files.write(
      'evil.dump',
      buildArchive([
        {
          dumpId: 1,
          desc: 'TABLE',
          tag: 'a\nDROP TABLE b;\r--',
          schema: 'x\nDROP y',
          owner: 'o\nDROP z;',
          definition: 'CREATE TABLE a ();\n',
          dropStatement: '',
        },
      ]),
    );
    const text = await ddlText(await openArchiveDocument(file), [0]);
    const comment = text.slice(text.indexOf('--\n'), text.indexOf('CREATE'));
    assert.deepEqual(
      comment.split('\n').map((line) => line.slice(0, 2)),
      ['--', '--', '--', '', ''],
    );
  });

  it('can be cancelled', async () => {
    const document = await openFixture('mini.17.dump');
    await assert.rejects(ddlText(document, 'all', { signal: AbortSignal.abort() }), (e: unknown) =>
      AppError.is(e, 'cancelled'),
    );
    await assert.rejects(ddlText(document, [document.count]), RangeError);
    assert.equal(await ddlText(document, []), '');
  });

  it('quotes names as the version does', async () => {
    const document = await openArchiveDocument(fixture('mini.13.dump'));
    const view = idOf(document, 'VIEW', 'v_paid');
    assert.match(await ddlText(document, [view]), /^ALTER TABLE app\.v_paid OWNER TO/m);
    assert.match(await ddlText(document, [view], { major: 17 }), /^ALTER VIEW app\.v_paid OWNER/m);
  });
});
