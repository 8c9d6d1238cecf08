import assert from 'node:assert/strict';
import { proposeDatabase } from '../../../../src/core/forms/restore/proposeDatabase';

describe('the name of a new database to restore into', () => {
  const cases: [database: string, path: string, taken: string[], proposed: string | null][] = [
    ['shop', '/b/shop.dump', [], 'shop'],
    ['shop', '/b/shop.dump', ['shop'], 'shop_restored'],
    ['shop', '/b/shop.dump', ['shop', 'shop_restored'], 'shop_restored_2'],
    ['', '/b/nightly_2026-11-22.dump', [], 'nightly_2026-11-22'],
    ['', 'C:\\dumps\\till.sql.gz', [], 'till'],
    ['', '/b/.dump', [], null],
    ['x'.repeat(63), '/b', ['x'.repeat(63)], `${'x'.repeat(54)}_restored`],
    // Never half a character.
    ['ü'.repeat(31), '/b', ['ü'.repeat(31)], `${'ü'.repeat(27)}_restored`],
  ];
  for (const [database, path, taken, proposed] of cases) {
    it(`of ${database.slice(0, 12) || path}, ${taken.length} taken: ${proposed?.slice(-14)}`, () => {
      assert.equal(proposeDatabase({ database, path }, taken), proposed);
      if (proposed !== null) assert.ok(Buffer.byteLength(proposed) <= 63);
    });
  }

  it('is nobody’s while the file is not read', () => {
    assert.equal(proposeDatabase(null, []), null);
  });
});
