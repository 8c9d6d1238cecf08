import assert from 'node:assert/strict';
import { backupDefaults } from '../../../src/core/forms/backupForm';
import { restoreDefaults } from '../../../src/core/forms/restoreForm';
import { backupDecoders, restoreDecoders } from '../../../src/protocol/decoders';

const backup = { ...backupDefaults(), connectionId: 'a', outputPath: '/b' };
const restore = { ...restoreDefaults(), connectionId: 'a', inputPath: '/b' };

describe('Decoding what pages send', () => {
  it('takes the forms’ own defaults', () => {
    assert.deepEqual(backupDecoders['job/start']({ options: backup }), { options: backup });
    assert.deepEqual(restoreDecoders['job/start']({ options: restore }), { options: restore });
  });

  const malformed: [string, unknown, RegExp][] = [
    ['no object', 7, /^message: /],
    ['no options', {}, /^options: /],
    ['a missing field', { options: { ...backup, jobs: undefined } }, /^options\.jobs: /],
    ['a wrong type', { options: { ...backup, noSync: 'yes' } }, /^options\.noSync: /],
    ['an unknown format', { options: { ...backup, format: 'zip' } }, /^options\.format: /],
    ['an unknown field', { options: { ...backup, password: 'x' } }, /^options: /],
    ['a table without schema', { options: { ...backup, tables: [{ name: 't' }] } }, /tables\.0/],
    [
      'a text beyond bounds',
      { options: { ...backup, outputPath: 'x'.repeat(40_000) } },
      /outputPath/,
    ],
  ];
  for (const [what, message, field] of malformed) {
    it(`refuses ${what} and names it`, () => {
      assert.throws(() => backupDecoders['job/start'](message), {
        code: 'malformed',
        message: field,
      });
    });
  }

  it('drops what a page kept when it has another form today, instead of failing', () => {
    assert.deepEqual(backupDecoders.ready({ restored: backup }), { restored: backup });
    for (const restored of [null, 'x', { ...backup, jobs: 'x' }]) {
      assert.deepEqual(backupDecoders.ready({ restored }), { restored: null });
    }
    assert.deepEqual(restoreDecoders.ready(undefined), { restored: null });
  });
});
