import assert from 'node:assert/strict';
import type { BackupOptions } from '../../../../src/core/model/options';
import type { DumpSelection } from '../../../../src/core/model/tools';
import { backup, ref, sampleCatalog } from '../sampleCatalog';
import { dumpedLargeObjects } from '../../../../src/core/forms/selection/dumpSelection';
import { resolveSelection, select } from './treeSteps';

const nothing: DumpSelection = {
  schemas: [],
  tables: [],
  excludeSchemas: [],
  excludeTables: [],
  excludeTableData: [],
  largeObjects: null,
  extensions: null,
};
const events = [
  'log.events',
  'log.events_2023',
  'log.events_2024',
  'log.events_2024_a',
  'archive.events_2022',
];
const allSchemas = ['app', 'log', 'archive', 'audit'];

/** `app.orders` for tables, so that the cases stay readable. */
type Short = Partial<Omit<DumpSelection, 'tables' | 'excludeTables' | 'excludeTableData'>> & {
  tables?: string[];
  excludeTables?: string[];
  excludeTableData?: string[];
};
type ShortOptions = Partial<
  Omit<BackupOptions, 'tables' | 'excludeTables' | 'excludeTableData'>
> & { tables?: string[]; excludeTables?: string[]; excludeTableData?: string[] };

function optionsOf({
  tables,
  excludeTables,
  excludeTableData,
  ...rest
}: ShortOptions): BackupOptions {
  return backup({
    ...rest,
    tables: tables?.map(ref) ?? null,
    excludeTables: excludeTables?.map(ref) ?? [],
    excludeTableData: excludeTableData?.map(ref) ?? [],
  });
}

function resolve(options: ShortOptions, catalog = sampleCatalog()): Required<Short> {
  const selection = resolveSelection(optionsOf(options), catalog);
  const short = (list: DumpSelection['tables']): string[] =>
    list.map(({ schema, name }) => `${schema}.${name}`).sort();
  return {
    ...selection,
    schemas: [...selection.schemas].sort(),
    tables: short(selection.tables),
    excludeTables: short(selection.excludeTables),
    excludeTableData: short(selection.excludeTableData),
  };
}

describe('what pg_dump is told of a selection', () => {
  const cases: [string, ShortOptions, Short][] = [
    ['nothing ticked is the whole database', {}, {}],
    ['empty lists are nothing ticked', { schemas: [], tables: [] }, {}],
    ['every schema ticked is no filter', { schemas: allSchemas }, {}],
    ['schemas', { schemas: ['app'] }, { schemas: ['app'] }],
    [
      'a schema without a table, and without the sequence it owns',
      { schemas: ['app'], excludeTables: ['app.orders'] },
      { schemas: ['app'], excludeTables: ['app.orders', 'app.orders_id_seq'] },
    ],
    [
      'all schemas without a view',
      { schemas: allSchemas, excludeTables: ['app.totals'] },
      { excludeTables: ['app.totals'] },
    ],
    [
      'the whole database without a table',
      { excludeTables: ['audit.trail'] },
      { excludeTables: ['audit.trail'] },
    ],
    [
      'an excluded partitioned table takes its partitions along',
      { excludeTables: ['log.events'] },
      { excludeTables: [...events] },
    ],
    [
      'an excluded partition in the middle takes those below along',
      { excludeTables: ['log.events_2024'] },
      { excludeTables: ['log.events_2024', 'log.events_2024_a'] },
    ],
    [
      'single tables',
      { tables: ['app.orders', 'app.totals'] },
      { tables: ['app.orders', 'app.totals'] },
    ],
    ['a partitioned table brings its partitions', { tables: ['log.events'] }, { tables: events }],
    [
      'a partitioned table without one of its partitions',
      { tables: ['log.events'], excludeTables: ['log.events_2024'] },
      { tables: ['log.events', 'log.events_2023', 'archive.events_2022'] },
    ],
    [
      'a partition of an excluded table, ticked by itself',
      { schemas: ['log'], tables: ['log.events_2023'], excludeTables: ['log.events'] },
      { schemas: ['log'], excludeTables: ['log.events', 'log.events_2024', 'log.events_2024_a'] },
    ],
    ['a partition alone', { tables: ['log.events_2023'] }, { tables: ['log.events_2023'] }],
    [
      'a schema and a table of another: the rest of that one is excluded',
      { schemas: ['app'], tables: ['audit.trail'] },
      { schemas: ['app', 'audit'] },
    ],
    [
      'a schema and a table: what is not ticked goes',
      { schemas: ['audit'], tables: ['app.customers'] },
      {
        schemas: ['app', 'audit'],
        excludeTables: ['app.orders', 'app.orders_id_seq', 'app.totals'],
      },
    ],
    [
      'a schema whose partitioned table has a partition elsewhere',
      { schemas: ['log'] },
      { schemas: ['archive', 'log'], excludeTables: ['archive.notes'] },
    ],
    [
      'a table ticked in a ticked schema changes nothing',
      { schemas: ['app'], tables: ['app.orders'] },
      { schemas: ['app'] },
    ],
    [
      'a sequence that a table owns, asked for by name',
      { tables: ['app.orders_id_seq'] },
      { tables: ['app.orders_id_seq'] },
    ],
    [
      'relations of extensions are never named',
      { schemas: ['audit'], tables: ['app.orders'] },
      { schemas: ['app', 'audit'], excludeTables: ['app.customers', 'app.totals'] },
    ],
    ['rows left out', { excludeTableData: ['app.orders'] }, { excludeTableData: ['app.orders'] }],
    [
      'rows of a partitioned table left out',
      { excludeTableData: ['log.events'] },
      { excludeTableData: events },
    ],
    [
      'rows of what is not dumped need no mention',
      { schemas: ['app'], excludeTableData: ['app.orders', 'audit.trail'] },
      { schemas: ['app'], excludeTableData: ['app.orders'] },
    ],
    ['no rows at all', { includeData: false, excludeTableData: ['app.orders'] }, {}],
    ['large objects are in without a filter', { largeObjects: true }, {}],
    ['large objects can be left out', { largeObjects: false }, { largeObjects: false }],
    [
      'large objects with a filter',
      { schemas: ['app'], largeObjects: true },
      { schemas: ['app'], largeObjects: true },
    ],
    [
      'large objects are out with a filter',
      { schemas: ['app'], largeObjects: false },
      { schemas: ['app'] },
    ],
    ['extensions are in without a filter', { extensions: ['pg_trgm'] }, {}],
    [
      'extensions with a filter',
      { schemas: ['app'], extensions: ['pg_trgm'] },
      { schemas: ['app'], extensions: ['pg_trgm'] },
    ],
    ['no extensions', { schemas: ['app'], extensions: [] }, { schemas: ['app'] }],
  ];
  for (const [name, options, expected] of cases) {
    it(name, () => {
      const sorted = { ...expected };
      for (const list of ['tables', 'excludeTables', 'excludeTableData'] as const) {
        if (sorted[list]) sorted[list] = [...sorted[list]].sort();
      }
      assert.deepEqual(resolve(options), { ...nothing, ...sorted });
    });
  }

  it('never names schemas together with tables, which pg_dump would ignore', () => {
    for (const [, options] of cases) {
      const { schemas, tables } = resolve(options);
      assert.ok(schemas.length === 0 || tables.length === 0);
    }
  });

  it('leaves a sequence in that a partition needs, though its owner is excluded', () => {
    const catalog = sampleCatalog();
    const [first] = catalog.relations;
    assert.ok(first);
    const owned = { kind: 'sequence', ownedBy: ref('log.events') } as const;
    catalog.relations.push({ ...first, ...owned, schema: 'log', name: 'events_id_seq' });
    const withoutParent = { schemas: ['log'], excludeTables: ['log.events'] };
    const all = resolve(withoutParent, catalog).excludeTables;
    assert.ok(all.includes('log.events_id_seq'));
    const some = resolve({ ...withoutParent, tables: ['log.events_2023'] }, catalog).excludeTables;
    assert.ok(some.includes('log.events') && !some.includes('log.events_id_seq'));
  });

  it('never widens a dump whose names are gone', () => {
    assert.deepEqual(resolve({ tables: ['app.gone'] }).tables, ['app.gone']);
    assert.deepEqual(resolve({ schemas: ['gone'] }).schemas, ['gone']);
    assert.deepEqual(resolve({ schemas: ['app'], tables: ['gone.t'] }).schemas, ['app', 'gone']);
    const both = resolve({ tables: ['app.orders'], excludeTables: ['app.orders'] });
    assert.deepEqual(both.tables, ['app.orders']);
    assert.deepEqual(both.excludeTables, ['app.orders']);
  });

  it('keeps names apart that look alike', () => {
    const catalog = sampleCatalog();
    const [first] = catalog.relations;
    assert.ok(first);
    catalog.schemas.push({ name: 'a.b', extension: null }, { name: 'a', extension: null });
    catalog.relations.push(
      { ...first, schema: 'a.b', name: 'c' },
      { ...first, schema: 'a', name: 'b.c' },
    );
    const options = backup({ tables: [{ schema: 'a', name: 'b.c' }] });
    assert.deepEqual(resolveSelection(options, catalog).tables, [{ schema: 'a', name: 'b.c' }]);
  });

  it('takes names as they are while there is no catalog', () => {
    const options = optionsOf({ tables: ['x.y'], largeObjects: true });
    assert.deepEqual(resolveSelection(options, null), {
      ...nothing,
      tables: [ref('x.y')],
      largeObjects: true,
    });
  });

  it('does not bring back an old answer when a list was replaced in place', () => {
    const catalog = sampleCatalog();
    const options = backup({ schemas: ['app'] });
    assert.deepEqual(resolveSelection(options, catalog).schemas, ['app']);
    options.schemas = ['audit'];
    assert.deepEqual(resolveSelection(options, catalog).schemas, ['audit']);
  });
});

describe('how many large objects a backup is said to hold', () => {
  // The catalog has three.
  const cases: [string, ShortOptions, number][] = [
    ['the whole database', {}, 3],
    ['every schema ticked, which is no filter', { schemas: allSchemas }, 3],
    ['one schema', { schemas: ['app'] }, 0],
    ['one schema, and they were asked for', { schemas: ['app'], largeObjects: true }, 3],
    // Only what names what is dumped keeps them out.
    ['every schema but one table', { schemas: allSchemas, excludeTables: ['app.orders'] }, 3],
    ['all, and they were left out', { schemas: allSchemas, largeObjects: false }, 0],
    ['no rows', { schemas: allSchemas, includeData: false }, 0],
  ];
  for (const [what, short, count] of cases) {
    it(`${what}: ${count}, and pg_dump is told the same`, () => {
      const options = optionsOf(short);
      assert.equal(dumpedLargeObjects(options, select(options, sampleCatalog())), count);
      const { schemas, tables, largeObjects } = resolve(short);
      const filtered = schemas.length > 0 || tables.length > 0;
      const told = options.includeData && (largeObjects ?? !filtered);
      assert.equal(told, count > 0);
    });
  }
});
