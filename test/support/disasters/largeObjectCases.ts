import assert from 'node:assert/strict';
import { psqlJson } from '../machine/psql';
import { owner } from './usualDatabase';
import type { Disaster } from './disaster';

const source = `CREATE TABLE public.pictures AS SELECT 70001::oid AS picture;
  SELECT lo_from_bytea(70001, 'new'), lo_from_bytea(70002, 'new too');`;
/** One of the large objects of the backup, with contents that are longer, and one of its own. */
const target = `SELECT lo_from_bytea(70001, 'what was there'), lo_from_bytea(80001, 'mine');`;
const replaced = 'largeObjectsReplaced:loses';

/** Large objects of the target with the OIDs of the backup's. */
export const largeObjectCases: readonly Disaster[] = [
  {
    title: 'large objects are dropped and replaced',
    source,
    target,
    options: { clean: true, ifExists: true },
    expect: [replaced],
    press: [['newDatabase'], ['leaveOut']],
    outcome: 'completed',
  },
  {
    title: 'large objects that are there are written over after the error',
    source,
    target,
    options: { exitOnError: false },
    expect: [replaced],
    outcome: 'completedWithErrors',
  },
  {
    title: 'large objects of an owner that the user cannot become, rows alone',
    source: `SELECT lo_from_bytea(70001, 'new');`,
    target: `ALTER DATABASE disaster_target OWNER TO ${owner};`,
    as: owner,
    options: { dataOnly: true },
    expect: ['ownersOutOfReach:stops'],
    press: [['noOwnersAndPrivileges'], ['mapRoles']],
    outcome: 'failed',
    left: 'partial',
  },
  {
    title: 'large objects that are there stop it',
    source,
    target,
    expect: ['largeObjectsExist:stops'],
    press: [['newDatabase'], ['clean'], ['leaveOut']],
    outcome: 'failed',
  },
];

/** More of the same: a long run has them. */
export const furtherLargeObjectCases: readonly Disaster[] = [
  {
    title: 'large objects that are there are left as they are',
    source,
    target,
    expect: ['largeObjectsExist:stops'],
    press: [['leaveOut']],
    outcome: 'failed',
    after: async (server, database) => {
      const sql = `SELECT json_agg(convert_from(lo_get(oid), 'UTF8') ORDER BY oid)
        FROM pg_largeobject_metadata;`;
      assert.deepEqual(await psqlJson(server, database, sql), ['what was there', 'mine']);
    },
  },
  {
    title: 'other large objects are in nobody’s way',
    source,
    target: `SELECT lo_from_bytea(80001, 'mine');`,
    options: { clean: true, ifExists: true },
    expect: [],
    outcome: 'completed',
  },
];

/** Archives of 16 and older have an entry for each large object. */
export const singleEntryCases: readonly Disaster[] = [
  {
    title: 'large objects, one of which is not there to be dropped',
    source,
    target,
    options: { clean: true, ifExists: false, exitOnError: false },
    expect: [replaced, 'nothingToDrop:surprises'],
    outcome: 'completedWithErrors',
  },
];
