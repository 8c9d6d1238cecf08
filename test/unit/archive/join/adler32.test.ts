import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { Adler32 } from '../../../../src/core/archive/join/adler32';
import { seededRandom } from '../../../support/seededRandom';

const random = seededRandom(32);
const mixed = Uint8Array.from({ length: 30_000 }, () => random() * 256);
/** The sums grow fastest with these. */
const highest = new Uint8Array(30_000).fill(255);

describe('the checksum of zlib’s format', () => {
  const cases: [what: string, bytes: Uint8Array][] = [];
  for (const [what, all] of Object.entries({ mixed, highest })) {
    for (const start of [0, 1, 2, 3]) {
      for (const length of [0, 1, 2, 87, 88, 89, 91, 5543, 5544, 5545, 20_001]) {
        cases.push([`${what}, ${length} from ${start}`, all.subarray(start, start + length)]);
      }
    }
  }
  it('is the one that zlib writes, wherever the bytes lie and however they are cut', () => {
    for (const [what, bytes] of cases) {
      // Without a level nothing is packed.
      const expected = deflateSync(bytes, { level: 0 }).subarray(-4);
      for (const cut of [0, 1, 90, Math.floor(bytes.length / 2)]) {
        const sum = new Adler32();
        sum.add(bytes.subarray(0, cut));
        sum.add(bytes.subarray(cut));
        assert.deepEqual(sum.digest(), expected, `${what}, cut at ${cut}`);
      }
    }
  });
});
