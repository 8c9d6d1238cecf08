import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheRoot, cachedDirectory } from '../../support/install/cache';

describe('the cache of installed servers and editors', () => {
  let dir = '';
  let before: string | undefined;

  beforeEach(async () => {
    before = process.env['XDG_CACHE_HOME'];
    dir = await mkdtemp(path.join(tmpdir(), 'cache-test-'));
    // Open to all, as a home would be in which it is used.
    await chmod(dir, 0o755);
    process.env['XDG_CACHE_HOME'] = dir;
    assert.ok(cacheRoot().startsWith(dir), `${cacheRoot()} is not below ${dir}`);
  });

  afterEach(async () => {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
    await rm(dir, { recursive: true, force: true });
  });

  async function build(temporary: string): Promise<void> {
    await writeFile(path.join(temporary, 'content'), 'whole');
  }

  it('builds once when two ask at the same time', async () => {
    let built = 0;
    const slowly = async (temporary: string): Promise<void> => {
      built++;
      await delay(50);
      await build(temporary);
    };
    const [first, second] = await Promise.all([
      cachedDirectory('thing', slowly),
      cachedDirectory('thing', slowly),
    ]);
    assert.equal(first, second);
    assert.equal(built, 1);
    assert.equal(await readFile(path.join(first, 'content'), 'utf8'), 'whole');
  });

  it('leaves nothing of a build that failed, and builds again the next time', async () => {
    const fail = async (temporary: string): Promise<void> => {
      await build(temporary);
      throw new Error('no network');
    };
    await assert.rejects(cachedDirectory('thing', fail), /no network/);
    assert.deepEqual(await readdir(cacheRoot()), []);
    assert.ok(existsSync(await cachedDirectory('thing', build)));
  });

  it('takes over the lock of a process that died', async () => {
    await mkdir(cacheRoot(), { recursive: true });
    // Larger than any process id.
    await writeFile(path.join(cacheRoot(), 'thing.lock'), '4194999');
    assert.ok(existsSync(await cachedDirectory('thing', build)));
    assert.deepEqual(await readdir(cacheRoot()), ['thing']);
  });
});
