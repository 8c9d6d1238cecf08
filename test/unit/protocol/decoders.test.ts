import assert from 'node:assert/strict';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
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

  for (const [page, decoders] of [
    ['backup', backupDecoders],
    ['restore', restoreDecoders],
  ] as const) {
    it(`takes a command for a terminal from the ${page} page, and no key that would run it`, () => {
      const decode = decoders['terminal/open'];
      const text = 'pg_dump \'--table="café"."a b"\' --file=/b | wc \u{1f418}';
      assert.deepEqual(decode({ text }), { text });
      const keys = ['\n', '\r', '\t', '\u0000', '\u0003', '\u001b[A', '\u007f', '\u0085', '\u009b'];
      for (const key of keys) {
        for (const typed of [`ls${key}`, `${key}ls`, `ls${key}rm`, key]) {
          const refusal = { code: 'malformed', message: /^text: / };
          assert.throws(() => decode({ text: typed }), refusal, JSON.stringify(typed));
        }
      }
      for (const params of [undefined, {}, { text: 7 }, { text: ['ls'] }, { text, run: true }]) {
        assert.throws(() => decode(params), { code: 'malformed' }, JSON.stringify(params));
      }
    });

    it(`takes from the ${page} page which way a file goes and where it is, and nothing else`, () => {
      const decode = decoders['file/browse'];
      for (const direction of ['in', 'out']) {
        for (const current of ['', '/b/list with\nbreak.txt']) {
          assert.deepEqual(decode({ direction, current }), { direction, current });
        }
      }
      const malformed: [unknown, RegExp][] = [
        [null, /^message: /],
        [{ current: '' }, /^direction: /],
        [{ direction: 'both', current: '' }, /^direction: /],
        [{ direction: 'in' }, /^current: /],
        [{ direction: 'in', current: null }, /^current: /],
        [{ direction: 'in', current: 'x'.repeat(40_000) }, /^current: /],
        [{ direction: 'in', current: '', folder: true }, /folder/],
      ];
      for (const [params, message] of malformed) {
        assert.throws(() => decode(params), { code: 'malformed', message });
      }
    });
  }
});
