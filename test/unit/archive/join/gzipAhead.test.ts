import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { GzipAhead } from '../../../../src/core/archive/join/gzipAhead';
import { seededRandom } from '../../../support/seededRandom';
import { until } from '../../../support/until';
import { scratch } from '../files';

const random = seededRandom(14);
const rows = Buffer.from(Uint8Array.from({ length: 1_500_000 }, () => random() * 256));
const member = gzipSync(rows, { level: 1 });
/** zlib's format ends with the checksum that is asked for. */
const sum = deflateSync(rows, { level: 1 }).subarray(-4);

describe('the checksums of gzip members that pg_dump still writes', () => {
  const files = scratch();
  const begin = (name: string): { dir: string; ahead: GzipAhead } => {
    const dir = path.join(files.dir, name);
    mkdirSync(dir);
    return { dir, ahead: new GzipAhead(dir, 5) };
  };

  it('are those of the whole members, however these grew', async () => {
    const { dir, ahead } = begin('grows');
    const cuts = [0, 1_200_000, 1_300_000, member.length];
    for (const [i, cut] of cuts.entries()) {
      appendFileSync(path.join(dir, '7.dat.gz'), member.subarray(cuts[i - 1] ?? 0, cut));
      if (i === 1) await until(() => ahead.bytes === cut, 'what is there is read');
    }
    await ahead.end();
    assert.deepEqual(await ahead.tailOf('7.dat.gz', member.length), sum);
    assert.equal(await ahead.tailOf('7.dat.gz', member.length + 1), null, 'another file by now');
    assert.equal(await ahead.tailOf('8.dat.gz', 1), null, 'never seen');
    await ahead.stop();
  });

  const bad: [string, (whole: Buffer) => Buffer][] = [
    ['cut', (whole) => whole.subarray(0, -20)],
    ['damaged', (whole) => Buffer.concat([whole.subarray(0, -5), Buffer.from('wrong')])],
    ['of another kind', () => Buffer.alloc(member.length, 'x')],
  ];
  for (const [what, made] of bad) {
    it(`are none of a member that is ${what}`, async () => {
      const { dir, ahead } = begin(what);
      const bytes = made(member);
      writeFileSync(path.join(dir, '7.dat.gz'), bytes);
      await until(() => ahead.bytes > 0, 'it is read');
      await ahead.end();
      assert.equal(await ahead.tailOf('7.dat.gz', bytes.length), null);
      await ahead.stop();
    });
  }

  it('are given up when told to, with no file left open', async () => {
    const { dir, ahead } = begin('stopped');
    const file = path.join(dir, '7.dat.gz');
    writeFileSync(file, member.subarray(0, 1_200_000));
    await until(() => ahead.bytes === 1_200_000, 'it waits for more');
    await ahead.stop();
    assert.equal(await ahead.tailOf('7.dat.gz', 1_200_000), null);
    if (process.platform === 'linux') {
      const open = readdirSync('/proc/self/fd').filter((fd) => linkOf(fd) === file);
      assert.deepEqual(open, []);
    }
  });
});

/** Where an open file of this process leads to. */
function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}
