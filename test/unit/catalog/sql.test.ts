import assert from 'node:assert/strict';
import {
  bareName,
  comparableSignature,
  quoteIdentifier,
  quoteLiteral,
} from '../../../src/core/sql';

describe('SQL quoting', () => {
  const identifiers: [string, string][] = [
    ['orders', '"orders"'],
    ['Order Details', '"Order Details"'],
    ['a"b""c', '"a""b""""c"'],
    ["it's \\ ; --", `"it's \\ ; --"`],
  ];
  for (const [name, sql] of identifiers) {
    it(`identifier ${name}`, () => assert.equal(quoteIdentifier(name), sql));
  }
  const literals: [string, string][] = [
    ['', "''"],
    ['plain', "'plain'"],
    ["it's", "'it''s'"],
    [`:name :'x' "y"`, `':name :''x'' "y"'`],
    ["\\'; DROP", " E'\\\\''; DROP'"],
  ];
  for (const [text, sql] of literals) {
    it(`literal ${text}`, () => assert.equal(quoteLiteral(text), sql));
  }
});

describe('Signatures of routines', () => {
  const rows: readonly (readonly [signature: string, name: string, comparable?: string])[] = [
    ['add_tax(numeric, numeric)', 'add_tax'],
    ['f()', 'f'],
    ['count_all(*)', 'count_all'],
    ['no arguments', 'no arguments'],
    ["a',(select 1)--(numeric, text)", "a',(select 1)--"],
    ['odd(1)("my(type")', 'odd(1)'],
    ['f("my)""(type", app."x(")', 'f'],
    ['f("text", app."order", "Odd", "a b")', 'f', 'f(text, app.order, "Odd", "a b")'],
    ['"quoted" name("text"[])', '"quoted" name', '"quoted" name(text[])'],
  ];
  for (const [signature, name, comparable = signature] of rows) {
    it(signature, () => {
      assert.equal(bareName(signature), name);
      assert.equal(comparableSignature(signature), comparable);
    });
  }
});
