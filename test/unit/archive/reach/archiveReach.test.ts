import assert from 'node:assert/strict';
import { reachOfArchive } from '../../../../src/core/archive/inspect/archiveReach';
import { getBackupInfo } from '../../../../src/core/archive/inspect/backupInfo';
import { readToc } from '../../../../src/core/archive/file/tocReader';
import { reachBeyond } from '../../../../src/core/forms/restore/fileTrust';
import { buildArchive, encodingEntry, type BuiltEntry } from '../buildArchive';
import { fixture, fixtureNames, scratch } from '../files';

type Entry = Partial<BuiltEntry> & { desc: string };

describe('what an archive reaches', () => {
  const files = scratch();
  const written = (entries: readonly Entry[]): string =>
    files.write(
      'reach.dump',
      buildArchive([
        encodingEntry('UTF8'),
        ...entries.map((entry, i) => ({ dumpId: i + 3, tag: entry.desc, ...entry })),
      ]),
    );
  const found = async (...entries: Entry[]): Promise<string[]> =>
    (await reachOfArchive(await readToc(written(entries)))).map(
      ({ kind, statement, object }) => `${kind} ${statement} in ${object?.split(' ')[0]}`,
    );

  const path = "SELECT pg_catalog.set_config('search_path', '', false);\n";
  const drop = 'DROP FUNCTION public.f();\n';
  const definition = "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n";
  const routine = { desc: 'FUNCTION', tag: 'f()', schema: 'public', definition };
  const cases: [title: string, entries: Entry[], ...found: string[]][] = [
    ['the search path as pg_dump writes it', [{ desc: 'SEARCHPATH', definition: path }]],
    [
      'a statement behind the search path',
      [{ desc: 'SEARCHPATH', definition: `${path}CREATE ROLE x;\n` }],
      'roles CREATE ROLE in SEARCHPATH',
    ],
    [
      'a search path that loads a library',
      [{ desc: 'SEARCHPATH', definition: "LOAD 'x';" }],
      'programs LOAD in SEARCHPATH',
    ],
    ['large objects', [{ desc: 'BLOB METADATA', tag: '1..2', definition: '1\n2\n' }]],
    [
      'statements among the numbers of large objects',
      [{ desc: 'BLOB METADATA', tag: '1..2', definition: "1\n2'); CREATE ROLE x; SELECT ('\n" }],
      'unjudged BLOB METADATA in BLOB',
    ],
    [
      'a large object',
      [{ desc: 'BLOB', tag: '7', definition: "SELECT pg_catalog.lo_create('7');" }],
    ],
    [
      'a statement in the number of a large object',
      [{ desc: 'BLOB', tag: '7 OWNER TO x; CREATE ROLE y; --', definition: 'SELECT 1;' }],
      'unjudged BLOB in BLOB',
    ],
    ['a function', [{ ...routine, dropStatement: drop }]],
    ['a function without its drop statement', [routine]],
    [
      'a statement in a comment of a drop statement',
      [{ ...routine, dropStatement: '-- xxFUNCTION f() OWNER TO x; CREATE ROLE y; --\n' }],
      'unjudged FUNCTION in FUNCTION',
    ],
    [
      'a drop statement of another kind',
      [{ ...routine, dropStatement: "'aaaFUNCTION f() OWNER TO x; DROP ROLE y;--'" }],
      'unjudged FUNCTION in FUNCTION',
    ],
    [
      'a function that hides what it runs, called by a table',
      [
        {
          ...routine,
          definition:
            'CREATE FUNCTION public.f() RETURNS int LANGUAGE plpgsql AS $$BEGIN EXECUTE x; END$$;\n',
        },
        { desc: 'TABLE', tag: 't', definition: 'CREATE TABLE t AS SELECT public.f();\n' },
      ],
      'unjudged CREATE: f() in TABLE',
    ],
  ];
  for (const [title, entries, ...expected] of cases) {
    it(`tells ${expected.join() || 'nothing'} of ${title}`, async () => {
      assert.deepEqual(await found(...entries), expected);
    });
  }

  it('is the same as ever of what pg_dump 12 to 18 wrote', async () => {
    const names = fixtureNames(/^mini\..*\.dump$/);
    assert.ok(names.length > 5);
    for (const name of names) {
      assert.deepEqual(await reachOfArchive(await readToc(fixture(name))), [], name);
    }
  });

  it('is not known of rows that are statements, unless they were written here', async () => {
    const table = { tag: 't', schema: 'public' };
    const info = await getBackupInfo(
      written([
        { ...table, desc: 'TABLE', definition: 'CREATE TABLE public.t (i int);\n' },
        { ...table, desc: 'TABLE DATA', data: 'CREATE ROLE x;\n' },
      ]),
    );
    assert.deepEqual(reachBeyond(info, true), []);
    assert.deepEqual(reachBeyond(info, false), [
      {
        ...{ kind: 'unjudged', statement: 'INSERT', count: 1, line: null },
        object: 'TABLE DATA public.t',
      },
    ]);
    const copied = await getBackupInfo(
      written([
        {
          ...{ ...table, desc: 'TABLE DATA', data: '1\n\\.\n\n\n' },
          copyStatement: 'COPY public.t (i) FROM stdin;\n',
        },
      ]),
    );
    assert.deepEqual(reachBeyond(copied, false), []);
  });
});
