/** The table of disasters has every finding and every remedy. */
import assert from 'node:assert/strict';
import { REMEDY_IDS } from '../../../src/core/model/findings/findings';
import { allCases } from '../../support/disasters/allCases';
import { FINDING_CODES, FOUND_ELSEWHERE, HELD_ELSEWHERE } from '../../support/disasters/tally';

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
    assert.deepEqual(unique([...(expected as string[]), ...elsewhere]), FINDING_CODES);
  });

  it('has a healthy case for every finding, which comes near and finds nothing', () => {
    const healthy = allCases().filter(({ near }) => near !== undefined);
    for (const { title, expect } of healthy) assert.deepEqual(expect, [], title);
    assert.deepEqual(unique(healthy.flatMap(({ near }) => near ?? [])), FINDING_CODES);
  });

  it('takes every remedy', () => {
    const taken = allCases().flatMap(({ press = [], afterwards = [], mendBackup }) => [
      ...[...press.flat(), ...afterwards],
      ...(mendBackup === undefined ? [] : [mendBackup]),
    ]);
    assert.deepEqual(unique([...taken, ...Object.keys(HELD_ELSEWHERE)]), [...REMEDY_IDS].sort());
  });
});
