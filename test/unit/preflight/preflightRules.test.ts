import assert from 'node:assert/strict';
import type { FindingCode, Severity } from '../../../src/core/model/findings/findings';
import type { DatabaseFacts } from '../../../src/core/model/findings/preflightFacts';
import { PREFLIGHT_RULES } from '../../../src/core/preflight/preflightRules';
import { shortened } from '../../../src/core/preflight/shortened';
import { findingText } from '../../../src/core/text/findingText';
import { remedyText } from '../../../src/core/text/findings/remedyText';
import { verdictText } from '../../../src/core/text/findings/verdictText';
import { allCases } from '../../support/disasters/allCases';
import { judge, type Change } from './judge';

const ORDERS: DatabaseFacts['relations'][number] = {
  ...{ schema: 'app', name: 'orders', kind: 'r', rows: 5 },
  ...{ unique: true, owned: true, mayInsert: true, rowSecurity: false },
};
const MADE = { dumpId: 1, desc: 'TABLE', schema: 'app', name: 'orders' };
const SOMEBODY = { pid: 12, user: 'app', application: 'web', state: 'idle', seconds: 3 };

const REPLACED = { replaceRows: true, dataOnly: true, singleTransaction: true };
const goesOn = { exitOnError: false };
const schema = (name: string, empty: boolean): DatabaseFacts['schemas'][number] => ({
  ...{ name, empty, mayCreate: true },
});
const named = (name: string): { dumpId: number; name: string }[] => [{ dumpId: 7, name }];

/** What a real server cannot be brought into easily; the others are cases of the integration tests. */
const cases: readonly (readonly [title: string, Change, ...`${FindingCode}:${Severity}`[]])[] = [
  ['nothing is wrong', {}],
  ['the connection is read-only', { connection: { readOnly: true } }, 'connectionReadOnly:stops'],
  ['a standby', { server: { readOnly: 'standby' } }, 'serverReadOnly:stops'],
  ['nobody could look', { unknown: true }, 'targetUnknown:surprises'],
  ['the catalog is locked', { unknown: true, unread: 'locked' }, 'targetUnknown:surprises'],
  ['the catalog is closed', { unknown: true, unread: 'refused' }, 'targetUnknown:surprises'],
  [
    'the connection is marked production',
    { connection: { environment: 'production' } },
    'production:surprises',
  ],
  ...(['prod-db', 'shop_production', 'db.live.example', 'PROD'] as const).map(
    (host) => [`a name: ${host}`, { connection: { host } }, 'productionName:note'] as const,
  ),
  ...(['products', 'reprod', 'alive', 'delivery'] as const).map(
    (host) => [`no such name: ${host}`, { connection: { host } }] as const,
  ),
  [
    'a name, and the connection is marked otherwise',
    { connection: { host: 'prod-db', environment: 'staging' } },
  ],
  [
    'prepared transactions',
    { database: { preparedTransactions: ['x'] } },
    'preparedTransactions:note',
  ],
  [
    'prepared transactions, and objects are dropped',
    { database: { preparedTransactions: ['x'] }, options: { clean: true, ifExists: true } },
    'preparedTransactions:surprises',
  ],
  ['a pooler', { server: { pooled: true } }, 'pooler:note'],
  ['a pooler, by jobs', { server: { pooled: true }, options: { jobs: 2 } }, 'pooler:surprises'],
  [
    "the system's libraries have changed",
    { database: { staleCollations: ['', 'app.de', 'pg_catalog."de_DE.utf8"'] } },
    'collationsStale:surprises',
  ],
  [
    'a collation that is not there',
    { file: { collations: named('fr') } },
    'collationsMissing:stops',
  ],
  [
    'a collation that is there',
    { file: { collations: named('fr') }, server: { collations: ['fr'] } },
  ],
  ['a replication slot', { database: { logicalSlots: ['cdc'] } }, 'logicalSlots:note'],
  [
    'a database that is replaced: nothing in it is touched',
    { options: { swapIn: true }, database: { relations: [ORDERS] }, file: { relations: [MADE] } },
  ],
  [
    'rows that are replaced, of a table that is not empty',
    { options: REPLACED, database: { relations: [ORDERS] } },
    'rowsReplaced:loses',
  ],
  [
    'rows that are replaced, of an empty table',
    { options: REPLACED, database: { relations: [{ ...ORDERS, rows: 0 }] } },
  ],
  [
    'rows that are replaced, and a key of a table that somebody else owns',
    {
      options: REPLACED,
      server: { isSuperuser: false, user: 'Owner' },
      database: {
        relations: [ORDERS, { ...ORDERS, name: 'lines', owned: false }],
        keyTables: [{ schema: 'app', name: 'lines' }],
      },
    },
    'notOwner:stops',
    'rowsReplaced:loses',
  ],
  [
    "somebody else's database is replaced",
    { options: { swapIn: true }, database: { owned: false } },
    'swapNotOwner:stops',
  ],
  [
    'a database is replaced without the right to create one',
    { options: { swapIn: true }, server: { mayCreateDatabase: false } },
    'noRightToCreateDatabase:stops',
  ],
  [
    'a database with prepared transactions is replaced',
    { options: { swapIn: true }, database: { preparedTransactions: ['x'] } },
    'swapPrepared:stops',
  ],
  [
    'a database that others use is replaced',
    { options: { swapIn: true }, database: { sessions: [SOMEBODY] } },
    'swapSessions:surprises',
  ],
  [
    'the same, and their sessions may be ended',
    { options: { swapIn: true, endSessions: true }, database: { sessions: [SOMEBODY] } },
    'swapSessions:note',
  ],
  [
    'a database with slots and subscriptions is replaced',
    { options: { swapIn: true }, database: { logicalSlots: ['cdc'], subscriptions: ['sub'] } },
    'swapLeavesBehind:surprises',
  ],
  [
    'a schema that is there, with something in it',
    { file: { schemas: named('app') }, database: { schemas: [schema('app', false)] } },
    'exists:stops',
  ],
  [
    'the same, and it is dropped first',
    {
      file: { schemas: named('app') },
      database: { schemas: [schema('app', false)] },
      options: { clean: true, ifExists: true },
    },
  ],
  [
    'an empty schema, one that others need, and public',
    {
      file: {
        schemas: [
          { dumpId: 1, name: 'app' },
          { dumpId: 2, name: 'base', alongside: true },
          { dumpId: 3, name: 'public' },
        ],
      },
      database: { schemas: [schema('app', true), schema('base', false), schema('public', false)] },
    },
  ],
  [
    'a disk that has less room than the file takes',
    { file: { bytes: 5e9 }, server: { dataPath: '/srv/db', freeBytes: 4e9 } },
    'diskSpace:surprises',
  ],
  [
    'a disk that has as much room',
    { file: { bytes: 5e9 }, server: { dataPath: '/srv/db', freeBytes: 5e9 } },
  ],
  [
    'a disk that nobody can ask',
    { file: { bytes: 5e9 }, server: { dataPath: '/srv/db', freeBytes: null } },
  ],
  [
    'a disk with little room, and what is there is dropped first',
    {
      file: { bytes: 5e9 },
      server: { dataPath: '/srv/db', freeBytes: 4e9 },
      options: { clean: true, ifExists: true },
    },
  ],
  ['UTF8 takes every encoding', { file: { encoding: 'LATIN1' } }],
  ['bytes are bytes', { database: { encoding: 'SQL_ASCII' } }],
  [
    'an extension that is nowhere',
    { file: { extensions: [{ dumpId: 3, name: 'postgis', schema: null }] } },
    'extensionsMissing:stops',
  ],
  [
    'the same, and errors are passed over',
    { file: { extensions: [{ dumpId: 3, name: 'postgis', schema: null }] }, options: goesOn },
    'extensionsMissing:surprises',
  ],
  [
    'an extension that is installed already',
    {
      file: { extensions: [{ dumpId: 3, name: 'postgis', schema: 'public' }] },
      database: { installed: [{ name: 'postgis', schema: 'public', version: '3.5' }] },
    },
  ],
  [
    'a language that is not there',
    { file: { languages: named('plv8') } },
    'languagesMissing:stops',
  ],
  [
    'a language that an extension of the archive brings',
    {
      file: { languages: named('plv8'), extensions: [{ dumpId: 3, name: 'plv8', schema: null }] },
      server: { extensions: [{ name: 'plv8', trusted: true, version: '3.2' }] },
    },
  ],
  [
    'an access method that is not there',
    { file: { accessMethods: named('columnar') } },
    'accessMethodsMissing:stops',
  ],
  [
    'publications of a table and of a schema that are neither there nor restored',
    {
      file: {
        published: [
          { dumpId: 7, schema: 'app', name: 'lines' },
          { dumpId: 8, schema: 'old', name: null },
        ],
      },
    },
    'publishedMissing:stops',
  ],
  [
    'publications of what is there, also as a part of an extension, and of what is restored',
    {
      file: {
        published: [
          { dumpId: 7, schema: 'app', name: 'lines' },
          { dumpId: 8, schema: 'app', name: 'orders' },
          { dumpId: 9, schema: 'public', name: null },
          { dumpId: 10, schema: 'new', name: null },
        ],
        schemas: named('new'),
      },
      database: { published: ['app.lines'] },
    },
  ],
  [
    'more objects than one transaction locks',
    { file: { entries: 7000 }, options: { singleTransaction: true } },
    'tooManyLocks:stops',
  ],
  ['as many, one after the other', { file: { entries: 7000 } }],
  [
    'subscriptions that are wanted',
    { file: { subscriptions: named('s') }, options: { subscriptions: true } },
  ],
  ['statistics where they are taken', { file: { statistics: true }, server: { major: 18 } }],
  ['keys at risk, with definitions', { file: { keysAtRisk: 2 } }],
];

describe('What a restore will do', () => {
  for (const [title, change, ...expected] of cases) {
    it(`finds what there is: ${title}`, async () => {
      const { findings, verdict } = await judge(change);
      const found = findings.map(({ code, severity }) => `${code}:${severity}`);
      assert.deepEqual(found, expected);
      assert.equal(verdict.worst, findings[0]?.severity ?? null);
    });
  }

  it('has a case for each rule, and a sentence for what is found and for what can be done', async () => {
    const told = [
      ...cases.flatMap(([, , ...expected]) => expected),
      ...allCases().flatMap(({ expect }) => expect),
    ].map((each) => each.split(':')[0]);
    const codes = PREFLIGHT_RULES.map(({ code }) => code);
    assert.deepEqual(
      codes.filter((code) => !told.includes(code)),
      [],
    );
    for (const [, change] of cases) {
      const { findings } = await judge(change);
      for (const finding of findings) {
        assert.match(findingText(finding), /^[A-Z{0-9].*\.$/, finding.code);
        for (const remedy of finding.remedies) assert.notEqual(remedyText(remedy), remedy.id);
      }
    }
  });

  const inUse = {
    database: {
      sessions: [{ pid: 1, user: 'ann', application: 'app', state: 'idle', seconds: 1 }],
    },
    fitsOneTransaction: true,
  };
  const proposals: [string, Change, boolean][] = [
    ['a small restore into a database in use', inUse, true],
    ['what is not small', { ...inUse, fitsOneTransaction: false }, false],
    ['into a database that nobody uses', { fitsOneTransaction: true }, false],
    ['more locks than there are', { ...inUse, file: { entries: 7000 } }, false],
    [
      'as many entries, rows alone',
      { ...inUse, file: { entries: 7000 }, options: { dataOnly: true } },
      true,
    ],
    ['one transaction already', { ...inUse, options: { singleTransaction: true } }, false],
  ];
  for (const [title, change, proposed] of proposals) {
    it(`${proposed ? 'proposes' : 'does not propose'} one transaction: ${title}`, async () => {
      const { findings } = await judge(change);
      const all = findings.flatMap(({ remedies }) => remedies);
      const found = all.filter(({ id }) => id === 'singleTransaction');
      const options = { singleTransaction: true, exitOnError: true, jobs: 1 };
      assert.deepEqual(found, proposed ? [{ id: 'singleTransaction', kind: 'set', options }] : []);
    });
  }

  it('refreshes collations by their names, which may have dots', async () => {
    const staleCollations = ['app.de', 'pg_catalog."de_DE.utf8"'];
    const { findings } = await judge({ database: { staleCollations } });
    const [finding] = findings;
    const [copy] = finding?.remedies ?? [];
    assert.ok(copy?.kind === 'copy');
    assert.deepEqual(copy.text.split('\n').slice(1), [
      'ALTER COLLATION app.de REFRESH VERSION;',
      'ALTER COLLATION pg_catalog."de_DE.utf8" REFRESH VERSION;',
    ]);
  });

  it('names a few of many objects, and counts the rest', async () => {
    const many = Array.from({ length: 2000 }, (_, n) => `cdc${n}`);
    const whole = await judge({ database: { logicalSlots: many } });
    assert.equal(whole.findings[0]?.objects.length, 2000);
    const [finding] = shortened(whole).findings;
    assert.equal(finding?.objects.length, 1000);
    assert.equal(finding?.count, 2000);
    assert.match(findingText(finding), /cdc0, cdc1, cdc2, cdc3 and 1,996 more/);
  });

  it('says in one sentence what comes of it', () => {
    const verdict = {
      worst: null,
      target: 'empty',
      adds: 1,
      drops: 0,
      dropsRows: 0,
      replaces: 0,
      replacesRows: 0,
      largeObjects: null,
      keeps: null,
      fills: 0,
      partial: false,
    } as const;
    const rows = [
      [{}, 'Adds 1 table to an empty database; nothing is lost.'],
      [{ target: 'new', adds: 41 }, 'Adds 41 tables to a new database; nothing is lost.'],
      [{ target: 'full', adds: 2 }, 'Adds 2 tables to what is there; nothing is lost.'],
      [{ target: 'full', adds: 0, fills: 3 }, 'Loads rows into 3 tables; nothing is lost.'],
      [
        { worst: 'loses', target: 'full', drops: 38, dropsRows: 1_200_000 },
        'Drops 38 tables with about 1,200,000 rows.',
      ],
      [
        { worst: 'loses', target: 'full', drops: 1, dropsRows: 7, keeps: 'safetyBackup' },
        'Drops 1 table with about 7 rows. The safety backup keeps them.',
      ],
      [
        { worst: 'loses', target: 'full', replaces: 1, replacesRows: 9, keeps: 'safetyBackup' },
        'Replaces about 9 rows of 1 table. The safety backup keeps them.',
      ],
      [
        { worst: 'loses', target: 'full', largeObjects: { count: 1, upTo: false } },
        'Replaces 1 large object.',
      ],
      [
        {
          worst: 'loses',
          target: 'full',
          drops: 1,
          dropsRows: 7,
          keeps: 'safetyBackup',
          largeObjects: { count: 2000, upTo: false },
        },
        'Drops 1 table with about 7 rows. Replaces 2,000 large objects. The safety backup keeps them.',
      ],
      [
        { worst: 'loses', target: 'full', largeObjects: { count: 3, upTo: true } },
        'May replace 3 large objects.',
      ],
      [
        { target: 'new', keeps: 'oldDatabase' },
        'The database gets a new one in its place and is kept under another name; nothing is lost.',
      ],
      [{ worst: 'stops' }, 'This restore will not go through as it is.'],
      [
        { worst: 'stops', partial: true },
        'This restore will not go through as it is; what it has done by then stays.',
      ],
      [{ target: 'unknown' }, 'Nobody knows what is in the target.'],
    ] as const;
    for (const [change, sentence] of rows) {
      assert.equal(verdictText({ ...verdict, ...change }), sentence);
    }
  });
});
