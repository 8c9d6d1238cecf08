import assert from 'node:assert/strict';
import {
  patternEncoding,
  quotePattern,
  relationPattern,
} from '../../../src/core/pgtools/args/patterns';

describe('patterns', () => {
  it('quotes names so that nothing in them is special', () => {
    const cases: [name: string, pattern: string][] = [
      ['orders', '"orders"'],
      ['MixedCase', '"MixedCase"'],
      ['star*tab', '"star*tab"'],
      ['q?tab', '"q?tab"'],
      ['dot.tab', '"dot.tab"'],
      ['back\\slash', '"back\\slash"'],
      ['"fully quoted"', '"""fully quoted"""'],
      ['new\nline', '"new\nline"'],
      ['-dash', '"-dash"'],
      ['таблица', '"таблица"'],
      ['', '""'],
    ];
    for (const [name, pattern] of cases) assert.equal(quotePattern(name), pattern);
    assert.equal(relationPattern({ schema: 'a.b', name: 'c"d' }), '"a.b"."c""d"');
  });

  it('says how pg_dump will read the names', () => {
    const cases: [
      names: string[],
      dump: string | null,
      database: string | null,
      expected: string,
    ][] = [
      [['orders'], null, 'LATIN1', 'asIs'],
      [['orders'], 'LATIN1', 'UTF8', 'asIs'],
      [['café'], null, 'LATIN1', 'setUtf8'],
      [['café'], null, 'UTF8', 'setUtf8'],
      [['café'], null, null, 'setUtf8'],
      [['café'], 'UTF8', 'LATIN1', 'asIs'],
      [['café'], 'utf-8', 'LATIN1', 'asIs'],
      [['café'], 'Unicode', 'LATIN1', 'asIs'],
      [['orders', 'café'], 'LATIN1', 'LATIN1', 'unreadable'],
      [['café'], null, 'SQL_ASCII', 'asIs'],
    ];
    for (const [names, dump, database, expected] of cases) {
      assert.equal(
        patternEncoding(names, dump, database),
        expected,
        `${names.join()} ${dump ?? ''}`,
      );
    }
  });
});
