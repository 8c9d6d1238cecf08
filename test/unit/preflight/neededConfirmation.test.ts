import assert from 'node:assert/strict';
import type {
  FileDifferences,
  TargetContents,
  TargetFacts,
} from '../../../src/core/model/confirmation';
import type { Environment } from '../../../src/core/model/profile';
import {
  neededConfirmation,
  type RestoreFacts,
  type RestoreIntent,
} from '../../../src/core/preflight/neededConfirmation';

const nothing: TargetContents = { tables: 0, views: 0, others: 0, rows: 0, uncountedTables: 0 };
const contents = {
  new: { kind: 'new' },
  empty: { kind: 'known', contents: nothing },
  table: { kind: 'known', contents: { ...nothing, tables: 1, rows: 7 } },
  emptyTable: { kind: 'known', contents: { ...nothing, tables: 1 } },
  view: { kind: 'known', contents: { ...nothing, views: 1 } },
  function: { kind: 'known', contents: { ...nothing, others: 1 } },
  unknown: { kind: 'unknown', failure: { code: 'queryTimedOut', details: { seconds: 10 } } },
} satisfies Record<string, TargetFacts>;
const differs: FileDifferences = {
  first: { kind: 'sizeChanged', object: 'blob_16.dat', detail: '9000 → 4500', offset: 4500 },
  count: 1,
};
const effects = {
  createdDatabases: ['shop'],
  writtenDatabases: [],
  droppedDatabases: [],
  createdRoles: [],
  droppedRoles: [],
  createdTablespaces: [],
};
const target = { connection: 'Live', address: 'db.example:5432', database: 'shop' };

function facts(more: Partial<RestoreFacts> = {}): RestoreFacts {
  return {
    target,
    environment: null,
    contents: { kind: 'new' },
    fileDrops: false,
    effects: null,
    fileDiffers: null,
    reach: [],
    madeHere: true,
    ...more,
  };
}

const into = { kind: 'database', clean: false } as const satisfies RestoreIntent;
const over: RestoreIntent = { kind: 'database', clean: true };
const server: RestoreIntent = { kind: 'server' };
const trial: RestoreIntent = { kind: 'trial' };

/** What is asked, and what has to be typed. */
type Row = [title: string, RestoreIntent, Partial<RestoreFacts>, codes: string, typed?: string];
const reach = [{ kind: 'programs' as const, statement: 'LOAD', count: 1, line: 3, object: null }];
const rows: Row[] = [
  ['a file that runs programs', into, { reach }, 'reaches'],
  ['a script of a server that runs programs', server, { effects, reach }, 'wholeServer reaches'],
  ['a file that runs programs, on trial, where it is refused', trial, { reach }, ''],
  ['a file of somebody else, into nothing', into, { madeHere: false }, ''],
  [
    'a file of somebody else that runs programs',
    into,
    { madeHere: false, reach },
    'reaches foreign',
  ],
  ['a new database', into, {}, ''],
  ['an empty database', into, { contents: contents.empty }, ''],
  ['an empty database, cleaned', over, { contents: contents.empty }, ''],
  [
    'an empty database, by a script that drops',
    into,
    { contents: contents.empty, fileDrops: true },
    '',
  ],
  ['a table with rows', into, { contents: contents.table }, 'notEmpty'],
  ['a table without rows', into, { contents: contents.emptyTable }, 'notEmpty'],
  ['a view alone', into, { contents: contents.view }, 'notEmpty'],
  ['a function alone', into, { contents: contents.function }, 'notEmpty'],
  ['what nobody could look into', into, { contents: contents.unknown }, 'contentsUnknown'],
  ['a table, cleaned', over, { contents: contents.table }, 'drops notEmpty', 'shop'],
  [
    'a table whose rows are replaced',
    { ...into, replaceRows: true },
    { contents: contents.table },
    'drops notEmpty',
    'shop',
  ],
  [
    'a table, by a script that drops',
    into,
    { contents: contents.table, fileDrops: true },
    'drops notEmpty',
    'shop',
  ],
  [
    'what nobody could look into, cleaned',
    over,
    { contents: contents.unknown },
    'drops contentsUnknown',
    'shop',
  ],
  ['production, new', into, { environment: 'production' }, 'production', 'shop'],
  [
    'production, empty',
    into,
    { environment: 'production', contents: contents.empty },
    'production',
    'shop',
  ],
  [
    'production, filled and cleaned',
    over,
    { environment: 'production', contents: contents.table },
    'production drops notEmpty',
    'shop',
  ],
  [
    'production, unknown',
    into,
    { environment: 'production', contents: contents.unknown },
    'production contentsUnknown',
    'shop',
  ],
  [
    'production, whose database nobody could tell',
    into,
    {
      environment: 'production',
      contents: contents.unknown,
      target: { ...target, database: null },
    },
    'production contentsUnknown',
    'Live',
  ],
  ['staging, filled', into, { environment: 'staging', contents: contents.table }, 'notEmpty'],
  ['development, new', into, { environment: 'development' }, ''],
  [
    'another file than its manifest says, new database',
    into,
    { fileDiffers: differs },
    'fileDiffers',
  ],
  [
    'another file, filled and cleaned',
    over,
    { contents: contents.table, fileDiffers: differs },
    'fileDiffers drops notEmpty',
    'shop',
  ],
  ['a whole server', server, { effects, contents: null }, 'wholeServer'],
  [
    'a whole server, by a script that drops roles',
    server,
    { effects: { ...effects, droppedRoles: ['boss'] }, contents: null },
    'wholeServer',
    'Live',
  ],
  [
    'a whole production server',
    server,
    { effects, contents: null, environment: 'production' },
    'production wholeServer',
    'Live',
  ],
  ['a whole server, with a file that is no such script', server, { contents: null }, ''],
  ['a trial', trial, { contents: null }, ''],
  ['a trial in production', trial, { contents: null, environment: 'production' }, 'production'],
];

describe('The door of restores', () => {
  for (const [title, intent, more, codes, typed] of rows) {
    it(`asks ${codes === '' ? 'nothing' : codes} of ${title}`, () => {
      const { reasons, typed: asked } = neededConfirmation(intent, facts(more));
      assert.equal(reasons.map(({ code }) => code).join(' '), codes);
      assert.equal(asked, typed ?? null);
    });
  }

  it('lets nothing into production, or over anything that is there, without a question', () => {
    const environments: (Environment | null)[] = [null, 'development', 'staging', 'production'];
    let cases = 0;
    for (const intent of [into, over, server, trial]) {
      for (const environment of environments) {
        for (const [name, there] of Object.entries(contents)) {
          for (const fileDrops of [false, true]) {
            for (const fileDiffers of [null, differs]) {
              const given = facts({
                environment,
                contents: there,
                fileDrops,
                fileDiffers,
                effects,
              });
              const { reasons, typed } = neededConfirmation(intent, given);
              const nothingThere = name === 'new' || name === 'empty';
              const must =
                environment === 'production' ||
                intent.kind === 'server' ||
                fileDiffers !== null ||
                (intent.kind === 'database' && !nothingThere);
              const context = JSON.stringify([intent, environment, name, fileDrops]);
              assert.equal(reasons.length > 0, must, context);
              assert.equal(
                typed !== null,
                intent.kind !== 'trial' &&
                  (environment === 'production' || reasons.some(({ code }) => code === 'drops')),
                context,
              );
              cases++;
            }
          }
        }
      }
    }
    assert.equal(cases, 448);
  });

  it('carries the facts of what it asks', () => {
    const { reasons, target: named } = neededConfirmation(
      over,
      facts({ contents: contents.table, fileDiffers: differs }),
    );
    assert.deepEqual(reasons, [
      { code: 'fileDiffers', differences: differs },
      { code: 'drops', by: 'clean' },
      { code: 'notEmpty', contents: { ...nothing, tables: 1, rows: 7 } },
    ]);
    assert.deepEqual(named, target);
    const backed = neededConfirmation(
      { ...over, backsUp: true },
      facts({ contents: contents.table }),
    );
    const drops = { code: 'drops', by: 'clean', backedUp: true } as const;
    assert.deepEqual(backed.reasons[0], drops);
  });
});
