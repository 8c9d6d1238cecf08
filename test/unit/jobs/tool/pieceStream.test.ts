import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PieceStream } from '../../../../src/core/jobs/tool/pieceStream';
import { seededRandom } from '../../../support/seededRandom';

/** Takes its time for each chunk, and several chunks at a time, as a pipe does. */
function sink(read: Buffer[], chunks = Infinity): Writable {
  let left = chunks;
  const take = (parts: Buffer[], done: (error?: Error) => void): void => {
    setImmediate(() => {
      read.push(...parts.map((part) => Buffer.from(part)));
      done(--left < 0 ? new Error('it reads no more') : undefined);
    });
  };
  return new Writable({
    write: (chunk: Buffer, _, done) => take([chunk], done),
    writev: (all, done) => {
      take(
        all.map(({ chunk }) => chunk as Buffer),
        done,
      );
    },
  });
}

describe('pieces that are piped into a tool', () => {
  it('may use the memory of the one before', async () => {
    const random = seededRandom(11);
    const memory = Buffer.alloc(1 << 20);
    const expected: Buffer[] = [];
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let i = 0; i < 60; i++) {
        const size = Math.floor(random() * [0, 10, 40_000, memory.length][i % 4]!);
        const piece = memory.subarray(0, size).fill(i);
        expected.push(Buffer.from(piece));
        yield await Promise.resolve(piece);
      }
    }
    const read: Buffer[] = [];
    await pipeline(new PieceStream(pieces()), sink(read));
    assert.ok(Buffer.concat(read).equals(Buffer.concat(expected)));
  });

  it('end with their error, and are ended by that of the tool', async () => {
    let closed = 0;
    async function* failing(after: number): AsyncGenerator<Buffer> {
      try {
        for (let i = 0; i < after; i++) yield await Promise.resolve(Buffer.alloc(200_000));
        throw new Error('the file is gone');
      } finally {
        closed++;
      }
    }
    await assert.rejects(pipeline(new PieceStream(failing(3)), sink([])), /the file is gone/);
    await assert.rejects(pipeline(new PieceStream(failing(1e6)), sink([], 2)), /reads no more/);
    assert.equal(closed, 2);
  });
});
