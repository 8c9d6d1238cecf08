import assert from 'node:assert/strict';
import { formatArgumentText, parseArgumentText } from '../../../src/core/pgtools/args/argumentText';
import { seededRandom } from '../../support/seededRandom';

describe('the text of extra arguments', () => {
  it('is read as typed', () => {
    const cases: [text: string, args: string[]][] = [
      ['', []],
      ['   ', []],
      ['--no-comments  --role=admin', ['--no-comments', '--role=admin']],
      [`--schema='"My Schema"'`, ['--schema="My Schema"']],
      [`--role="it's me"`, [`--role=it's me`]],
      [`''`, ['']],
      [`a''b`, ['ab']],
      ['C:\\temp\\x "C:\\Program Files\\"', ['C:\\temp\\x', 'C:\\Program Files\\']],
      ['a\n\tb', ['a', 'b']],
    ];
    for (const [text, args] of cases) assert.deepEqual(parseArgumentText(text), args, text);
  });

  it('tells where a quote is not closed', () => {
    assert.deepEqual(parseArgumentText(`a 'b`), { unclosedQuote: 2 });
    assert.deepEqual(parseArgumentText(`a "b'`), { unclosedQuote: 2 });
  });

  it('comes back the same', () => {
    const seed = 20260301;
    const random = seededRandom(seed);
    const alphabet = ['a', '-', ' ', "'", '"', '\\', '\n', 'é', '$', '='];
    for (let i = 0; i < 2000; i++) {
      const args = Array.from({ length: Math.floor(random() * 4) }, () =>
        Array.from(
          { length: Math.floor(random() * 6) },
          () => alphabet[Math.floor(random() * alphabet.length)] ?? '',
        ).join(''),
      );
      assert.deepEqual(parseArgumentText(formatArgumentText(args)), args, `seed ${seed}, run ${i}`);
    }
  });
});
