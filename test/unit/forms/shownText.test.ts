import assert from 'node:assert/strict';
import { shownName, shownText } from '../../../src/core/text/shownText';
import { notificationText } from '../../../src/vscode/text/notificationText';

describe('Names that somebody else made up', () => {
  it('show controls and marks of direction, and leave every other character', () => {
    assert.equal(shownName('a\nb\tc'), 'a↵b␉c');
    assert.equal(shownName('\u001b[31mred\u007f'), '␛[31mred␡');
    assert.equal(shownName('invoice\u202efdp.exe\u2069'), 'invoice<U+202E>fdp.exe<U+2069>');
    for (const name of ['naïve✓', 'таблица', 'شركة', '日本語', '👩‍👩‍👧', 'a "b" $c']) {
      assert.equal(shownName(name), name);
    }
  });

  it('keep their lines and tabs where they are text', () => {
    assert.equal(shownText('a\n\tb\r\n\u0007'), 'a\n\tb\r\n␇');
  });

  it('make no links in notifications', () => {
    const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)\)/;
    const name = '[Click](command:workbench.action.quit) [x](https://e.example)';
    assert.match(name, link);
    assert.doesNotMatch(notificationText(name), link);
    assert.match(notificationText(name), /command:workbench/);
  });
});
