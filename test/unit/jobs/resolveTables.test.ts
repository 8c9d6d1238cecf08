import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import { checkSchemas, resolveTables } from '../../../src/core/forms/api/resolveTables';

const existing = [
  { schema: 'public', name: 'orders' },
  { schema: 'public', name: 'Orders' },
  { schema: 'a', name: 'b.c' },
  { schema: 'a.b', name: 'c' },
  { schema: 'a.b', name: 'd' },
  { schema: 'odd', name: 'na"me with *' },
  { schema: '', name: '.' },
];

describe('resolveTables', () => {
  const resolve = (...names: Parameters<typeof resolveTables>[0]) =>
    resolveTables(names, existing, 'shop');

  it('takes exact parts and strings, and keeps their order', () => {
    assert.deepEqual(resolve('a.b.d', { schema: 'public', name: 'Orders' }, 'odd.na"me with *'), [
      { schema: 'a.b', name: 'd' },
      { schema: 'public', name: 'Orders' },
      { schema: 'odd', name: 'na"me with *' },
    ]);
  });

  it('does not fold case', () => {
    assert.deepEqual(resolve('public.Orders'), [{ schema: 'public', name: 'Orders' }]);
    assert.throws(() => resolve('PUBLIC.orders'), isCode('objectUnknown'));
  });

  it('collapses duplicates', () => {
    assert.equal(resolve('public.orders', { schema: 'public', name: 'orders' }).length, 1);
  });

  it('cuts at every dot, also at the ends', () => {
    assert.deepEqual(resolve('..'), [{ schema: '', name: '.' }]);
  });

  it('refuses a string that fits two, naming both', () => {
    assert.throws(
      () => resolve('a.b.c'),
      (e: unknown) => {
        assert.ok(AppError.is(e, 'objectAmbiguous'));
        assert.equal(e.details.candidates, '"a"."b.c", "a.b"."c"');
        return true;
      },
    );
    // By its parts there is nothing to choose.
    assert.deepEqual(resolve({ schema: 'a', name: 'b.c' }), [{ schema: 'a', name: 'b.c' }]);
  });

  for (const name of [
    'orders',
    'public.none',
    '',
    '.',
    'public.',
    { schema: 'public', name: 'x' },
  ]) {
    it(`refuses ${JSON.stringify(name)}, which is not there`, () => {
      assert.throws(() => resolve('public.orders', name), isCode('objectUnknown'));
    });
  }

  it('checks schemas', () => {
    assert.deepEqual(checkSchemas(['b', 'a', 'b'], ['a', 'b', 'c'], 'shop'), ['b', 'a']);
    assert.throws(() => checkSchemas(['A'], ['a'], 'shop'), isCode('objectUnknown'));
  });
});

function isCode(code: 'objectUnknown'): (error: unknown) => boolean {
  return (error) => AppError.is(error, code);
}
