import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isInUse, replaceFileSync, whenReleased } from '../../../src/core/files/replaceFile';
import { AppError } from '../../../src/core/errors';
import { assertReplaceable } from '../../../src/core/jobs/backup/outputTarget';

const systemError = (code: string): Error => Object.assign(new Error(code), { code });

/** An action that fails so often before it succeeds. */
function failing(
  code: string,
  times: number,
): { action: () => Promise<string>; calls: () => number } {
  let calls = 0;
  const action = (): Promise<string> =>
    ++calls <= times ? Promise.reject(systemError(code)) : Promise.resolve('done');
  return { action, calls: () => calls };
}

describe('a file that another program has open', () => {
  const pauses = [0, 0, 0];

  it('is tried again as long as Windows says so, and nowhere else', async () => {
    for (const code of ['EBUSY', 'EPERM', 'EACCES']) {
      const held = failing(code, 3);
      assert.equal(await whenReleased(held.action, 'win32', pauses), 'done');
      assert.equal(held.calls(), 4);
      for (const platform of ['linux', 'darwin'] as const) {
        const other = failing(code, 1);
        await assert.rejects(whenReleased(other.action, platform, pauses), { code });
        assert.equal(other.calls(), 1);
      }
    }
  });

  it('is given up at the limit, and at once when something else is wrong', async () => {
    const forever = failing('EBUSY', 100);
    await assert.rejects(whenReleased(forever.action, 'win32', pauses), { code: 'EBUSY' });
    assert.equal(forever.calls(), 4);
    const full = failing('ENOSPC', 100);
    await assert.rejects(whenReleased(full.action, 'win32', pauses), { code: 'ENOSPC' });
    assert.equal(full.calls(), 1);
    assert.equal(isInUse('no error of the system', 'win32'), false);
  });
});

describe('files on Windows', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'pgbackup-replace-'));
    await writeFile(path.join(dir, 'old'), 'old');
    await writeFile(path.join(dir, 'new'), 'new');
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));
  const at = (name: string): string => path.join(dir, name);

  it('stay what they were when they can neither be replaced nor be moved', async () => {
    const moves: string[] = [];
    const refused = (from: string, to: string): void => {
      moves.push(`${path.basename(from)} ${path.basename(to)}`);
      throw systemError('EPERM');
    };
    assert.throws(() => replaceFileSync(at('new'), at('old'), at('aside'), refused), {
      code: 'EPERM',
    });
    assert.deepEqual(moves, ['new old', 'old aside']);
    assert.equal(await readFile(at('old'), 'utf8'), 'old');
    assert.deepEqual(await readdir(dir), ['new', 'old']);
  });

  it('are told to be open or read-only before a backup begins', async () => {
    const refused = (): Promise<void> => Promise.reject(systemError('EBUSY'));
    const taken = (): Promise<void> => Promise.resolve();
    await assertReplaceable(at('old'), 'win32', taken);
    await assertReplaceable(at('old'), 'linux', refused);
    await assert.rejects(assertReplaceable(at('old'), 'win32', refused), (error) =>
      AppError.is(error, 'outputInUse'),
    );
    await writeFile(at('kept'), '', { mode: 0o444 });
    await assert.rejects(assertReplaceable(at('kept'), 'win32', taken), (error) =>
      AppError.is(error, 'outputReadOnly'),
    );
  });
});
