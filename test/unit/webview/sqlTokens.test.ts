import assert from 'node:assert/strict';
import { sqlTokens } from '../../../webview/archive/entries/sqlTokens';
import { cpuTime } from '../../support/measure/cpuTime';
import { seededRandom } from '../../support/seededRandom';

const kinds = (text: string): string[] =>
  sqlTokens(text)
    .filter(({ kind }) => kind !== 'plain')
    .map(({ kind, text: piece }) => `${kind} ${piece}`);

describe('SQL in colours', () => {
  it('tells keywords, names, strings, numbers and comments apart', () => {
    assert.deepEqual(kinds(`SELECT "Order", 'it''s' -- why\nFROM t1 /* a\nb */ WHERE x = 12.5;`), [
      'keyword SELECT',
      'name "Order"',
      `string 'it''s'`,
      'comment -- why',
      'keyword FROM',
      'comment /* a\nb */',
      'keyword WHERE',
      'number 12.5',
    ]);
  });

  it('takes dollar quotes as one string, with their own tag only', () => {
    const body = "$fn$ BEGIN x := $1; y := '$$'; END $fn$";
    assert.deepEqual(kinds(`AS ${body};`), ['keyword AS', `string ${body}`]);
  });

  it('gives back every character of any text, in bounded time', () => {
    const random = seededRandom(20261122);
    const pieces = [
      "'",
      '"',
      '$$',
      '$a$',
      '--',
      '/*',
      '*/',
      '\n',
      'select',
      ' ',
      '\\',
      'é',
      '1',
      'e',
    ];
    for (let round = 0; round < 300; round++) {
      let text = '';
      for (let i = 0; i < 60; i++) text += pieces[Math.floor(random() * pieces.length)] ?? '';
      assert.equal(
        sqlTokens(text)
          .map((token) => token.text)
          .join(''),
        text,
      );
    }
    const long = "'".repeat(60_001) + '$a'.repeat(30_000);
    const started = cpuTime();
    assert.equal(
      sqlTokens(long)
        .map((token) => token.text)
        .join('').length,
      long.length,
    );
    assert.ok(cpuTime() - started < 2000);
  });
});
