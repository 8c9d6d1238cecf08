import assert from 'node:assert/strict';
import { assertHabit, assertRefused, isMeasured } from '../../support/measure/measuredReleases';

const known = { version: '17.12' };
const later = { version: '17.999' };
const taken = { code: 0, stderr: '' };
const refused = { code: 1, stderr: 'options a and b cannot be used together' };
const crashed = { code: 1, stderr: 'out of memory' };
const refusal = /cannot be used together/;

describe('what tests may take for a law', () => {
  for (const [version, expected] of [
    ['17.11', true],
    ['17.12', true],
    ['17.13', false],
    ['18.6', true],
    ['18.7', false],
    ['19.0', false],
    ['19beta1', false],
    ['18rc1', false],
  ] as const) {
    it(`${version} ${expected ? 'was measured' : 'may differ'}`, () => {
      assert.equal(isMeasured({ version }), expected);
    });
  }

  it('is a refusal by a release that was measured', () => {
    assertRefused(known, 'a with b', refused, refusal);
    assert.throws(() => assertRefused(known, 'a with b', taken, refusal));
    assert.throws(() => assertRefused(known, 'a with b', crashed, refusal));
  });

  it('is no refusal by a later one, and no other error either', () => {
    assertRefused(later, 'a with b', refused, refusal);
    assertRefused(later, 'a with b', taken, refusal);
    assert.throws(() => assertRefused(later, 'a with b', crashed, refusal));
  });

  it('is a habit of a release that was measured', () => {
    const fails = (): void => assert.fail('another');
    assert.throws(() => assertHabit(known, 'ignores a', fails));
    assertHabit(later, 'ignores a', fails);
  });
});
