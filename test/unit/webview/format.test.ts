import assert from 'node:assert/strict';
import { formatDate } from '../../../src/core/text/formatDate';
import { formatDuration, formatRemaining } from '../../../src/core/text/formatDuration';
import { baseName } from '../../../src/core/text/paths';
import { formatBrief } from '../../../webview/shared/format';

describe('what numbers are written as', () => {
  const durations: [number, string][] = [
    [0, '0 s'],
    [-5, '0 s'],
    [430, '0.4 s'],
    [9_940, '9.9 s'],
    [9_960, '10 s'],
    [59_400, '59 s'],
    [59_700, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [3_599_600, '1 h 00 min'],
    [3_720_000, '1 h 02 min'],
    [100 * 3_600_000, '100 h 00 min'],
  ];
  for (const [ms, text] of durations) {
    it(`${ms} ms = ${text}`, () => assert.equal(formatDuration(ms), text));
  }

  const estimates: [number, string][] = [
    [0, '1 s'],
    [400, '1 s'],
    [12_400, '12 s'],
    [54_900, '55 s'],
    [57_000, '1 min 00 s'],
    [108_000, '1 min 50 s'],
    [594_000, '9 min 50 s'],
    [596_000, '10 min'],
    [3_500_000, '58 min'],
    [3_599_000, '1 h 00 min'],
    [5_400_000, '1 h 30 min'],
  ];
  for (const [ms, text] of estimates) {
    it(`an estimate of ${ms} ms = ${text}`, () => assert.equal(formatRemaining(ms), text));
  }

  it('shortens counts to three digits', () => {
    assert.equal(formatBrief(12), '12');
    assert.equal(formatBrief(1_204_331), '1.2M');
    assert.equal(formatBrief(250_310), '250K');
  });

  it('takes the last part of a path of either kind', () => {
    assert.equal(baseName('/backups/a b.dump'), 'a b.dump');
    assert.equal(baseName('C:\\backups\\shop.dir\\'), 'shop.dir');
    assert.equal(baseName('shop'), 'shop');
    assert.equal(baseName('/'), '/');
  });

  it('leaves a date that it cannot read as it is', () => {
    assert.equal(formatDate(''), '');
    assert.equal(formatDate('some day'), 'some day');
    assert.match(formatDate('2026-11-22T13:40:00'), /2026/);
  });
});
