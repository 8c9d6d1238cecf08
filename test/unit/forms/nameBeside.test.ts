import assert from 'node:assert/strict';
import { nameBeside } from '../../../src/core/forms/restore/nameBeside';

describe('the name of a database beside another', () => {
  const now = new Date(2026, 10, 6, 3, 5, 9);
  const beside = (name: string, ...taken: string[]): string =>
    nameBeside(name, 'before', now, new Set(taken));

  const CASES: readonly [what: string, name: string, taken: readonly string[], expected: string][] =
    [
      ['tells what and when', 'shop', [], 'shop_before_20261106_030509'],
      ['keeps any character', 'My "Shop"/ä', [], 'My "Shop"/ä_before_20261106_030509'],
      [
        'counts where it is taken',
        'shop',
        ['shop_before_20261106_030509', 'shop_before_20261106_030509_2'],
        'shop_before_20261106_030509_3',
      ],
      ['cuts the name', 'x'.repeat(63), [], `${'x'.repeat(40)}_before_20261106_030509`],
      [
        'cuts more where it counts',
        'x'.repeat(63),
        [`${'x'.repeat(40)}_before_20261106_030509`],
        `${'x'.repeat(38)}_before_20261106_030509_2`,
      ],
      [
        'cuts no character in two',
        `a${'ä'.repeat(31)}`,
        [],
        `a${'ä'.repeat(19)}_before_20261106_030509`,
      ],
      [
        'nor a pair of surrogates',
        '😀'.repeat(15),
        [],
        `${'😀'.repeat(10)}_before_20261106_030509`,
      ],
    ];
  for (const [what, name, taken, expected] of CASES) {
    it(what, () => {
      const named = beside(name, ...taken);
      assert.equal(named, expected);
      assert.ok(Buffer.byteLength(named) <= 63);
    });
  }
});
