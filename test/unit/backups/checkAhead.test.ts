import assert from 'node:assert/strict';
import { appendFileSync, cpSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assertWhole } from '../../../src/core/archive/data/checkStructure';
import { AheadCheck } from '../../../src/core/jobs/backup/checkAhead';
import { fixture, scratch } from '../archive/files';

/** The check ahead of a job, and what ends that. */
function job(signal = new AbortController().signal) {
  const cleanups: (() => unknown)[] = [];
  const check = new AheadCheck({ signal, cleanups });
  return { check, end: () => Promise.all(cleanups.map((cleanup) => cleanup())) };
}

describe('a check of a directory that is put on the disk', () => {
  const files = scratch();
  const copy = (name: string): string => {
    const directory = path.join(files.dir, name);
    cpSync(fixture('mini.17.dir'), directory, { recursive: true });
    return directory;
  };

  it('gives the report while nothing has changed', async () => {
    const directory = copy('same');
    const { check } = job();
    check.begin(directory);
    const report = await check.report();
    assert.deepEqual(report, await assertWhole(directory, { written: true }));
    assert.ok((report?.totalBytes ?? 0) > 0);
  });

  const changes: readonly [what: string, change: (directory: string) => void][] = [
    ['a file has grown', (dir) => appendFileSync(path.join(dir, 'toc.dat'), 'x')],
    ['a file was written', (dir) => utimesSync(path.join(dir, 'toc.dat'), 1, 1)],
    ['a file was removed', (dir) => rmSync(path.join(dir, 'toc.dat'))],
    ['there is another file', (dir) => writeFileSync(path.join(dir, 'new'), '')],
    ['it was removed', (dir) => rmSync(dir, { recursive: true })],
  ];
  for (const [what, change] of changes) {
    it(`gives none when ${what} since`, async () => {
      const directory = copy('changes');
      const { check } = job();
      check.begin(directory);
      await check.done();
      change(directory);
      assert.equal(await check.report(), null);
      rmSync(directory, { recursive: true, force: true });
    });
  }

  it('gives none of what is not whole yet, not there, or no longer wanted', async () => {
    const cut = copy('cut');
    rmSync(path.join(cut, 'toc.dat'));
    const cancelled = job(AbortSignal.abort()).check;
    for (const [check, directory] of [
      [job().check, cut],
      [job().check, path.join(files.dir, 'nothing')],
      [cancelled, copy('stopped')],
    ] as const) {
      check.begin(directory);
      assert.equal(await check.report(), null);
    }
    assert.equal(await job().check.report(), null);
  });

  it('is given up when its job ends', async () => {
    const { check, end } = job();
    check.begin(copy('failed'));
    await end();
    assert.equal(await check.report(), null);
  });
});
