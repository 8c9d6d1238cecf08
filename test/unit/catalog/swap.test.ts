import assert from 'node:assert/strict';
import {
  liveProperties,
  settingSql,
  type LiveDatabase,
} from '../../../src/core/catalog/swap/liveProperties';
import { placesAmong } from '../../../src/core/catalog/swap/swapGround';
import { SWAP_ACTIONS, type DatabaseSwap } from '../../../src/core/model/ways/databaseSwap';

const SWAP: DatabaseSwap = {
  ...{ database: 'shop', copy: 'shop_new', aside: 'shop_before' },
  ...{ oldOid: 1, newOid: 2, state: 'swapping' },
};

describe('where the two databases of a swap are', () => {
  const CASES: readonly [what: string, databases: [number, string][], expected: string][] = [
    [
      'the old one in place',
      [
        [1, 'shop'],
        [2, 'shop_new'],
        [3, 'postgres'],
      ],
      'ready',
    ],
    [
      'the restored one in place',
      [
        [1, 'shop_before'],
        [2, 'shop'],
      ],
      'swapped',
    ],
    ['the restored one gone', [[1, 'shop']], 'dropped'],
    ['the old one gone', [[2, 'shop']], 'dropped'],
    [
      'somebody renamed the old one',
      [
        [1, 'mine'],
        [2, 'shop'],
      ],
      'changed',
    ],
    [
      'somebody renamed the restored one',
      [
        [1, 'shop'],
        [2, 'mine'],
      ],
      'changed',
    ],
    [
      'another server with these numbers',
      [
        [1, 'postgres'],
        [2, 'template1'],
      ],
      'changed',
    ],
    [
      'a third one has the name',
      [
        [1, 'shop_before'],
        [2, 'shop_new'],
        [9, 'shop'],
      ],
      'changed',
    ],
  ];
  it('knows the restored one by its name while its number is not recorded', () => {
    const early = { ...SWAP, newOid: 0 };
    assert.equal(
      placesAmong(
        [
          [1, 'shop'],
          [7, 'shop_new'],
        ],
        early,
      ).state,
      'ready',
    );
    assert.equal(placesAmong([[1, 'shop']], early).state, 'dropped');
  });

  for (const [what, databases, expected] of CASES) {
    it(what, () => assert.equal(placesAmong(databases, SWAP).state, expected));
  }

  it('offers something in every state but the last', () => {
    const without = Object.entries(SWAP_ACTIONS).filter(([, actions]) => actions.length === 0);
    assert.deepEqual(without, [['dropped', []]]);
    // What is not whole is never put in place; while it is unknown which is which, none is dropped.
    assert.ok(!SWAP_ACTIONS.restoring.includes('swapIn'));
    assert.ok(!SWAP_ACTIONS.swapping.includes('dropCopy'));
  });
});

describe('the properties of a database as statements', () => {
  const SETTINGS: readonly [entry: string, sql: string | null][] = [
    ['work_mem=8MB', `SET "work_mem" TO '8MB'`],
    ['my.secret=a=b', `SET "my.secret" TO 'a=b'`],
    [`x.y=it's`, `SET "x.y" TO 'it''s'`],
    ['x.y=a\\b', `SET "x.y" TO E'a\\\\b'`],
    ['search_path="$user", public', `SET "search_path" TO '$user', 'public'`],
    ['search_path="a, ""b""", c', `SET "search_path" TO 'a, "b"', 'c'`],
    ['search_path=""', `SET "search_path" TO ''`],
    ['search_path=', `SET "search_path" TO ''`],
    ['no value', null],
  ];
  for (const [entry, sql] of SETTINGS) {
    it(`takes over ${entry}`, () => assert.equal(settingSql(entry)?.sql ?? null, sql));
  }

  const PLAIN: LiveDatabase = {
    ...{ owner: 'me', allowsConnections: true, isTemplate: false, connectionLimit: -1 },
    ...{ comment: null, privileges: null, settings: [], labels: [] },
  };

  it('has nothing to do for a database like any other', () => {
    assert.deepEqual(liveProperties(PLAIN, 'new', 'me'), []);
  });

  it('gives it to its owner first, and shuts it last', () => {
    const kinds = liveProperties(
      { ...PLAIN, owner: 'boss', allowsConnections: false, isTemplate: true, comment: 'c' },
      'new',
      'me',
    ).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['owner', 'comment', 'template', 'connections']);
  });

  it('takes what PUBLIC has by default before it grants', () => {
    const sql = liveProperties(
      {
        ...PLAIN,
        privileges: [
          { grantee: null, privilege: 'TEMPORARY', grantable: false },
          { grantee: 'a "b"', privilege: 'CONNECT', grantable: true },
          { grantee: 'x', privilege: 'drop; --', grantable: false },
        ],
      },
      'n"ew',
      'me',
    ).map((each) => each.sql);
    assert.deepEqual(sql, [
      'REVOKE ALL ON DATABASE "n""ew" FROM PUBLIC',
      'REVOKE ALL ON DATABASE "n""ew" FROM "me"',
      'GRANT TEMPORARY ON DATABASE "n""ew" TO PUBLIC',
      'GRANT CONNECT ON DATABASE "n""ew" TO "a ""b""" WITH GRANT OPTION',
    ]);
  });
});
