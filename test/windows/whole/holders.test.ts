import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { AppError } from '../../../src/core/errors';
import { OutputTarget } from '../../../src/core/jobs/backup/outputTarget';
import { quoteForWindows } from '../../../src/core/pgtools/args/display';
import { openerOf } from '../opener';

const RUN_ID = '0123456789ab';

describe('other programs on Windows', () => {
  let dir: string;
  beforeEach(async () => (dir = await mkdtemp(path.join(tmpdir(), 'pgbackup-'))));
  afterEach(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const at = (name: string): string => path.join(dir, name);

  for (const overwrite of [false, true]) {
    const what = overwrite ? 'in place of another' : 'where nothing is';
    it(`may hold a new output for a second before it gets its name, ${what}`, async () => {
      if (overwrite) await writeFile(at('x.dump'), 'old');
      const target = await OutputTarget.prepare(at('x.dump'), 'custom', overwrite, RUN_ID);
      await writeFile(target.partialPath, 'new');
      const scanner = await openerOf(target.partialPath, 'a file for a second');
      await target.commit(false);
      await scanner.stop();
      assert.equal(await readFile(at('x.dump'), 'utf8'), 'new');
      assert.deepEqual(await readdir(dir), ['x.dump']);
    });
  }

  it('are told of when they keep the output that is replaced, which stays as it was', async () => {
    await writeFile(at('x.dump'), 'old');
    const target = await OutputTarget.prepare(at('x.dump'), 'custom', true, RUN_ID);
    await writeFile(target.partialPath, 'new');
    const keeper = await openerOf(at('x.dump'), 'a file until it is stopped');
    await assert.rejects(target.commit(false), (error) => AppError.is(error, 'outputInUse'));
    await keeper.stop();
    assert.equal(await readFile(at('x.dump'), 'utf8'), 'old');
    await target.discard();
    assert.deepEqual(await readdir(dir), ['x.dump']);
  });

  it('get the arguments that the shown command says', async () => {
    const odd = ['', 'a b', '--table="a"."b c"', 'C:\\a b\\', 'C:\\ab\\', 'a\\"b', '"'];
    const args = [...odd, '\\\\"', "it's", 'Ω'];
    const script = at('args.js');
    await writeFile(script, 'console.log(JSON.stringify(process.argv.slice(2)))');
    const child = spawn(process.execPath, [script, ...args].map(quoteForWindows), {
      stdio: ['ignore', 'pipe', 'inherit'],
      windowsVerbatimArguments: true,
    });
    assert.deepEqual(JSON.parse(await text(child.stdout)), args);
  });
});
