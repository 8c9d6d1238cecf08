import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { openArchiveDocument } from '../../../src/core/archive/document/archiveDocument';
import type { ArchiveDocument } from '../../../src/core/archive/document/documentTypes';
import { allIds } from '../../../src/core/archive/document/selection';
import { libpqEnv, psql } from '../../support/machine/psql';
import { run } from '../../support/machine/run';
import { createSampleDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';

/** SQL for more types of objects than the sample has, and for values that COPY has to escape. */
const moreObjects = String.raw`
  CREATE SCHEMA more;
  CREATE TABLE more.escapes (id int PRIMARY KEY, "a ""b"", c" text, raw bytea, flag bool, bits bit(3),
    fixed char(5), at timestamptz, list text[], price float8, doc jsonb, nothing text);
  INSERT INTO more.escapes VALUES
    (1, E'tab\t nl\n cr\r bs\\ bell\b ff\f vt\v', '\x00ff5c', true, B'101', 'ab', '2024-02-29 12:00Z',
      '{"a,b","c\"d",NULL}', 0.1, '{"k": "v\n"}', NULL),
    (2, '\N', '', false, B'000', '', 'infinity', '{}', 'NaN', '[]', ''),
    (3, E'\\.', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\N'),
    (4, E'-- Name: x; Type: TABLE; Schema: y; Owner: z\n\\.\n', NULL, NULL, NULL, NULL, NULL, NULL,
      NULL, NULL, E'COPY x FROM stdin;\n'),
    (5, 'quote '' " comma, pipe | ünï 表 😀', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ' ');
  INSERT INTO more.escapes (id, nothing) SELECT g, repeat('long ' || g || ' ', 500)
    FROM generate_series(6, 300) g;
  CREATE TABLE more.no_end_mark AS SELECT * FROM more.escapes WHERE id <> 4;
  CREATE TABLE more.empty ();
  CREATE TABLE more.no_columns ();
  INSERT INTO more.no_columns DEFAULT VALUES;
  CREATE FOREIGN DATA WRAPPER "odd wrapper";
  CREATE SERVER "odd server" FOREIGN DATA WRAPPER "odd wrapper" OPTIONS (host 'it''s');
  CREATE USER MAPPING FOR PUBLIC SERVER "odd server" OPTIONS (password 'x');
  CREATE FOREIGN TABLE more.remote (a int) SERVER "odd server";
  CREATE TYPE more.pair AS (x int, y int);
  CREATE TYPE more.span AS RANGE (subtype = float8);
  CREATE FUNCTION more.as_text(more.pair) RETURNS text LANGUAGE sql IMMUTABLE
    AS $$ SELECT '-- Name: a; Type: b; Schema: c; Owner: d'::text $$;
  CREATE CAST (more.pair AS text) WITH FUNCTION more.as_text(more.pair);
  CREATE TEXT SEARCH DICTIONARY more.words (TEMPLATE = simple);
  CREATE CONVERSION more.conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
  CREATE OPERATOR FAMILY more.family USING btree;
  CREATE VIEW more."select" AS SELECT 1 AS "order", 'x;y'::text AS "semi;colon";
  CREATE MATERIALIZED VIEW more."New
Line" AS SELECT 1 AS a WITH NO DATA;
  CREATE TABLE more.list (k int, v text) PARTITION BY LIST (k);
  CREATE TABLE more.list_1 PARTITION OF more.list FOR VALUES IN (1);
  CREATE TABLE more.list_more PARTITION OF more.list DEFAULT PARTITION BY RANGE (k);
  CREATE TABLE more.list_deep PARTITION OF more.list_more FOR VALUES FROM (2) TO (100);
  CREATE INDEX list_v ON more.list (v);
  INSERT INTO more.list SELECT g, 'v' || g FROM generate_series(1, 50) g;
  CREATE TABLE more.parent (id int PRIMARY KEY);
  CREATE TABLE more.child (id int PRIMARY KEY, parent int REFERENCES more.parent);
  ALTER TABLE more.parent ADD COLUMN favourite int REFERENCES more.child;
  INSERT INTO more.parent VALUES (1); INSERT INTO more.child VALUES (1, 1);
  UPDATE more.parent SET favourite = 1;
  GRANT SELECT (id), UPDATE ON more.parent TO PUBLIC;
  COMMENT ON CONSTRAINT child_pkey ON more.child IS 'a key';
  SELECT lo_create(0) FROM generate_series(1, 3);
`;

export interface Dump {
  label: string;
  file: string;
  /** Its rows are in COPY's text form, not INSERT statements. */
  copy: boolean;
  archive: boolean;
}

/** A tool of the server's own version. */
export function tool(server: ServerCoordinates, name: string): string {
  return path.join(server.binDir, name);
}

/** What pg_restore prints for entries, without what it prints once before and after them. */
export async function printed(
  server: ServerCoordinates,
  archive: string,
  args: readonly string[],
): Promise<string> {
  const out = await run(tool(server, 'pg_restore'), ['-f', '-', ...args, archive], {
    env: { LC_ALL: 'C.UTF-8' },
  });
  const lines = out.replace(/^\\(un)?restrict .*\n\n?/gm, '');
  const mark = 'SET row_security = off;\n\n';
  const start = lines.indexOf(mark) + mark.length;
  return lines.slice(start, lines.lastIndexOf('--\n-- PostgreSQL database dump complete'));
}

/** An entry's type and name, for messages. */
export function label(document: ArchiveDocument, id: number): string {
  const { desc, schema, tag } = document.names(id);
  return `${desc} ${schema ?? '-'}.${tag.replace(/[\r\n]/g, ' ')}`;
}

export function idOf(document: ArchiveDocument, wanted: string): number {
  const id = allIds(document).find((candidate) => label(document, candidate) === wanted);
  assert.ok(id !== undefined, wanted);
  return id;
}

/** The sample with more kinds of objects, dumped in every way that its server's pg_dump can. */
export class DumpedDatabase {
  readonly dumps: Dump[] = [];

  private constructor(
    private readonly server: ServerCoordinates,
    private readonly database: string,
    private readonly dir: string,
  ) {}

  /** `kinds`: of dumps. */
  static async create(
    server: ServerCoordinates,
    database: string,
    kinds: 'all' | 'some',
  ): Promise<DumpedDatabase> {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'pgbackup-documents-'));
    const made = new DumpedDatabase(server, database, dir);
    try {
      await made.fill();
      await made.dump(kinds);
      return made;
    } catch (error) {
      await made.dispose();
      throw error;
    }
  }

  /** Path for a file of the tests. */
  path(name: string): string {
    return path.join(this.dir, name);
  }

  async find(name: string): Promise<ArchiveDocument> {
    const found = this.dumps.find((candidate) => candidate.label === name);
    assert.ok(found, name);
    return openArchiveDocument(found.file);
  }

  async dispose(): Promise<void> {
    await dropDatabase(this.server, this.database);
    if (this.server.major >= 15) {
      await psql(this.server, 'postgres', 'DROP TABLESPACE IF EXISTS "odd space";');
    }
    await rm(this.dir, { recursive: true, force: true });
  }

  private async fill(): Promise<void> {
    const { server, database } = this;
    await createSampleDatabase(server, database, 'tiny');
    await psql(server, database, moreObjects);
    if (server.major < 15) return;
    await psql(
      server,
      database,
      `SET allow_in_place_tablespaces = on;
       CREATE TABLESPACE "odd space" LOCATION '';
       CREATE TABLE more.placed (a int) TABLESPACE "odd space";
       CREATE INDEX placed_a ON more.placed (a) TABLESPACE "odd space";`,
    );
  }

  private async dump(wanted: 'all' | 'some'): Promise<void> {
    const kinds: [string, string[]][] = [
      ['a.dump', ['-Fc']],
      ['a.dir', ['-Fd', '-j2']],
      ['a.sql', ['-Fp']],
    ];
    if (wanted === 'all') {
      kinds.push(
        ['none.dump', ['-Fc', '-Z0']],
        ['none.dir', ['-Fd', '-Z0']],
        ['a.tar', ['-Ft']],
        ['a.sql.gz', ['-Fp', '-Z6']],
        ['inserts.dump', ['-Fc', '--inserts']],
        ['inserts.sql', ['-Fp', '--column-inserts']],
      );
    }
    if (wanted === 'all' && this.server.major >= 16) {
      for (const method of ['lz4', 'zstd']) {
        kinds.push(
          [`${method}.dump`, ['-Fc', '-Z', method]],
          [`${method}.dir`, ['-Fd', '-Z', method]],
          [`a.sql.${method}`, ['-Fp', '-Z', method]],
        );
      }
    }
    const env = libpqEnv(this.server, this.database);
    const pgDump = tool(this.server, 'pg_dump');
    for (const [name, args] of kinds) {
      const file = this.path(name);
      await run(pgDump, ['-w', '--no-sync', ...args, '-f', file], { env });
      const copy = !name.startsWith('inserts');
      this.dumps.push({ label: name, file, copy, archive: !args.includes('-Fp') });
    }
    // Written to a pipe: without data offsets.
    const piped = this.path('piped.dump');
    const child = execa(pgDump, ['-w', '-Fc'], { env, stdin: 'ignore', buffer: false });
    await Promise.all([pipeline(child.stdout, createWriteStream(piped)), child]);
    this.dumps.push({ label: 'piped.dump', file: piped, copy: true, archive: true });
  }
}
