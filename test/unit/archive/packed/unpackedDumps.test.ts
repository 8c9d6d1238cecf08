import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { BackupInfoCache } from '../../../../src/core/archive/inspect/backupInfoCache';
import { AppError } from '../../../../src/core/errors';
import { hasEnded, identify } from '../../../../src/core/jobs/supervisor/store/processIdentity';
import { buildZip } from '../../../support/packed/buildZip';
import { unpackedDumps } from '../../../support/packed/unpackedDumps';
import { fixture, scratch } from '../files';

describe('dumps that a window has unpacked', () => {
  const files = scratch();
  const archive = readFileSync(fixture('mini.17.dump'));
  const tempDir = path.join(files.dir, 'temp');
  const twoDumps = (): string =>
    files.write(
      'two.zip',
      buildZip([
        { name: 'a.dump', content: archive },
        { name: 'b.dump', content: readFileSync(fixture('mini.18.dump')) },
      ]),
    );

  it('are unpacked once for all that look at them, and are gone with the window', async () => {
    const file = files.write('x.dump.gz', gzipSync(archive));
    const dumps = unpackedDumps({ tempDir });
    const [one, two] = await Promise.all([dumps.open(file), dumps.open(file)]);
    assert.equal(one.path, two.path);
    assert.deepEqual(readFileSync(one.path), archive);
    one.release();
    one.release();
    assert.ok(existsSync(two.path));
    two.release();
    const again = await dumps.open(file);
    assert.equal(again.path, one.path);
    files.write('x.dump.gz', gzipSync(readFileSync(fixture('mini.18.dump'))));
    const changed = await dumps.open(file);
    assert.notEqual(changed.path, one.path);
    dumps.dispose();
    assert.deepEqual(readdirSync(tempDir), []);
  });

  it('leave nothing where they cannot be unpacked', async () => {
    const dumps = unpackedDumps({ tempDir });
    const file = files.write('cut.dump.gz', gzipSync(archive).subarray(0, 90_000));
    await assert.rejects(dumps.open(file), (error) => AppError.is(error, 'archiveDamaged'));
    dumps.dispose();
    assert.deepEqual(readdirSync(tempDir), []);
  });

  it('of one that gave up are there for another that did not', async () => {
    const dumps = unpackedDumps({ tempDir });
    const file = files.write('y.dump.gz', gzipSync(archive));
    const controller = new AbortController();
    let second: ReturnType<typeof dumps.open> | undefined;
    const first = dumps.open(file, {
      signal: controller.signal,
      onProgress: () => {
        // Only now is it certain which of the two began to unpack it.
        second ??= dumps.open(file);
        controller.abort();
      },
    });
    await assert.rejects(first, (error) => AppError.is(error, 'cancelled'));
    assert.ok(second);
    assert.deepEqual(readFileSync((await second).path), archive);
    dumps.dispose();
  });

  it('of several are asked for where somebody may be asked, once', async () => {
    const asked: (readonly string[])[] = [];
    const dumps = unpackedDumps({
      tempDir,
      choose: (_file, names) => {
        asked.push(names);
        return Promise.resolve('b.dump');
      },
    });
    const cache = new BackupInfoCache(dumps);
    const file = twoDumps();
    await assert.rejects(cache.info(file), (error) => AppError.is(error, 'packedChoice'));
    const info = await cache.info(file, { ask: true });
    assert.equal(info.path, file);
    assert.deepEqual(info.packed, { by: ['zip'], member: 'b.dump' });
    assert.match(info.pgDumpVersion, /^18/);
    assert.match((await cache.info(file)).pgDumpVersion, /^18/);
    assert.match((await cache.info(file, { member: 'a.dump' })).pgDumpVersion, /^17/);
    assert.deepEqual(asked, [['a.dump', 'b.dump']]);
    assert.equal(dumps.memberOf(file), 'b.dump');
    // Another file takes its place, in which there is no such dump.
    files.write('two.zip', buildZip([{ name: 'c.dump', content: archive }]));
    assert.equal((await cache.info(file)).packed?.member, 'c.dump');
    dumps.dispose();
  });

  it('of a process that was killed are swept, and of no other', async () => {
    const make = (name: string, owner: string | null): void => {
      mkdirSync(path.join(tempDir, name), { recursive: true });
      if (owner !== null) writeFileSync(path.join(tempDir, name, 'owner'), owner);
    };
    const mine = JSON.stringify(identify());
    make('pgbackup-unpacked-dead', JSON.stringify({ ...identify(), pid: 2 ** 30 }));
    make('pgbackup-unpacked-live', mine);
    make('pgbackup-unpacked-odd', 'no identity');
    make('pgbackup-unpacked-new', null);
    make('other', null);
    await unpackedDumps({ tempDir, owner: () => mine, isGone: hasEnded }).sweep();
    assert.deepEqual(readdirSync(tempDir).sort(), [
      'other',
      'pgbackup-unpacked-live',
      'pgbackup-unpacked-new',
      'pgbackup-unpacked-odd',
    ]);
  });
});
