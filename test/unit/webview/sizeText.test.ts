import assert from 'node:assert/strict';
import { completeText } from '../../../src/core/text/files/completeText';
import type { ArchivePhase } from '../../../src/protocol/archiveApi';
import { NO_DATA, UNKNOWN_SIZE } from '../../../webview/archive/entries/entryStore';
import { sizeText, totalText, withoutSizes } from '../../../webview/archive/state/sizeText';

describe('Sizes on the archive page', () => {
  const sizes: [size: number, cut: boolean, text: string | RegExp][] = [
    [NO_DATA, false, ''],
    [UNKNOWN_SIZE, false, 'unknown'],
    [0, false, '0 bytes'],
    [977_000, false, /^9\d\d kB$/],
    [977_000, true, /^9\d\d kB, cut$/],
    [0, true, 'missing'],
    [UNKNOWN_SIZE, true, 'missing'],
  ];
  for (const [size, cut, text] of sizes) {
    it(`of ${size} bytes${cut ? ', cut' : ''}: ${text}`, () => {
      assert.match(sizeText(size, cut), typeof text === 'string' ? exactly(text) : text);
    });
  }

  const reasons: [ArchivePhase, { cut: number; unknown: number }, RegExp][] = [
    ['opening', { cut: 0, unknown: 0 }, /^Finding/],
    ['measuring', { cut: 0, unknown: 5 }, /^Finding/],
    ['failed', { cut: 0, unknown: 5 }, /could not be found/],
    ['failed', { cut: 0, unknown: 0 }, /could not be found/],
    ['ready', { cut: 3, unknown: 0 }, /the file is truncated/],
    ['ready', { cut: 0, unknown: 5 }, /does not record/],
    ['ready', { cut: 0, unknown: 0 }, /no rows/],
  ];
  for (const [phase, counts, text] of reasons) {
    it(`that are not there, ${phase} with ${JSON.stringify(counts)}: ${text}`, () => {
      assert.match(withoutSizes(phase, counts), text);
    });
  }

  it('in all are those that are there, with how many entries are cut', () => {
    assert.match(totalText(977_000, 0), /in total/);
    for (const [cut, words] of [
      [1, /are there.*one entry/],
      [7, /are there.*7 entries/],
    ] as const) {
      assert.match(totalText(977_000, cut), words);
      assert.doesNotMatch(totalText(977_000, cut), /in total/);
    }
  });
});

describe('Whether a backup is whole', () => {
  it('is said only of what was read', () => {
    const told = (complete: boolean | null, format: 'directory' | 'plain'): string =>
      completeText({ complete, format });
    assert.equal(told(true, 'directory'), 'yes');
    assert.match(told(false, 'directory'), /^no/);
    assert.match(told(null, 'directory'), /^not checked/);
    assert.equal(told(null, 'plain'), '', 'of a script nothing tells');
  });
});

function exactly(text: string): RegExp {
  return new RegExp(`^${text}$`);
}
