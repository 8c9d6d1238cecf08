import assert from 'node:assert/strict';
import fs, { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { statAll } from '../../../../src/core/archive/bytes/statAll';
import { AppError } from '../../../../src/core/errors';
import { scratch } from '../files';

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

  it('are not asked for once that is cancelled', async () => {
    const stop = new AbortController();
    stop.abort();
    await assert.rejects(
      statAll(files.dir, ['file-1'], () => undefined, { signal: stop.signal }),
      (error) => AppError.is(error, 'cancelled'),
    );
  });

  it('are not told of a file that the system refuses to tell of, which hides no other', async () => {
    const names = ['file-1', 'x'.repeat(5000), 'file-2', 'x'.repeat(5000), 'file-3'];
    const told: (number | undefined)[] = [];
    const note = (_: string, found: fs.Stats | undefined): void => void told.push(found?.size);
    await assert.rejects(statAll(files.dir, names, note));
    told.length = 0;
    await statAll(files.dir, names, note, { lenient: true });
    assert.deepEqual(told, [1, undefined, 2, undefined, 3]);
  });
});

describe('a file system is asked for many files', () => {
  const real = {
    now: performance.now.bind(performance),
    direct: fs.lstatSync,
    pooled: fs.promises.lstat,
  };
  const names = Array.from({ length: 1000 }, (_, i) => `file-${i}`);
  let clock = 0;
  let device = 0;
  let directly = 0;
  /** Milliseconds that it takes to answer. */
  let cost = { pooled: 0, direct: 0 };

  before(() => {
    Reflect.set(performance, 'now', () => clock);
    Reflect.set(fs, 'lstatSync', () => {
      clock += cost.direct;
      directly++;
      return { dev: device };
    });
    Reflect.set(fs.promises, 'lstat', async () => {
      clock += cost.pooled;
      return { dev: device };
    });
  });
  after(() => {
    Reflect.set(performance, 'now', real.now);
    Reflect.set(fs, 'lstatSync', real.direct);
    Reflect.set(fs.promises, 'lstat', real.pooled);
  });
  beforeEach(() => device++);

  /** Asks for all; returns for how many directly. */
  async function ask(pooled: number, direct: number): Promise<number> {
    cost = { pooled, direct };
    directly = 0;
    const told: string[] = [];
    await statAll('/folder', names, (name) => void told.push(name));
    assert.deepEqual(told, names);
    return directly;
  }

  it('directly while it is quick, but for the first of each slice', async () => {
    const count = await ask(0.1, 0.05);
    assert.ok(count > 950 && count < names.length, `${count}`);
  });

  it('by the pool alone where the first answer is slow', async () => {
    assert.equal(await ask(30, 30), 0);
  });

  it('by the pool from the first slow answer on, also the next time', async () => {
    // The system still knows the first file, which says nothing of those behind it.
    const visit = (): void => void (cost.pooled = 30);
    directly = 0;
    for (const time of ['first', 'second']) {
      cost = { pooled: 0.1, direct: 30 };
      await statAll('/folder', names, visit);
      assert.equal(directly, 1, time);
    }
  });

  it('directly again once it has become quick', async () => {
    assert.equal(await ask(30, 30), 0);
    assert.ok((await ask(0.1, 0.05)) > 800);
  });
});
