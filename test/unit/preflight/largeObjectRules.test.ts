import assert from 'node:assert/strict';
import type { FindingCode, Severity } from '../../../src/core/model/findings/findings';
import type { DatabaseFacts, FileFacts } from '../../../src/core/model/findings/preflightFacts';
import { findingText } from '../../../src/core/text/findingText';
import { remedyText } from '../../../src/core/text/findings/remedyText';
import { verdictText } from '../../../src/core/text/findings/verdictText';
import { judge, type Change } from './judge';

const replacing = { clean: true, ifExists: true };
const told: Partial<FileFacts> = {
  ...{ relations: [], largeObjects: 2, largeObjectIds: [[5, 6]], largeObjectEntries: [8, 9] },
};
/** A script, or contents without what makes their objects. */
const untold: Partial<FileFacts> = { ...told, largeObjectIds: null, largeObjectEntries: [] };
const objectsThere = (
  change: Partial<DatabaseFacts['largeObjects']> = {},
): Partial<DatabaseFacts> => ({
  largeObjects: { count: 1, oids: [5], notOwned: [], absent: [], ...change },
});

const cases: readonly (readonly [title: string, Change, ...`${FindingCode}:${Severity}`[]])[] = [
  ['large objects, and others are there', { file: told, options: replacing }],
  [
    'large objects are dropped',
    { file: told, database: objectsThere(), options: replacing },
    'largeObjectsReplaced:loses',
  ],
  [
    'large objects are written over',
    { file: told, database: objectsThere(), options: { exitOnError: false } },
    'largeObjectsReplaced:loses',
  ],
  ['large objects are there', { file: told, database: objectsThere() }, 'largeObjectsExist:stops'],
  [
    'the same, where rows are loaded alone',
    { file: { ...told, rows: [] }, database: objectsThere(), options: { dataOnly: true } },
    'largeObjectsExist:stops',
  ],
  [
    'large objects that nobody knows are dropped',
    { file: untold, database: objectsThere(), options: replacing },
    'largeObjectsReplaced:loses',
  ],
  [
    'large objects that nobody knows may be there',
    { file: untold, database: objectsThere() },
    'largeObjectsExist:surprises',
  ],
  [
    'a database with large objects is replaced',
    { file: told, database: objectsThere(), options: { swapIn: true } },
  ],
  [
    'large objects of somebody else',
    {
      ...{ file: told, database: objectsThere({ notOwned: [5] }), options: replacing },
      server: { isSuperuser: false, user: 'Me' },
    },
    'notOwner:stops',
    'largeObjectsReplaced:loses',
  ],
  [
    'a large object that is not there to be dropped',
    { file: told, database: objectsThere({ count: 0, absent: [6] }), options: { clean: true } },
    'nothingToDrop:stops',
  ],
];

describe('Large objects before a restore', () => {
  for (const [title, change, ...expected] of cases) {
    it(title, async () => {
      const { findings, verdict } = await judge(change);
      const found = findings.map(({ code, severity }) => `${code}:${severity}`);
      assert.deepEqual(found, expected);
      const loses = expected.includes('largeObjectsReplaced:loses');
      assert.equal(verdict.largeObjects !== null, loses);
      if (loses) assert.doesNotMatch(verdictText(verdict), /nothing is lost/);
      for (const finding of findings) {
        assert.match(findingText(finding), /^[A-Z].*\.$/);
        for (const remedy of finding.remedies) assert.notEqual(remedyText(remedy), remedy.id);
      }
    });
  }
});
