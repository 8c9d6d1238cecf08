import assert from 'node:assert/strict';
import { decoderOf } from '../../../src/core/archive/bytes/encoding';
import { shortAscii } from '../../../src/core/archive/bytes/shortAscii';
import { foldCase } from '../../../src/core/archive/script/lexer/sqlBytes';
import { seededRandom } from '../../support/seededRandom';

describe('short texts of a script', () => {
  it('are what the bytes say, however many share a place', () => {
    const random = seededRandom(20_261_127);
    for (let i = 0; i < 20_000; i++) {
      const text = random()
        .toString(36)
        .slice(2, 2 + (i % 14));
      const bytes = Buffer.from(`x${text}x`);
      assert.equal(shortAscii(bytes, 1, bytes.length - 1), text);
    }
  });

  it('are left to the encoding beyond ASCII, and where they are long', () => {
    for (const text of ['ä', 'a'.repeat(25)]) {
      const bytes = Buffer.from(text);
      assert.equal(shortAscii(bytes, 0, bytes.length), null);
      assert.equal(decoderOf('UTF8')(bytes, 0, bytes.length), text);
    }
    assert.equal(decoderOf('WIN1251')(Buffer.from([0x41, 0xc0]), 0, 2), 'AА');
  });

  it('are folded as the server does it: ASCII letters alone', () => {
    for (const [text, folded] of [
      ['Orders_2', 'orders_2'],
      ['orders', 'orders'],
      ['STRAẞE', 'straẞe'],
      ['ÄÖ', 'ÄÖ'],
      ['İSTANBUL', 'İstanbul'],
    ] as const) {
      assert.equal(foldCase(text), folded);
    }
  });
});
