import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { BackupInfoCache } from '../../../../src/core/archive/inspect/backupInfoCache';
import { AppError } from '../../../../src/core/errors';
import { hasEnded, identify } from '../../../../src/core/jobs/supervisor/store/processIdentity';
import { buildZip } from '../../../support/packed/buildZip';
import { unpackedDumps } from '../../../support/packed/unpackedDumps';
import { until } from '../../../support/until';
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
    const bytes = gzipSync(archive);
    bytes.fill(0xff, 90_000, 90_100);
    const file = files.write('damaged.dump.gz', bytes);
    await assert.rejects(dumps.open(file), (error) => AppError.is(error, 'archiveDamaged'));
    dumps.dispose();
    assert.deepEqual(readdirSync(tempDir), []);
  });

  it('stay for the others when one reader goes away, whoever began, and end with the last', async () => {
    const file = files.write('y.dump.gz', gzipSync(archive));
    for (const leaving of [[0], [1], [0, 1]]) {
      const dumps = unpackedDumps({ tempDir });
      const aborts = [new AbortController(), new AbortController()];
      const readers: ReturnType<typeof dumps.open>[] = [];
      let told = 0;
      const read = (reader: number): void => {
        readers.push(
          dumps.open(file, {
            signal: aborts[reader]?.signal,
            // The first bytes are there: it is unpacked, for both of them.
            onProgress: () => {
              told++;
              for (const one of leaving) aborts[one]?.abort();
            },
          }),
        );
      };
      read(0);
      read(1);
      const results = await Promise.allSettled(readers);
      for (const [reader, result] of results.entries()) {
        if (leaving.includes(reader)) {
          assert.ok(result.status === 'rejected' && AppError.is(result.reason, 'cancelled'));
        } else {
          assert.ok(result.status === 'fulfilled');
          assert.deepEqual(readFileSync(result.value.path), archive);
        }
      }
      assert.ok(told > 0);
      const unpacked = (): number =>
        readdirSync(tempDir).flatMap((own) => readdirSync(path.join(tempDir, own))).length;
      // The folder with the owner's name is one of them.
      assert.ok(await until(() => unpacked() === (leaving.length === 2 ? 1 : 2)));
      dumps.dispose();
    }
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
