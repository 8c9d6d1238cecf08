import assert from 'node:assert/strict';
import { beginChoices, choose, type Choices } from '../../../../src/core/forms/form/choices';
import type { RestoreContext } from '../../../../src/core/forms/form/context';
import { restoreOptionsOf } from '../../../../src/core/forms/restore/restoreForm';
import {
  chooseRestoreProfile,
  restoreProfile,
  restoreReason,
  type RestoreProfile,
} from '../../../../src/core/forms/restore/profiles/restoreProfiles';
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
  const options = restoreOptionsOf(choices, known);
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

  it('says so where the jobs are set by hand', () => {
    assert.match(restoreReason('custom', restore({ jobs: 2 }), known), /by hand/);
  });
});
