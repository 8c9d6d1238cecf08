/** The table of disasters has every finding and every remedy. */
import assert from 'node:assert/strict';
import { REMEDY_IDS } from '../../../src/core/model/findings/findings';
import { PREFLIGHT_RULES } from '../../../src/core/preflight/preflightRules';
import { allCases } from '../../support/disasters/allCases';

/** What the look ahead itself finds, without a rule. */
const BESIDE_THE_RULES = ['partLeftOut'];

/** Findings of another test: a disk that is nearly full has to be mounted. */
const FOUND_ELSEWHERE: Readonly<Record<string, string>> = { diskSpace: 'disasters/fullDisk' };

/** Remedies that are taken by other tests: of backups, and of what is left after a restore. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  withoutDamaged: 'integration/pgtools/serverErrors',
  copyRowsQuery: 'integration/restore/restoreRest',
  addForeignKeys: 'integration/restore/restoreRest',
  setSequences: 'integration/restore/restoreRest',
};

const codes = [...PREFLIGHT_RULES.map(({ code }) => code), ...BESIDE_THE_RULES].sort();
const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();

describe('The table of disasters', () => {
  it('has at least fifty, each with a title of its own', () => {
    const titles = allCases().map(({ title }) => title);
    assert.ok(titles.length >= 50, String(titles.length));
    assert.deepEqual(unique(titles), titles.sort());
  });

  it('has a case for every finding', () => {
    const expected = allCases().flatMap(({ expect }) => expect.map((each) => each.split(':')[0]));
    const elsewhere = Object.keys(FOUND_ELSEWHERE);
    assert.deepEqual(unique([...(expected as string[]), ...elsewhere]), codes);
  });

  it('has a healthy case for every finding, which comes near and finds nothing', () => {
    const healthy = allCases().filter(({ near }) => near !== undefined);
    for (const { title, expect } of healthy) assert.deepEqual(expect, [], title);
    assert.deepEqual(unique(healthy.flatMap(({ near }) => near ?? [])), codes);
  });

  it('takes every remedy', () => {
    const taken = allCases().flatMap(({ press }) => (press ?? []).flat());
    assert.deepEqual(unique([...taken, ...Object.keys(ELSEWHERE)]), [...REMEDY_IDS].sort());
  });
});
