import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError } from '../../src/core/errors';
import { replaceFile } from '../../src/core/files/replaceFile';
import { samePath } from '../../src/core/files/samePath';
import {
  assertReplaceable,
  canonicalPath,
  OutputTarget,
} from '../../src/core/jobs/backup/outputTarget';
import { ownPipeStamp, pipeState } from '../../src/core/jobs/supervisor/store/processPipe';
import { findTools } from '../../src/core/pgtools/locate/locate';
import { openerOf } from './opener';
import { newestServer } from '../support/servers';
import { identify, livenessOf } from '../../src/core/jobs/supervisor/store/processIdentity';

const runId = '0123456789ab';

describe('on Windows', () => {
  let dir: string;
  before(() => assert.equal(process.platform, 'win32'));
  beforeEach(async () => (dir = await mkdtemp(path.join(tmpdir(), 'pgbackup-'))));
  afterEach(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const at = (name: string): string => path.join(dir, name);

  it('a process is known as long as it runs, and not a moment longer', async () => {
    const mine = identify();
    assert.match(mine.stamp ?? '', /^pipe /);
    assert.equal(mine.stamp, ownPipeStamp());
    for (let i = 0; i < 20; i++) assert.equal(livenessOf(mine), 'running');
    assert.equal(livenessOf({ ...mine, stamp: `pipe ${'0'.repeat(32)}` }), 'gone');
    const stamp = `pipe ${'1'.repeat(32)}`;
    const other = spawn(
      process.execPath,
      [
        '-e',
        `require('net').createServer().listen('\\\\\\\\.\\\\pipe\\\\pgbackup-' + process.pid + '-${'1'.repeat(32)}', () => console.log('up'))`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(other.stdout, 'data');
    const pid = other.pid ?? 0;
    assert.equal(pipeState({ pid, stamp }), 'running');
    other.kill('SIGKILL');
    await once(other, 'exit');
    assert.equal(pipeState({ pid, stamp }), 'gone');
  });

  it('an output that somebody reads is replaced, one that somebody keeps is told before', async () => {
    await writeFile(at('x.dump'), 'old');
    const reader = await open(at('x.dump'), 'r');
    const target = await OutputTarget.prepare(at('x.dump'), 'custom', true, runId);
    await writeFile(target.partialPath, 'new');
    await target.commit(false);
    await reader.close();
    assert.equal(await readFile(at('x.dump'), 'utf8'), 'new');

    const keeper = await openerOf(at('x.dump'), 'a file until it is stopped');
    await assert.rejects(assertReplaceable(at('x.dump')), (error) =>
      AppError.is(error, 'outputInUse'),
    );
    await keeper.stop();
    await assertReplaceable(at('x.dump'));
    await chmod(at('x.dump'), 0o444);
    await assert.rejects(assertReplaceable(at('x.dump')), (error) =>
      AppError.is(error, 'outputReadOnly'),
    );
    await chmod(at('x.dump'), 0o666);
    assert.deepEqual(await readdir(dir), ['x.dump']);
  });

  it('a file is replaced as soon as its reader lets go of it', async () => {
    await writeFile(at('old'), 'old');
    await writeFile(at('new'), 'new');
    const reader = await open(at('old'), 'r');
    const replaced = replaceFile(at('new'), at('old'));
    await reader.close();
    await replaced;
    assert.equal(await readFile(at('old'), 'utf8'), 'new');
  });

  it('names that Windows takes for others are refused before anything is written', async () => {
    for (const name of ['NUL', 'con.dump', 'x.dump:stream', 'x.dump.', 'x ', 'a*\\x']) {
      await assert.rejects(
        OutputTarget.prepare(`${dir}\\${name}`, 'custom', true, runId),
        (error) => AppError.is(error, 'optionInvalid'),
        name,
      );
    }
    assert.deepEqual(await readdir(dir), []);
  });

  it('one place has one name for all jobs, in whatever case and with any separators', async () => {
    const [first, second] = [`${dir}\\Größe.dump`, `${dir.replaceAll('\\', '/')}/GRÖßE.DUMP`];
    assert.equal(await canonicalPath(first), await canonicalPath(second));
    await writeFile(first, 'x');
    assert.equal(await canonicalPath(first), await canonicalPath(second));
  });

  it('tools are found where installers and Scoop put them, of several majors', async () => {
    const places = ['Programme Ü\\PostgreSQL\\17', 'Programme Ü\\PostgreSQL\\18'];
    const scoop = 'scoop\\apps\\postgresql\\current';
    const bins = [...places, scoop].map((place) => at(path.join(place, 'bin')));
    for (const bin of bins) {
      await mkdir(bin, { recursive: true });
      for (const name of ['psql.exe', 'libpq.dll', 'zlib1.dll']) {
        await copyFile(path.join(newestServer().binDir, name), path.join(bin, name));
      }
    }
    const { SystemRoot } = process.env;
    const { installs } = await findTools({
      env: { SystemRoot, ProgramFiles: at('Programme Ü'), SCOOP: at('scoop') },
      platform: process.platform,
      homeDir: at('home'),
      excludeDirs: [],
    });
    assert.deepEqual(installs.map((install) => install.dir).sort(), bins.sort());
  });

  it('one file has many spellings', async () => {
    await writeFile(at('Größe.txt'), 'x');
    for (const name of ['GRÖSSE.TXT', 'größe.TXT', '.\\Größe.txt', 'x/../größe.txt']) {
      const spelled = `${dir}\\${name}`;
      const there = await readFile(spelled, 'utf8').then(
        () => true,
        () => false,
      );
      assert.equal(samePath(spelled, at('Größe.txt')), there, spelled);
    }
  });
});
