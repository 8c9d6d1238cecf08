import assert from 'node:assert/strict';
import { changedList } from '../../../src/core/connections/changeEntry';

describe('changedList', () => {
  const list = [{ id: 'a' }, 'odd', { id: 'b', port: 0, extra: true }, { id: 'b', host: 'x' }];
  const rename = (entry: object): [object & Record<string, unknown>] => [{ ...entry, name: 'B' }];

  it('changes the entry that stands there, and no other', () => {
    assert.deepEqual(changedList(list, { id: 'b', index: 3 }, rename), [
      list[0],
      list[1],
      list[2],
      { id: 'b', host: 'x', name: 'B' },
    ]);
  });
  it('finds the first of the id where the list has changed', () => {
    const moved = changedList(list, { id: 'b', index: 0 }, rename);
    assert.deepEqual(moved?.[2], { id: 'b', port: 0, extra: true, name: 'B' });
  });
  it('removes it', () => {
    assert.deepEqual(
      changedList(list, { id: 'a', index: 0 }, () => []),
      list.slice(1),
    );
  });
  it('puts others behind it', () => {
    const doubled = changedList(list, { id: 'a', index: 0 }, (entry) => [entry, { id: 'c' }]);
    assert.deepEqual(doubled?.slice(0, 2), [{ id: 'a' }, { id: 'c' }]);
  });
  it('says so when it is gone, or the setting is no list', () => {
    for (const value of [[], [{ id: 'x' }], undefined, { id: 'a' }, 'a', null]) {
      assert.equal(changedList(value, { id: 'a', index: 0 }, rename), null);
    }
  });
});
