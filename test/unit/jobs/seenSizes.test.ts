import assert from 'node:assert/strict';
import { SeenSizes } from '../../../src/core/jobs/progress/dump/seenSizes';

/** Looks at one file, whose size at each look is given; returns what each look said of it. */
function looks(name: string, sizes: readonly number[]): { said: number[]; asked: number } {
  const seen = new SeenSizes();
  let asked = 0;
  const said = sizes.map((size) => {
    for (const due of seen.due([name])) {
      asked++;
      seen.note(due, size);
    }
    return seen.sum([name]);
  });
  return { said, asked };
}

const still = (count: number, size: number): number[] => Array.from({ length: count }, () => size);

describe('sizes of a directory archive while it is written', () => {
  for (const stood of [1, 2, 3, 10, 31, 33, 100]) {
    it(`follow a large object that grows after it has stood still for ${stood} looks`, () => {
      const sizes = [...still(stood, 100), ...Array.from({ length: 100 }, (_, i) => 101 + i)];
      const { said } = looks('blob_7.dat.zst', sizes);
      const seen = said.findIndex((size) => size > 100);
      assert.ok(seen >= stood && seen <= stood + Math.min(stood, 32), `seen at look ${seen}`);
      assert.deepEqual(said.slice(seen), sizes.slice(seen), 'from then on at every look');
    });
  }

  it('are asked for rarely of a large object that is whole, an empty one as well', () => {
    for (const size of [0, 100]) {
      const { said, asked } = looks('blob_7.dat', still(1000, size));
      assert.deepEqual(said, still(1000, size));
      assert.ok(asked < 40, `${asked}`);
    }
  });

  it('are asked for at every look of all other files', () => {
    assert.equal(looks('7.dat', still(100, 5)).asked, 100);
  });

  it('are added up for what is there', () => {
    const seen = new SeenSizes();
    for (const name of seen.due(['blob_1.dat', '2.dat', 'toc.dat'])) seen.note(name, 5);
    assert.equal(seen.sum(['blob_1.dat', 'toc.dat', 'new.dat']), 10);
  });
});
