import assert from 'node:assert/strict';
import {
  beginChoices,
  changedFields,
  choose,
  type Choices,
} from '../../../../src/core/forms/form/choices';
import type { RestoreContext } from '../../../../src/core/forms/form/context';
import { resetForFile, restoreOptionsOf } from '../../../../src/core/forms/restore/restoreForm';
import {
  chooseRestoreProfile,
  restoreProfile,
  restoreReason,
  withoutUsualJobs,
} from '../../../../src/core/forms/restore/profiles/restoreProfiles';
import type { RestoreProfile } from '../../../../src/core/forms/restore/profiles/profileNames';
import type { RestoreOptions } from '../../../../src/core/model/options';
import { archive, ref, restore, restoreContext, script, tool } from '../sampleCatalog';

const GB = 1024 ** 3;
const tables = ['app.a', 'app.b', 'app.c'].map(ref);
const large = archive({ sizeBytes: GB, contents: { ...archive().contents, tables } });
const known = restoreContext({ info: large, cores: 2 });

/** A step of a user: a profile, or a change of fields. */
type Step = RestoreProfile | Partial<RestoreOptions>;

function after(steps: readonly Step[], begun: Partial<RestoreOptions> = {}): string {
  let choices: Choices<RestoreOptions> = beginChoices(restore(begun));
  for (const step of steps) {
    choices =
      typeof step === 'string'
        ? chooseRestoreProfile(choices, step, restoreOptionsOf(choices, known))
        : choose(choices, step);
  }
  return shown(choices, known);
}

function shown(choices: Choices<RestoreOptions>, context: RestoreContext): string {
  const options = restoreOptionsOf(choices, context);
  const { jobs, singleTransaction } = options;
  return `${restoreProfile(options, choices)}: ${jobs}${singleTransaction ? ', one transaction' : ''}`;
}

describe('The profile of a restore', () => {
  const cases: [string, Step[], string][] = [
    ['is Recommended at first', [], 'recommended: 2'],
    ['takes one transaction', ['allOrNothing'], 'allOrNothing: 1, one transaction'],
    ['keeps the jobs that were shown', ['custom'], 'custom: 2'],
    ['keeps the one job of a transaction', ['allOrNothing', 'custom'], 'custom: 1'],
    ['is left by a number of jobs', [{ jobs: 1 }], 'custom: 1'],
    ['is left by a transaction', [{ singleTransaction: true }], 'allOrNothing: 1, one transaction'],
    ['is left by jobs beside a transaction', ['allOrNothing', { jobs: 4 }], 'custom: 4'],
    ['returns to Recommended', [{ jobs: 4 }, 'allOrNothing', 'recommended'], 'recommended: 2'],
    [
      'takes back what had brought the transaction',
      [{ dataOnly: true }, { replaceRows: true }, 'recommended'],
      'recommended: 1',
    ],
    ['stays with other fields', [{ noOwner: true }, { schemaOnly: true }], 'recommended: 1'],
  ];
  for (const [what, steps, expected] of cases) {
    it(what, () => assert.equal(after(steps), expected));
  }

  it('is one transaction where the last restore was', () => {
    assert.equal(after([], { singleTransaction: true }), 'allOrNothing: 1, one transaction');
    assert.equal(after(['recommended'], { singleTransaction: true }), 'recommended: 2');
  });

  const small = archive({ ...large, sizeBytes: 1e6 });
  const reasons: [string, Partial<RestoreContext>, Partial<RestoreOptions>, RegExp][] = [
    ['several jobs', {}, {}, /^2 jobs: /],
    ['no file yet', { info: null }, {}, /once the file is known/],
    ['no cores told', { cores: undefined }, {}, /once the file is known/],
    ['one core', { cores: 1 }, {}, /one core/],
    ['a script', { info: script({ sizeBytes: GB }) }, {}, /a script/],
    ['a tar archive', { info: archive({ ...large, format: 'tar' }) }, {}, /tar/],
    ['a small archive', { info: small }, {}, /too little/],
    ['definitions', {}, { schemaOnly: true }, /too little/],
    ['rows alone', {}, { dataOnly: true }, /foreign keys/],
    ['a changed archive', {}, { mapRoles: [{ name: 'a', target: 'b' }] }, /changed on its way/],
    ['a container', { tool: { ...tool('17.6'), streams: true } }, {}, /container/],
    ['one transaction', {}, { singleTransaction: true }, /One transaction/],
  ];
  for (const [what, more, options, reason] of reasons) {
    it(`says what and why in one line: ${what}`, () => {
      const said = restoreReason('recommended', restore(options), { ...known, ...more });
      assert.match(said, reason);
      assert.doesNotMatch(said, /\n/);
    });
  }

  it('says no more of chosen jobs than that they stay', () => {
    assert.match(restoreReason('custom', restore({ jobs: 2 }), known), /stays as it is set/);
  });

  it('stays when the rest of a job is restored: what did not change was not chosen', () => {
    const before = restoreOptionsOf(beginChoices(restore()), known);
    const rest = { ...before, createDatabase: false, dumpIds: [3, 4] };
    assert.deepEqual(changedFields(before, rest), { dumpIds: [3, 4] });
    assert.equal(after([changedFields(before, rest)]), 'recommended: 2');
    assert.equal(after([rest]), 'custom: 2');
  });

  const given: [what: string, Partial<RestoreOptions>, here: string, nextFile: string][] = [
    ['as many as Recommended gives', { jobs: 2 }, 'recommended: 2', 'recommended: 1'],
    ['more of them', { jobs: 4 }, 'custom: 4', 'custom: 4'],
    ['fewer of them', { jobs: 1 }, 'custom: 1', 'custom: 1'],
    [
      'the one of a transaction',
      { jobs: 1, singleTransaction: true },
      'allOrNothing: 1, one transaction',
      'allOrNothing: 1, one transaction',
    ],
  ];
  for (const [what, options, here, nextFile] of given) {
    it(`tells jobs of an earlier restore that somebody chose from usual ones: ${what}`, () => {
      const earlier = restore(options);
      const opened = choose(beginChoices(restore()), earlier);
      const choices = withoutUsualJobs(opened, earlier, known);
      assert.equal(shown(choices, known), here);
      assert.equal(shown(resetForFile(choices), { ...known, info: small }), nextFile);
    });
  }
});
