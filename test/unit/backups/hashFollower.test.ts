import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HashFollower } from '../../../src/core/backups/files/hashFollower';
import { RestingMembers } from '../../../src/core/backups/files/restingMembers';
import { until } from '../../support/until';
import { scratch } from '../archive/files';
import { heldMember } from './heldMember';

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

  it('are also those of all other members once those are said to be written', async () => {
    const dir = path.join(files.dir, 'written');
    mkdirSync(dir);
    const follower = new HashFollower(dir);
    writeFileSync(path.join(dir, '1.dat'), piece);
    writeFileSync(path.join(dir, 'blob_1.dat'), piece);
    for (const name of ['2.dat', 'toc.dat', 'notes.txt']) writeFileSync(path.join(dir, name), name);
    await read(follower, piece.length);
    await Promise.all([follower.whenWritten(), follower.whenWritten()]);
    const hashes = await follower.finish();
    assert.deepEqual([...hashes.keys()].sort(), ['1.dat', '2.dat', 'blob_1.dat', 'toc.dat']);
    const large = { sizeBytes: piece.length, sha256: sha256(piece) };
    assert.deepEqual(hashes.get('blob_1.dat'), large);
    const small = { sizeBytes: 5, sha256: sha256(Buffer.from('2.dat')) };
    assert.deepEqual(hashes.get('2.dat'), small);
  });

  it('are none of an output that is one file, or not there, because it is said to be written', async () => {
    const file = path.join(files.dir, 'one');
    writeFileSync(file, 'small');
    for (const output of [file, path.join(files.dir, 'nothing')]) {
      const follower = new HashFollower(output);
      await follower.whenWritten();
      assert.equal((await follower.finish()).size, 0);
    }
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

describe('checksums of members that are put on the disk', () => {
  const files = scratch();
  it('are those of members that have not changed since', async () => {
    const dir = path.join(files.dir, 'members');
    mkdirSync(dir);
    const at = (name: string): string => path.join(dir, name);
    for (const name of ['1.dat', '2.dat', '3.dat', '4.dat', '5.dat']) writeFileSync(at(name), name);
    const resting = new RestingMembers(dir, (name) => name !== '5.dat');
    await resting.done;
    const { atime, mtime } = statSync(at('2.dat'));
    // Longer than the step of a system's clock, by which times of files are kept.
    await delay(25);
    writeFileSync(at('2.dat'), 'tad.2');
    utimesSync(at('2.dat'), atime, mtime);
    appendFileSync(at('3.dat'), 'more');
    rmSync(at('4.dat'));
    writeFileSync(at('6.dat'), 'new');
    const hash = { sizeBytes: 5, sha256: sha256(Buffer.from('1.dat')) };
    assert.deepEqual(await resting.finish(), new Map([['1.dat', hash]]));
  });

  it('are none once stopped', async () => {
    const dir = path.join(files.dir, 'stopped');
    mkdirSync(dir);
    writeFileSync(path.join(dir, '1.dat'), 'x');
    const resting = new RestingMembers(dir, () => true);
    await resting.done;
    assert.equal(resting.hashed.length, 1);
    await resting.stop();
    assert.equal((await resting.finish()).size, 0);
  });

  it('are those of members that are hashed by now, whatever the others take', async () => {
    const dir = path.join(files.dir, 'held');
    mkdirSync(dir);
    heldMember(dir);
    for (const name of ['1.dat', '2.dat']) writeFileSync(path.join(dir, name), name);
    const resting = new RestingMembers(dir, () => true);
    await until(() => resting.hashed.length === 2, 'the small ones are hashed');
    assert.deepEqual([...(await resting.finish()).keys()].sort(), ['1.dat', '2.dat']);
  });
});
