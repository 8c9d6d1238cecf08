import assert from 'node:assert/strict';
import { html } from 'lit';
import {
  groupItems,
  type OptionItem,
  searchItems,
} from '../../../webview/shared/options/optionItem';

function item(id: string, more: Partial<OptionItem> = {}): OptionItem {
  return {
    id,
    flag: `--${id}`,
    label: id,
    help: '',
    group: 'data',
    changed: false,
    draw: () => html``,
    ...more,
  };
}

const items = [
  item('no-sync', { label: 'Do not wait for the disk', group: 'performance' }),
  item('rows-per-insert', { label: 'Rows per INSERT', group: 'inserts', changed: true }),
  item('inserts', { label: 'INSERT commands', help: 'Rows as INSERT: slow', group: 'inserts' }),
  item('throttle', { help: 'Read slowly', group: 'other' }),
  item('novel', { group: 'made up' }),
];
const ids = (found: readonly OptionItem[]): string[] => found.map(({ id }) => id);

describe('Search over options', () => {
  it('looks into label, flag and help, whatever the case', () => {
    assert.deepEqual(ids(searchItems(items, 'DISK')), ['no-sync']);
    assert.deepEqual(ids(searchItems(items, '--no-sy')), ['no-sync']);
    assert.deepEqual(ids(searchItems(items, 'slow')), ['inserts', 'throttle']);
  });

  it('wants every word, in any order, and puts what has it in its name first', () => {
    assert.deepEqual(ids(searchItems(items, 'insert rows')), ['rows-per-insert', 'inserts']);
    assert.deepEqual(ids(searchItems(items, 'insert disk')), []);
    const named = [item('a', { help: 'about b' }), item('b')];
    assert.deepEqual(ids(searchItems(named, 'b')), ['b', 'a']);
  });

  it('finds everything by nothing', () => {
    assert.equal(searchItems(items, '  ').length, items.length);
  });
});

describe('Groups of options', () => {
  it('stand in the order of the page, what nobody knows before the last', () => {
    const groups = groupItems(items);
    assert.deepEqual(
      groups.map(({ group }) => group),
      ['performance', 'inserts', 'made up', 'other'],
    );
    assert.deepEqual(groups[1]?.items.length, 2);
    assert.deepEqual(groups[1]?.changed, 1);
  });
});
