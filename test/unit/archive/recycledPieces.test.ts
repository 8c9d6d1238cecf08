import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { recycledPieces } from '../../../src/core/archive/bytes/recycledPieces';

describe('pieces whose memory is used again', () => {
  let file: string;
  // No period of the numbers divides a piece's size.
  const content = Buffer.from(Uint32Array.from({ length: 1.4e6 }, (_, i) => i * 2654435761).buffer);

  beforeEach(async () => {
    file = path.join(await mkdtemp(path.join(os.tmpdir(), 'pieces-')), 'whole.sql');
    await writeFile(file, content);
  });

  afterEach(() => rm(path.dirname(file), { recursive: true }));

  it('are the file, each still there while the next one is', async () => {
    const copies: Buffer[] = [];
    let before: Buffer | null = null;
    for await (const piece of recycledPieces(file)) {
      if (before) assert.ok(before.equals(copies.at(-1)!));
      copies.push(Buffer.from(piece));
      before = piece;
    }
    assert.ok(Buffer.concat(copies).equals(content));
  });

  it('end where a file ends that became shorter, or when the reader stops', async () => {
    let read = 0;
    for await (const piece of recycledPieces(file)) {
      if (read === 0) await truncate(file, 1 << 20);
      read += piece.length;
    }
    assert.equal(read, 1 << 20);
    for await (const piece of recycledPieces(file)) {
      assert.equal(piece.length, 64 << 10);
      break;
    }
    await assert.rejects(recycledPieces(`${file}.not`).next(), { code: 'inputMissing' });
  });
});
