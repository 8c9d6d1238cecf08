import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { memorySource } from '../support/packed/memorySource';
import { readTocFrom } from '../../src/core/archive/file/readTocFrom';
import { walkTar } from '../../src/core/archive/file/tarMembers';
import { cpuTime } from '../support/measure/cpuTime';
import { seededRandom } from '../support/seededRandom';
import { soak } from '../support/tiers/soak';
import { buildArchive } from '../unit/archive/buildArchive';
import { buildTar } from '../support/packed/buildTar';
import { fixture } from '../unit/archive/files';
import { fewEntries, readEverything } from '../unit/archive/readEverything';

const { seed } = soak;
/** Of processor time, for one archive. */
const longestMs = 1000;

describe('an archive', () => {
  it(`with flipped bytes is read or refused, in time and in bounded memory (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const original = readFileSync(fixture('mini.18.dump'));
    const end = (
      await readTocFrom(memorySource(original), {
        path: 'x',
        file: 'x',
        container: 'custom',
        start: 0,
        end: original.length,
      })
    ).endOffset;
    const runs = soak.rounds(150);
    let refused = 0;
    let most = 0;
    for (let run = 0; run < runs; run++) {
      const bytes = Buffer.from(original);
      const flips = 1 + Math.floor(random() * 4);
      for (let k = 0; k < flips; k++) {
        // The table of contents mostly, now and then the blocks behind it.
        const at = Math.floor(random() * (random() < 0.9 ? end : bytes.length));
        bytes[at] = Math.floor(random() * 256);
      }
      const start = cpuTime();
      if ((await readEverything(bytes)) === 'refused') refused++;
      most = Math.max(most, process.memoryUsage().arrayBuffers);
      assert.ok(cpuTime() - start < longestMs, `seed ${seed}, run ${run} took too long`);
    }
    assert.ok(refused < runs);
    assert.ok(most < 256 << 20, `${most >> 20} MB of buffers`);
  });

  it(`in a tar with flipped bytes is read or refused (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const original = buildTar([
      ['toc.dat', buildArchive(fewEntries, { format: 'directory' })],
      ['3.dat', '1\n2\n'],
      ['restore.sql', '-- restore'],
    ]);
    for (let run = 0; run < soak.rounds(400); run++) {
      const bytes = Buffer.from(original);
      for (let k = 0; k < 3; k++) {
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      }
      const { members } = await walkTar(memorySource(bytes));
      assert.ok(members.length <= 4, `seed ${seed}, run ${run}`);
    }
  });

  it(`that is nothing but noise behind its magic is refused (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    for (let run = 0; run < soak.rounds(200); run++) {
      const bytes = Buffer.from(Array.from({ length: 2000 }, () => Math.floor(random() * 256)));
      bytes.set(Buffer.from('PGDMP\x01\x10\x00\x04\x08\x01\x00'));
      assert.equal(await readEverything(bytes), 'refused', `seed ${seed}, run ${run}`);
    }
  });
});
