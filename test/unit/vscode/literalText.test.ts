import assert from 'node:assert/strict';
import { shownName, shownText } from '../../../src/core/text/shownText';
import { literalLabel, literalText } from '../../../src/vscode/text/literalText';
import { seededRandom } from '../../support/seededRandom';

describe('Names that somebody else made up', () => {
  it('show controls and marks of direction, and leave every other character', () => {
    assert.equal(shownName('a\nb\tc'), 'a↵b␉c');
    assert.equal(shownName('\u001b[31mred\u007f'), '␛[31mred␡');
    assert.equal(shownName('invoice\u202efdp.exe\u2069'), 'invoice<U+202E>fdp.exe<U+2069>');
    const names = ['naïve✓', 'таблица', 'شركة', 'می\u200cخواهم', '日本語', '👩‍👩‍👧', '❤️', 'a "b" $c'];
    for (const name of names) assert.equal(shownName(name), name);
  });

  it('show what nobody would see', () => {
    const unseen: [name: string, shown: string][] = [
      ['ad\u200bmin', 'ad<U+200B>min'],
      ['ad\u200dmin', 'ad<U+200D>min'],
      ['admin\u200c', 'admin<U+200C>'],
      ['ad\u00admin', 'ad<U+00AD>min'],
      ['\ufeffadmin', '<U+FEFF>admin'],
      ['admin\u3164', 'admin<U+3164>'],
      ['admin\u{e0041}', 'admin<U+E0041>'],
      ['a\u0085b\u2028c', 'a<U+0085>b<U+2028>c'],
      ['a\ud800b', 'a<U+D800>b'],
    ];
    for (const [name, shown] of unseen) assert.equal(shownName(name), shown);
  });

  it('keep their lines and tabs where they are text', () => {
    assert.equal(shownText('a\n\tb\r\n\u0007'), 'a\n\tb\r\n␇');
  });
});

describe('Literal text', () => {
  /** As VS Code 1.100 to 1.139 look for links (linkedText) and icons (iconLabels). */
  const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
  const icon = /(\\)?\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/;
  const hostile = [
    '[Click](command:workbench.action.quit)',
    '[x](https://e.example "title")',
    "[x](FILE:///etc/passwd 'title')",
    '[a\nb](command:a)',
    '$(heart)',
    '\\$(sync~spin)',
    '$$(heart)',
  ];

  it('makes no links and no icons, and can still be read', () => {
    for (const text of hostile) {
      assert.ok(link.test(text) || icon.test(text), text);
      for (const make of [literalText, literalLabel]) {
        // VS Code puts the lines of a notification into one before it looks for links.
        const made = make(text).replace(/\r\n|\n|\r/gm, ' ');
        assert.doesNotMatch(made, link);
        assert.doesNotMatch(made, icon);
      }
      for (const word of text.match(/\w+/g) ?? []) assert.ok(literalText(text).includes(word));
    }
    assert.equal(literalText(hostile[0] ?? ''), '[Click] (command:workbench.action.quit)');
  });

  it('makes none of random pieces either, and does not change what it has made', () => {
    const seed = 20251126;
    const random = seededRandom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const pieces = [
      '[',
      ']',
      '(',
      ')',
      '$',
      'x',
      ' ',
      '\\',
      '"',
      '\n',
      '\u202e',
      '\u0000',
      '\u200b',
    ];
    pieces.push('command:', 'https://', 'file:', 'heart', '~spin');
    for (let n = 0; n < 5000; n++) {
      const length = 1 + below(14);
      const text = Array.from({ length }, () => pieces[below(pieces.length)]).join('');
      const made = literalText(text);
      const message = `seed ${seed}: ${JSON.stringify(text)}`;
      assert.doesNotMatch(made.replace(/\r\n|\n|\r/gm, ' '), link, message);
      assert.doesNotMatch(made, icon, message);
      assert.equal(literalText(made), made, message);
      assert.equal(literalLabel(literalLabel(text)), literalLabel(text), message);
    }
  });

  it('shows blanks at the ends of a label, and its line breaks', () => {
    assert.equal(literalLabel(' shop\u00a0\u3000'), '␣shop␣␣');
    assert.equal(literalLabel('a\nb'), 'a↵b');
    assert.equal(literalLabel('two words'), 'two words');
    assert.equal(literalLabel(''), '');
    assert.equal(literalText(' a\n b '), ' a\n b ');
  });
});
