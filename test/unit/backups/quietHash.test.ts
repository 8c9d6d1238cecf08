import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { QuietHash } from '../../../src/core/backups/files/quietHash';
import { LastOffset } from '../../../src/core/backups/files/lastOffset';
import { until } from '../../support/until';
import { buildArchive, type BuildOptions, type BuiltEntry } from '../archive/buildArchive';
import { scratch } from '../archive/files';

const content = randomBytes(1 << 20);
/** Longer than the step of a system's clock, by which times of files are kept. */
const REST_MS = 25;
const hashOf = (bytes: Buffer): { sizeBytes: number; sha256: string } => ({
  sizeBytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

/** Writes over the beginning, as pg_dump does at last; the file keeps its size. */
function writeHead(file: string): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.from('head'), 0, 4, 0);
  closeSync(fd);
}

const rows = { desc: 'TABLE DATA', tag: 't', schema: 's', data: '1\n\\.\n' };
const archive = (options: BuildOptions = {}, entries: readonly BuiltEntry[] = []): Buffer =>
  buildArchive([{ ...rows, dumpId: 1 }, { ...rows, dumpId: 2 }, ...entries], options);

/** How often this process has the file open (Linux). */
function timesOpen(file: string): number {
  const target = (fd: string): string => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  };
  return readdirSync('/proc/self/fd').filter((fd) => target(fd) === file).length;
}

const done = (hash: QuietHash): Promise<true> => until(() => hash.isDone(), 'the file is hashed');

describe('a checksum of a file that rests', () => {
  const files = scratch();

  it('is that of the whole when nothing was written afterwards', async () => {
    const file = path.join(files.dir, 'rests');
    const hash = new QuietHash(file, REST_MS);
    writeFileSync(file, content);
    await done(hash);
    assert.deepEqual(await hash.finish(), new Map([['', hashOf(content)]]));
  });

  const changes: readonly [what: string, change: (file: string) => void][] = [
    ['its beginning was written', writeHead],
    ['it grew', (file) => writeFileSync(file, 'more', { flag: 'a' })],
    ['it was removed', (file) => rmSync(file)],
    [
      'another file has its name, size and time of modification',
      (file) => {
        const { mtime } = statSync(file);
        rmSync(file);
        writeFileSync(file, content);
        utimesSync(file, mtime, mtime);
      },
    ],
  ];
  for (const [what, change] of changes) {
    it(`is none when ${what} after it was hashed`, async () => {
      const file = path.join(files.dir, 'changes');
      writeFileSync(file, content);
      const hash = new QuietHash(file, REST_MS);
      await done(hash);
      change(file);
      assert.equal((await hash.finish()).size, 0);
    });
  }

  it('is computed anew when the tool goes on and the file rests again', async () => {
    const file = path.join(files.dir, 'again');
    writeFileSync(file, content);
    const hash = new QuietHash(file, REST_MS);
    await done(hash);
    writeHead(file);
    const whole = Buffer.from(content);
    whole.write('head', 0);
    await done(hash);
    assert.deepEqual(await hash.finish(), new Map([['', hashOf(whole)]]));
  });

  it('is that of an archive whose offsets were written at last, without a longer rest', async () => {
    const file = path.join(files.dir, 'archive');
    writeFileSync(file, archive({ withoutOffsets: true }));
    const hash = new QuietHash(file, 3_600_000);
    writeFileSync(file, archive());
    await done(hash);
    assert.deepEqual(await hash.finish(), new Map([['', hashOf(archive())]]));
  });

  it('is looked for no more often than twenty times a second, and never twice at once', async () => {
    const file = path.join(files.dir, 'looks');
    writeFileSync(file, archive({ withoutOffsets: true }));
    const kept = Object.getOwnPropertyDescriptor(LastOffset.prototype, 'isWritten');
    assert.ok(kept);
    let looks = 0;
    let atOnce = 0;
    LastOffset.prototype.isWritten = async () => {
      assert.equal(++atOnce, 1);
      await delay(30);
      atOnce--;
      looks++;
      return false;
    };
    try {
      const began = performance.now();
      const hash = new QuietHash(file);
      await until(() => looks >= 5, 'it is looked at');
      const took = performance.now() - began;
      // Timers may be early by a millisecond.
      assert.ok(took >= 5 * (50 + 30 - 2), `${took} ms`);
      await hash.stop();
    } finally {
      Object.defineProperty(LastOffset.prototype, 'isWritten', kept);
    }
  });

  it('leaves no file open', async () => {
    // Other systems do not tell.
    if (process.platform !== 'linux') return;
    const file = path.join(files.dir, 'open');
    writeFileSync(file, archive({ withoutOffsets: true }));
    const hash = new QuietHash(file, REST_MS);
    await until(() => timesOpen(file) === 1, 'its offset is looked at');
    await hash.finish();
    assert.equal(timesOpen(file), 0);
    const stopped = new QuietHash(file, REST_MS);
    await until(() => timesOpen(file) === 1, 'its offset is looked at');
    await stopped.stop();
    assert.equal(timesOpen(file), 0);
  });

  it('is none of an empty file, of none at all, and once stopped', async () => {
    const empty = path.join(files.dir, 'empty');
    writeFileSync(empty, '');
    assert.equal((await new QuietHash(empty, REST_MS).finish()).size, 0);
    assert.equal((await new QuietHash(path.join(files.dir, 'never'), REST_MS).finish()).size, 0);
    const file = path.join(files.dir, 'stopped');
    writeFileSync(file, content);
    const hash = new QuietHash(file, REST_MS);
    await done(hash);
    await hash.stop();
    assert.equal((await hash.finish()).size, 0);
  });
});

describe('is the last offset written of an archive', () => {
  const files = scratch();
  const view = { dumpId: 3, desc: 'VIEW', tag: 'v' };
  const states: readonly [what: string, content: Buffer, isWritten: boolean | null][] = [
    ['that is whole', archive(), true],
    ['with other entries after its data', archive({}, [view]), true],
    ['that pg_dump still writes', archive({ withoutOffsets: true }), false],
    ['of which the table of contents is being written', archive().subarray(0, 200), false],
    ['of which some bytes are there', archive().subarray(0, 3), false],
    ['without data', buildArchive([view]), null],
    ['that is none', content, null],
  ];
  for (const [what, bytes, isWritten] of states) {
    it(`${what}: ${isWritten ?? 'cannot be told'}`, async () => {
      const file = path.join(files.dir, 'states');
      writeFileSync(file, bytes);
      const last = new LastOffset(file);
      assert.equal(await last.isWritten(), isWritten);
      await last.close();
    });
  }
});
