import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { openArchiveDocument } from '../../../../src/core/archive/document/archiveDocument';
import { chosenPart } from '../../../../src/core/archive/document/chosenPart';
import { previewRows } from '../../../../src/core/archive/rows/dataPreview';
import { ddlText } from '../../../../src/core/archive/ddl/entryDdl';
import { scratch } from '../files';
import { entriesOf, idOf, labelOf, openFixture } from './opened';

/** As pg_dumpall writes it. */
const cluster = `--
-- PostgreSQL database cluster dump
--

SET default_transaction_read_only = off;

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

--
-- Roles
--

CREATE ROLE "Odd ""role""";
ALTER ROLE "Odd ""role""" WITH NOSUPERUSER INHERIT NOLOGIN;
CREATE ROLE postgres;
ALTER ROLE postgres WITH SUPERUSER INHERIT CREATEROLE CREATEDB LOGIN;

--
-- User Configurations
--

--
-- User Config "postgres"
--

ALTER ROLE postgres SET work_mem TO '8MB';


--
-- Role memberships
--

GRANT "Odd ""role""" TO postgres WITH INHERIT TRUE GRANTED BY postgres;


--
-- Tablespaces
--

CREATE TABLESPACE fast OWNER postgres LOCATION '/mnt/fast';




--
-- Databases
--

--
-- Database "template1" dump
--

\\connect template1

--
-- PostgreSQL database dump
--

-- Dumped from database version 17.4
-- Dumped by pg_dump version 17.4

SET client_encoding = 'UTF8';

--
-- PostgreSQL database dump complete
--

--
-- Database "shop" dump
--

--
-- PostgreSQL database dump
--

-- Dumped from database version 17.4
-- Dumped by pg_dump version 17.4

SET client_encoding = 'UTF8';

--
-- Name: shop; Type: DATABASE; Schema: -; Owner: postgres
--

CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8';


ALTER DATABASE shop OWNER TO postgres;

\\connect shop

SET client_encoding = 'UTF8';

--
-- Name: t; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.t (
    a integer
);


ALTER TABLE public.t OWNER TO postgres;

--
-- Data for Name: t; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.t (a) FROM stdin;
1
-- Name: x; Type: TABLE; Schema: public; Owner: postgres
\\.


--
-- PostgreSQL database dump complete
--

--
-- PostgreSQL database cluster dump complete
--

`;

const foreign = `-- somebody's own script
SET search_path TO shop, public;
CREATE SCHEMA IF NOT EXISTS shop;
CREATE TABLE orders (id int, "Note" text);
create unique index concurrently if not exists orders_id on orders (id);
CREATE OR REPLACE FUNCTION other.f(a int) RETURNS int LANGUAGE sql AS $$ select 1; $$;
CREATE TRIGGER tr BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION other.f();
INSERT INTO orders VALUES (1, 'a'), (2, 'b');
COPY orders (id, "Note") FROM stdin;
3	c
4	\\N
\\.
CREATE MATERIALIZED VIEW mv AS SELECT 1;
CREATE USER bob;
`;

describe('a script as a document', () => {
  const files = scratch();

  it('of a whole cluster has roles, tablespaces and one node for each database', async () => {
    for (const [name, content] of [
      ['all.sql', cluster],
      ['all.sql.gz', gzipSync(cluster)],
    ] as const) {
      const document = await openArchiveDocument(files.write(name, content));
      assert.equal(document.header.cluster, true);
      assert.deepEqual(document.databases, ['template1', 'shop']);
      assert.deepEqual(
        entriesOf(document).map((e) => [e.desc, e.tag, e.database]),
        [
          ['ROLE', 'Odd "role"', -1],
          ['ROLE', 'postgres', -1],
          ['ROLE CONFIGURATION', 'postgres', -1],
          ['ROLE MEMBERSHIPS', 'Role memberships', -1],
          ['TABLESPACE', 'fast', -1],
          ['DATABASE', 'shop', 1],
          ['TABLE', 't', 1],
          ['TABLE DATA', 't', 1],
        ],
      );
      const role = await ddlText(document, [1]);
      assert.equal(
        role,
        'CREATE ROLE postgres;\nALTER ROLE postgres WITH SUPERUSER INHERIT CREATEROLE CREATEDB LOGIN;\n\n',
      );
      const members = await ddlText(document, [
        idOf(document, 'ROLE MEMBERSHIPS', 'Role memberships'),
      ]);
      assert.match(members, /^--\n-- Role memberships\n--\n\nGRANT .* TO postgres .*;\n\n$/);
      const rows = await previewRows(document, 6);
      assert.deepEqual(rows.rows, [
        ['1'],
        ['-- Name: x; Type: TABLE; Schema: public; Owner: postgres'],
      ]);
      assert.equal((await document.info()).complete, true);
    }
  });

  it('of others has what its statements create, and its rows', async () => {
    const document = await openArchiveDocument(files.write('own.sql', foreign));
    assert.equal(document.header.byPgDump, false);
    assert.deepEqual(
      entriesOf(document).map((e) => [e.desc, e.schema, e.tag]),
      [
        ['SCHEMA', null, 'shop'],
        ['TABLE', 'shop', 'orders'],
        ['INDEX', 'shop', 'orders_id'],
        ['FUNCTION', 'other', 'f'],
        ['TRIGGER', 'shop', 'orders tr'],
        ['TABLE DATA', 'shop', 'orders'],
        ['MATERIALIZED VIEW', 'shop', 'mv'],
        ['ROLE', null, 'bob'],
      ],
    );
    assert.equal(document.statements.get('INSERT'), 1);
    assert.equal(document.statements.get('CREATE TABLE'), 1);
    assert.equal(document.entryAt(2).parentId, 1);
    assert.equal(document.entryAt(4).parentId, 1);
    assert.equal(
      await ddlText(document, [3]),
      'CREATE OR REPLACE FUNCTION other.f(a int) RETURNS int LANGUAGE sql AS $$ select 1; $$;\n\n',
    );
    const rows = await previewRows(document, 1);
    assert.deepEqual(rows.columns, ['id', 'Note']);
    assert.deepEqual(rows.rows, [
      ['3', 'c'],
      ['4', null],
    ]);
  });

  it('grows while it is read', async () => {
    const more = Array.from(
      { length: 3000 },
      (_, i) =>
        `--\n-- Name: t${i}; Type: TABLE; Schema: public; Owner: me\n--\n\n` +
        `CREATE TABLE public.t${i} (\n${'    -- filler\n'.repeat(60)}    a integer\n);\n\n\n`,
    ).join('');
    const script = cluster.replace(/--\n-- Roles[^]*/, '') + more;
    const file = files.write('growing.sql', script);
    const counts: number[] = [];
    let headerAt = -1;
    const document = await openArchiveDocument(file, {
      onHeader: () => (headerAt = counts.length),
      onProgress: ({ entries }) => counts.push(entries),
    });
    assert.equal(document.count, 3000);
    assert.equal(headerAt, 0);
    assert.ok(counts.length > 1 && counts[0]! > 0 && counts[0]! < 3000, String(counts));
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => a - b),
    );
    // It has no end mark.
    assert.equal(document.damage?.reading, 'end of the script');
  });
});

describe('what depends on what in a script', () => {
  it('is told by names as the archive of the same database tells it', async () => {
    const [script, archive] = [await openFixture('mini.17.sql'), await openFixture('mini.17.dump')];
    const byLabel = new Map<string, number>();
    for (let id = 0; id < script.count; id++) byLabel.set(labelOf(script, id), id);
    const seen = new Map<string, number>();
    for (let id = 0; id < archive.count; id++) {
      const desc = archive.desc(id);
      if (!['FK CONSTRAINT', 'SEQUENCE', 'SEQUENCE OWNED BY', 'TABLE ATTACH'].includes(desc))
        continue;
      const here = byLabel.get(labelOf(archive, id));
      assert.ok(here !== undefined, labelOf(archive, id));
      const tables = archive
        .dependencies(id)
        .filter((other) => ['TABLE', 'SEQUENCE'].includes(archive.desc(other)));
      const told = new Set(script.dependencies(here).map((other) => labelOf(script, other)));
      for (const table of tables) {
        // An identity column's sequence has no statement that names its table alone.
        if (desc === 'SEQUENCE' && !told.has(labelOf(archive, table))) continue;
        assert.ok(
          told.has(labelOf(archive, table)),
          `${labelOf(archive, id)}: ${[...told].join()}`,
        );
        seen.set(desc, (seen.get(desc) ?? 0) + 1);
        const users = await script.dependents(byLabel.get(labelOf(archive, table)) ?? -1);
        assert.ok(users.includes(here));
      }
    }
    for (const desc of ['FK CONSTRAINT', 'SEQUENCE', 'SEQUENCE OWNED BY', 'TABLE ATTACH']) {
      assert.ok((seen.get(desc) ?? 0) > 0, `${desc} was seen`);
    }
  });
});

describe('the part of a script that chosen entries stand for', () => {
  const files = scratch();

  it('is the tables and schemas that they are, or belong to', async () => {
    const document = await openFixture('mini.17.sql');
    const entries = entriesOf(document);
    const found = entries.find(({ desc }) => desc === 'TABLE DATA');
    const schema = entries.find(({ desc }) => desc === 'SCHEMA');
    assert.ok(found && schema);
    assert.deepEqual(chosenPart(document, [found.id]), {
      tables: [{ schema: found.schema, name: found.tag }],
    });
    assert.deepEqual(chosenPart(document, [schema.id]), { schemas: [schema.tag] });
    const routine = entries.find(({ desc }) => desc === 'FUNCTION');
    assert.ok(routine);
    assert.deepEqual(chosenPart(document, [routine.id]), {});
  });

  it('is the databases that they are in, of one of pg_dumpall', async () => {
    const document = await openArchiveDocument(files.write('all.sql', cluster));
    assert.deepEqual(chosenPart(document, [idOf(document, 'TABLE', 't')]), {
      databases: [{ name: 'shop', target: 'shop' }],
    });
  });
});
