import assert from 'node:assert/strict';
import { decodeIds, encodeIds } from '../../../src/vscode/editors/idRanges';

describe('Ids in a URI', () => {
  it('are ranges, and come back sorted and once', () => {
    assert.equal(encodeIds([9, 3, 1, 2, 2, 0]), '0-3,9');
    assert.deepEqual(decodeIds('0-3,9'), [0, 1, 2, 3, 9]);
    assert.deepEqual(decodeIds(encodeIds([])), []);
    const all = Array.from({ length: 200_000 }, (_, id) => id);
    assert.equal(encodeIds(all), '0-199999');
    assert.deepEqual(decodeIds('0-199999'), all);
  });

  it('that somebody made up are left out, and never too many', () => {
    assert.deepEqual(decodeIds('x,-3,4-2,1e9,7, 8,"'), [7]);
    assert.equal(decodeIds('0-999999999').length, 5_000_000);
  });
});
