import assert from 'node:assert/strict';
import { summary } from '../../support/tiers/summary';
import { unloadedFiles } from '../../support/tiers/testFiles';

describe('the run of all tests', () => {
  const result = { name: 'unit', passed: 3, failed: 0, loaded: {}, failures: [], milliseconds: 10 };

  it('ends with the line that is read by others', () => {
    const results = [
      result,
      { ...result, name: 'lint', passed: 0, failed: 1, failures: ['lint failed'] },
      { ...result, name: 'e2e', passed: 2, failed: 1, failures: ['a title: a reason'] },
    ];
    const text = summary(results, ['PostgreSQL 17.12 and its tools']);
    assert.equal(text.split('\n').at(-1), '5 passed, 2 failed');
    assert.match(text, /e2e: a title: a reason/);
    assert.match(text, /Ran with\n  PostgreSQL 17\.12 and its tools/);
  });

  it('notices a test file that was not loaded, and one without tests', () => {
    const nothing = unloadedFiles({});
    assert.ok(nothing.includes('test/unit/support/summary.test.ts was not loaded'));
    const empty = unloadedFiles({ 'unit/support/summary.test': 0 });
    assert.ok(empty.includes('test/unit/support/summary.test.ts holds no test'));
    const loaded = unloadedFiles({ 'unit/support/summary.test': 2 });
    assert.equal(loaded.length, nothing.length - 1);
  });
});
