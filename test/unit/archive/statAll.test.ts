import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { statAll } from '../../../src/core/archive/bytes/statAll';
import { AppError } from '../../../src/core/errors';
import { scratch } from './files';

describe('the facts of the files of a folder', () => {
  const files = scratch();

  it('are told of each, in order, of links themselves, and of what is gone', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `file-${i}`);
    for (const [i, name] of names.entries()) {
      writeFileSync(path.join(files.dir, name), 'x'.repeat(i));
    }
    symlinkSync('file-7', path.join(files.dir, 'link'));
    mkdirSync(path.join(files.dir, 'folder'));
    const told: [string, unknown][] = [];
    await statAll(files.dir, [...names, 'link', 'folder', 'gone'], (name, found) => {
      const kind = found?.isFile() === true ? found.size : (found?.isSymbolicLink() ?? null);
      told.push([name, kind]);
    });
    const sizes = names.map((name, i) => [name, i]);
    assert.deepEqual(told, [...sizes, ['link', true], ['folder', false], ['gone', null]]);
  });

  it('are those that a slow disk tells, too', async () => {
    const names = ['file-1', 'file-2', 'file-3', 'gone', 'file-4', 'link'];
    const told: (number | boolean | null)[] = [];
    // A visit that takes long counts like an answer that does.
    await statAll(files.dir, names, (_, found) => {
      const until = performance.now() + 2;
      while (performance.now() < until);
      told.push(found?.isFile() === true ? found.size : (found?.isSymbolicLink() ?? null));
    });
    assert.deepEqual(told, [1, 2, 3, null, 4, true]);
  });

  it('are not asked for once that is cancelled', async () => {
    const stop = new AbortController();
    stop.abort();
    await assert.rejects(
      statAll(files.dir, ['file-1'], () => undefined, stop.signal),
      (error) => AppError.is(error, 'cancelled'),
    );
  });
});
