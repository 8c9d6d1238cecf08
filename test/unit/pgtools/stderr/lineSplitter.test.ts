import assert from 'node:assert/strict';
import {
  LineSplitter,
  MAX_LINE_BYTES,
  type OutputLine,
} from '../../../../src/core/pgtools/stderr/lineSplitter';
import { seededRandom } from '../../../support/seededRandom';

function split(bytes: Buffer, chunk: number): OutputLine[] {
  const splitter = new LineSplitter();
  const lines: OutputLine[] = [];
  for (let i = 0; i < bytes.length; i += chunk) {
    lines.push(...splitter.push(bytes.subarray(i, i + chunk)));
  }
  return [...lines, ...splitter.end()];
}

function texts(bytes: Buffer, chunk: number): string[] {
  return split(bytes, chunk).map((line) => line.text);
}

describe('LineSplitter', () => {
  it('gives the same lines whatever the chunks', () => {
    const bytes = Buffer.from('one\ntwo таблица ✓ 😀\r\n\nlast without a break');
    const expected = ['one', 'two таблица ✓ 😀', '', 'last without a break'];
    for (let chunk = 1; chunk <= bytes.length; chunk++) {
      assert.deepEqual(texts(bytes, chunk), expected, `chunks of ${chunk}`);
    }
  });

  it('reads lines that are not UTF-8 as Latin-1, and only those', () => {
    const bytes = Buffer.concat([
      Buffer.from('caf\u00e9\n', 'latin1'),
      Buffer.from('café\n'),
      Buffer.from([0xff, 0x00, 0x0a]),
    ]);
    assert.deepEqual(texts(bytes, 3), ['café', 'café', 'ÿ\u0000']);
  });

  it('cuts long lines, says so, and goes on with the next', () => {
    for (const chunk of [1000, 65536]) {
      const lines = split(
        Buffer.from(`${'x'.repeat(100_000)}\nshort\n${'y'.repeat(8192)}\n`),
        chunk,
      );
      assert.deepEqual(
        lines.map((line) => [line.text.length, line.truncated]),
        [
          [MAX_LINE_BYTES, true],
          [5, false],
          [8192, false],
        ],
      );
    }
  });

  it('never cuts a character in two', () => {
    for (let pad = 0; pad < 5; pad++) {
      for (const character of ['é', '✓', '😀']) {
        const [line] = split(Buffer.from('x'.repeat(pad) + character.repeat(6000)), 4096);
        assert.ok(line?.truncated);
        assert.match(line.text, new RegExp(`^x*(?:${character})+$`, 'u'));
        assert.ok(Buffer.byteLength(line.text) > MAX_LINE_BYTES - 4);
      }
    }
  });

  it('survives any bytes', () => {
    const seed = 20260303;
    const random = seededRandom(seed);
    const bytes = Buffer.from(Array.from({ length: 50_000 }, () => Math.floor(random() * 256)));
    const whole = texts(bytes, bytes.length);
    assert.deepEqual(texts(bytes, 7), whole, `seed ${seed}`);
  });
});
