import assert from 'node:assert/strict';
import { getBackupInfo } from '../../../../src/core/archive/inspect/backupInfo';
import { isMisread } from '../../../../src/core/archive/inspect/misreadText';
import { scratch } from '../files';

const CASES: readonly (readonly [line: string, misread: boolean])[] = [
  ['d├╢Terra', true],
  ['d├ÂTerra', true],
  ['dÃ¶Terra', true],
  ['1\tStra├ƒe\tM├╝nchen', true],
  ['Γé¼ 5', true],
  ['ΓöÇ', true],
  // As they are meant to be.
  ['döTerra', false],
  ['Ελληνικά', false],
  ['├──┤ a box', false],
  ['A├B', false],
  ['São Paulo, Ça va', false],
  ['日本語', false],
  ['plain', false],
  ['', false],
  // One letter that is right: nobody decoded the whole line.
  ['d├╢Terra 日', false],
];

describe('letters that were decoded in the wrong code page', () => {
  const files = scratch();
  for (const [line, misread] of CASES) {
    it(`${misread ? 'are' : 'are not'} in: ${line}`, () => {
      assert.equal(isMisread(line), misread);
    });
  }

  it('are counted and shown of a script of PowerShell', async () => {
    const rows = Array.from({ length: 5 }, (_, i) => `${i}\td├╢Terra ${i}`);
    const script = [
      ...['--', '-- PostgreSQL database dump', '--', '', "SET client_encoding = 'UTF8';"],
      ...['COPY public.t (a, b) FROM stdin;', ...rows, '9\tplain', '\\.', ''],
      ...['--', '-- PostgreSQL database dump complete', '--', ''],
    ].join('\r\n');
    const bytes = Buffer.from(`\ufeff${script}`, 'utf16le');
    const { misread } = await getBackupInfo(files.write('ps.sql', bytes));
    assert.deepEqual(misread, { lines: 5, rows: rows.slice(0, 3) });
    const healthy = Buffer.from(`\ufeff${script.replaceAll('├╢', 'ö')}`, 'utf16le');
    const info = await getBackupInfo(files.write('well.sql', healthy));
    assert.equal(info.misread, undefined);
  });
});
