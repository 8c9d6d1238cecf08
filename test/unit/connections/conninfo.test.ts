import assert from 'node:assert/strict';
import { conninfoString, dbnameValue } from '../../../src/core/connections/conninfo';
import { seededRandom } from '../../support/seededRandom';

/** Reads a connection string by the rules of the libpq documentation. */
function readConninfo(text: string): [string, string][] {
  const pairs: [string, string][] = [];
  let at = 0;
  while (at < text.length) {
    while (text[at] === ' ') at++;
    const equals = text.indexOf('=', at);
    assert.ok(equals > at, text);
    const key = text.slice(at, equals);
    at = equals + 1;
    assert.equal(text[at], "'", text);
    let value = '';
    for (at++; text[at] !== "'"; at++) {
      assert.ok(at < text.length, text);
      if (text[at] === '\\') at++;
      value += text[at];
    }
    at++;
    pairs.push([key, value]);
  }
  return pairs;
}

describe('conninfo quoting', () => {
  it('survives reading back (seeded)', () => {
    const seed = 20261122;
    const random = seededRandom(seed);
    const alphabet = [
      'a',
      ' ',
      "'",
      '\\',
      '=',
      '"',
      '-',
      'é',
      '☃',
      '\n',
      '\t',
      'host=',
      'postgres://',
    ];
    for (let round = 0; round < 2000; round++) {
      const pairs = Array.from(
        { length: 1 + Math.floor(random() * 3) },
        (_, i): [string, string] => [
          `key${i}`,
          Array.from(
            { length: Math.floor(random() * 8) },
            () => alphabet[Math.floor(random() * alphabet.length)],
          ).join(''),
        ],
      );
      assert.deepEqual(readConninfo(conninfoString(pairs)), pairs, `seed ${seed}, round ${round}`);
    }
  });

  it('leaves names alone that libpq takes as they are', () => {
    for (const name of ['', 'shop', '-x', `a b'"\\`, 'Postgres://x', 'x postgres://', 'é☃']) {
      assert.equal(dbnameValue(name), name);
    }
  });
});
