import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BackupInfoCache, stillTrue } from '../../../../src/core/archive/inspect/backupInfoCache';
import { unpackedDumps } from '../../../support/packed/unpackedDumps';
import { AppError } from '../../../../src/core/errors';
import { readInput } from '../../../../src/core/jobs/restore/input/restoreInput';

const script = (table: string): string => `CREATE TABLE public.${table} (i int);\n`;

describe('BackupInfoCache', () => {
  let dir: string;
  let file: string;
  const tablesOf = async (cache: BackupInfoCache): Promise<string[]> =>
    (await cache.info(file)).contents.tables.map((table) => table.name);

  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'pg-backup-info-'));
    file = path.join(dir, 'a.sql');
    await writeFile(file, script('one'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('reads a file once while it stays the same', async () => {
    const cache = new BackupInfoCache(unpackedDumps());
    assert.equal(await cache.known(file), undefined);
    const progress: number[] = [];
    const options = { onProgress: (bytes: number) => progress.push(bytes) };
    const first = await cache.info(file, options);
    const reads = progress.length;
    assert.ok(reads > 0);
    assert.deepEqual(await cache.info(file, options), first);
    assert.equal(progress.length, reads);
    assert.deepEqual((await cache.known(file))?.info, first);
  });

  it('notices a file that was replaced by one of the same size and age', async () => {
    const cache = new BackupInfoCache(unpackedDumps());
    const age = new Date(2020, 1, 1);
    await utimes(file, age, age);
    assert.deepEqual(await tablesOf(cache), ['one']);
    const other = path.join(dir, 'b.sql');
    await writeFile(other, script('two'));
    await utimes(other, age, age);
    await rename(other, file);
    assert.equal(await cache.known(file), undefined);
    assert.deepEqual(await tablesOf(cache), ['two']);
  });

  it('keeps a few files only', async () => {
    const cache = new BackupInfoCache(unpackedDumps());
    await cache.info(file);
    for (let i = 0; i < 4; i++) {
      const other = path.join(dir, `${i}.sql`);
      await writeFile(other, script('t'));
      await cache.info(other);
    }
    assert.equal(await cache.known(file), undefined);
    assert.ok(await cache.known(path.join(dir, '0.sql')));
  });

  it('refuses what a backup left behind that never ended, and what is in it', async () => {
    const left = path.join(dir, '.a.sql.pgbackup-0123456789ab.partial');
    await rename(file, left);
    const { signal } = new AbortController();
    for (const input of [left, path.join(left, 'toc.dat')]) {
      const refused = (e: unknown): boolean => AppError.is(e, 'inputUnfinished');
      await assert.rejects(new BackupInfoCache(unpackedDumps()).info(input), refused);
      await assert.rejects(readInput(input, undefined, signal), refused);
    }
    // The backup that a new one has replaced is whole.
    const old = left.replace('.partial', '.old');
    await rename(left, old);
    assert.equal((await readInput(old, undefined, signal)).info.format, 'plain');
  });

  it('spares a restore its scan, unless the file has changed since', async () => {
    const cache = new BackupInfoCache(unpackedDumps());
    await cache.info(file);
    const known = await cache.known(file);
    assert.ok(known);
    // Marked, so that it can be told from one that was read again.
    const marked = { ...known, info: { ...known.info, created: 'known' } };
    const { signal } = new AbortController();
    assert.equal((await readInput(file, marked, signal)).info.created, 'known');
    await writeFile(file, script('two'));
    assert.equal((await readInput(file, marked, signal)).info.created, '');
    assert.equal(await stillTrue(marked, path.join(dir, 'nosuch.sql')), null);
  });
});
