import assert from 'node:assert/strict';
import { quoteIdentifier, quoteLiteral } from '../../../src/core/sql';

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
