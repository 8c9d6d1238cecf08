import assert from 'node:assert/strict';
import { formatDate, formatRelative } from '../../../src/core/text/formatDate';

describe('how long ago something was', () => {
  const now = Date.parse('2026-11-26T12:00:00Z');
  const cases: [iso: string, text: string][] = [
    ['2026-11-26T11:59:40Z', 'now'],
    ['2026-11-26T12:00:30Z', 'now'],
    ['2026-11-26T11:50:00Z', '10 min. ago'],
    ['2026-11-26T09:01:00Z', '2 hr. ago'],
    ['2026-11-25T11:00:00Z', 'yesterday'],
    ['2026-11-20T12:00:00Z', '6 days ago'],
    ['2026-10-20T12:00:00Z', formatDate('2026-10-20T12:00:00Z')],
    ['2027-01-01T12:00:00Z', formatDate('2027-01-01T12:00:00Z')],
    ['some day', 'some day'],
    ['', ''],
  ];
  for (const [iso, text] of cases) {
    it(`${iso || 'nothing'}: ${text || 'nothing'}`, () => {
      assert.equal(formatRelative(iso, now), text);
    });
  }
});
