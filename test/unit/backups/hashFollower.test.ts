import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HashFollower } from '../../../src/core/backups/files/hashFollower';
import { until } from '../../support/until';
import { scratch } from '../archive/files';

const piece = randomBytes(9 << 20);
const sha256 = (...parts: Buffer[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

const read = (follower: HashFollower, bytes: number): Promise<true> =>
  until(() => follower.bytes >= bytes, `${bytes} bytes are read`);

describe('checksums that follow a file', () => {
  const files = scratch();

  it('are those of the whole, however it grew', async () => {
    const file = path.join(files.dir, 'grows');
    const follower = new HashFollower(file);
    writeFileSync(file, piece);
    await read(follower, piece.length);
    appendFileSync(file, piece);
    await read(follower, 2 * piece.length);
    appendFileSync(file, 'end');
    const expected = {
      sizeBytes: 2 * piece.length + 3,
      sha256: sha256(piece, piece, Buffer.from('end')),
    };
    assert.deepEqual(await follower.finish(), new Map([['', expected]]));
  });

  it('are those of the large members of a directory', async () => {
    const dir = path.join(files.dir, 'members');
    mkdirSync(dir);
    const follower = new HashFollower(dir);
    writeFileSync(path.join(dir, '1.dat'), piece);
    writeFileSync(path.join(dir, '2.dat'), 'small');
    await read(follower, piece.length);
    const expected = { sizeBytes: piece.length, sha256: sha256(piece) };
    assert.deepEqual(await follower.finish(), new Map([['1.dat', expected]]));
  });

  it('are none of a file that became shorter, and none once stopped', async () => {
    const file = path.join(files.dir, 'shrinks');
    writeFileSync(file, piece);
    const follower = new HashFollower(file);
    await read(follower, piece.length);
    truncateSync(file, 5);
    assert.equal((await follower.finish()).size, 0);
    writeFileSync(file, piece);
    const stopped = new HashFollower(file);
    await stopped.stop();
    assert.equal((await stopped.finish()).size, 0);
    assert.equal((await new HashFollower(path.join(files.dir, 'never')).finish()).size, 0);
  });
});
