import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodeProfiles } from '../../../src/core/connections/decodeProfiles';
import { runPasswordCommand } from '../../../src/core/connections/passwordCommand';
import {
  renewingPassword,
  withPassword,
  type PasswordProvider,
} from '../../../src/core/connections/passwords';
import { AppError } from '../../../src/core/errors';
import { until } from '../../support/until';
import { itNeeds } from '../../support/needs';

const node = (script: string, ...args: string[]): { id: string; passwordCommand: string[] } => ({
  id: 'x',
  passwordCommand: [process.execPath, '-e', script, ...args],
});

describe('A password command', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'command-'));
  });
  after(() => rm(dir, { recursive: true }));

  it('yields what it prints, without the end of the line', async () => {
    const printed: [script: string, password: string][] = [
      [`console.log('s3cret')`, 's3cret'],
      [`process.stdout.write('s3cret')`, 's3cret'],
      [`process.stdout.write(' a b \\r\\n')`, ' a b '],
      [`console.error('noise'); console.log('ünï')`, 'ünï'],
      [`console.log('x'.repeat(10_000))`, 'x'.repeat(10_000)],
    ];
    for (const [script, password] of printed) {
      assert.equal(await runPasswordCommand(node(script)), password);
    }
  });

  it('gets its arguments as they are: no shell takes part', async () => {
    const odd = [
      '$(id)',
      '`id`',
      '; id',
      '| id',
      '> file',
      '*',
      '"',
      "'",
      'a b',
      '%PATH%',
      '&& id',
    ];
    const profile = node('console.log(JSON.stringify(process.argv.slice(1)))', ...odd);
    assert.deepEqual(JSON.parse(await runPasswordCommand(profile)), odd);
  });

  const failing: [script: string, reason: string][] = [
    [`console.log('S3CRET'); process.exit(1)`, 'failed'],
    [`process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 1000)`, 'failed'],
    [`console.log('')`, 'empty'],
    ['', 'empty'],
    [`console.log('S3CRET\\nS3CRET')`, 'severalLines'],
    [`process.stdout.write('S3CRET\\0')`, 'severalLines'],
    [`process.stdout.write('S3CRET'.repeat(100_000)); setInterval(() => {}, 1000)`, 'tooLong'],
  ];
  for (const [script, reason] of failing) {
    it(`fails: ${reason}, ${script}; what it printed is in no error`, async () => {
      await assert.rejects(runPasswordCommand(node(script)), (error: unknown) => {
        assert.ok(AppError.is(error, 'passwordCommandFailed'));
        assert.equal(error.details.reason, reason);
        assert.ok(!JSON.stringify([error.message, error.details, error.stack]).includes('S3CRET'));
        return true;
      });
    });
  }

  it('is ended with all that it started when it takes too long', async () => {
    const pids = path.join(dir, 'pids');
    const profile = node(
      `const { spawn } = require('node:child_process');
       const inner = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
       require('node:fs').writeFileSync(process.argv[1], process.pid + ' ' + inner.pid);
       setInterval(() => {}, 1000);`,
      pids,
    );
    // On a busy machine it may be ended before it has started anything.
    for (let timeoutMs = 2000; !existsSync(pids) && timeoutMs < 60_000; timeoutMs *= 3) {
      await assert.rejects(runPasswordCommand(profile, { timeoutMs }), (error: unknown) => {
        assert.ok(AppError.is(error, 'passwordCommandFailed'));
        return error.details.reason === 'tooSlow';
      });
    }
    for (const pid of (await readFile(pids, 'utf8')).split(' ').map(Number)) {
      await until(() => !isRunning(pid));
    }
  });

  it('can be cancelled', async () => {
    const controller = new AbortController();
    const running = runPasswordCommand(node('setInterval(() => {}, 1000)'), {
      signal: controller.signal,
    });
    controller.abort();
    await assert.rejects(running, (error: unknown) => AppError.is(error, 'cancelled'));
  });

  itNeeds('scripts as programs', 'is looked up in absolute folders of PATH alone', async () => {
    const file = path.join(dir, 'yield-password');
    await writeFile(file, '#!/bin/sh\necho from-path\n');
    await chmod(file, 0o755);
    const profile = { id: 'x', passwordCommand: ['yield-password'] };
    const variables = { PATH: `relative:${dir}` };
    assert.equal(await runPasswordCommand(profile, { variables }), 'from-path');
    const before = process.cwd();
    process.chdir(dir);
    try {
      for (const PATH of ['', '.', ':', 'relative']) {
        await assert.rejects(
          runPasswordCommand(profile, { variables: { PATH } }),
          (error: unknown) => AppError.is(error, 'passwordCommandFailed'),
        );
      }
      for (const program of ['./yield-password', 'sub/x', '', path.join(dir, 'missing')]) {
        const other = { id: 'x', passwordCommand: [program] };
        await assert.rejects(runPasswordCommand(other), (error: unknown) =>
          AppError.is(error, 'passwordCommandFailed'),
        );
      }
    } finally {
      process.chdir(before);
    }
  });

  it('is asked anew for each connection, and nobody else is asked', async () => {
    const counter = path.join(dir, 'count');
    const profile = node(
      `const fs = require('node:fs');
       fs.appendFileSync(process.argv[1], 'x');
       console.log('token' + fs.readFileSync(process.argv[1]).length);`,
      counter,
    );
    const provider: PasswordProvider = {
      get: () => assert.fail('the kept password is not asked for'),
      request: () => assert.fail('the user is not asked'),
      accepted: () => Promise.resolve(),
    };
    const run = (password: string | undefined): Promise<string | undefined> =>
      Promise.resolve(password);
    assert.equal(await withPassword(profile, provider, run), 'token1');
    assert.equal(await withPassword(profile, provider, run), 'token2');
    const refused = new AppError('authenticationFailed', { connection: 'x', text: 'no' });
    await assert.rejects(
      withPassword(profile, provider, () => Promise.reject(refused)),
      refused,
    );
  });

  it('is asked again by a process that starts later, and not by one that starts soon', async () => {
    const counter = path.join(dir, 'renewed');
    const profile = node(
      `const fs = require('node:fs');
       fs.appendFileSync(process.argv[1], 'x');
       const count = fs.readFileSync(process.argv[1]).length;
       if (count === 2) process.exit(1);
       console.log('token' + count);`,
      counter,
    );
    let minutes = 0;
    const renew = renewingPassword(profile, 'token0', {}, () => minutes * 60_000);
    assert.ok(renew);
    assert.equal(await renew(), 'token0');
    minutes = 5;
    assert.deepEqual(await Promise.all([renew(), renew()]), ['token1', 'token1']);
    minutes = 10;
    await assert.rejects(renew(), (error: unknown) => AppError.is(error, 'passwordCommandFailed'));
    assert.equal(await renew(), 'token3');
    assert.equal(renewingPassword({ id: 'x' }, 'kept', {}), undefined);
  });

  it('has the variables that it is given', async () => {
    const profile = node(`console.log(process.env.OF_THE_WINDOW)`);
    const variables = { ...process.env, OF_THE_WINDOW: 'seen' };
    assert.equal(await runPasswordCommand(profile, { variables }), 'seen');
  });

  it('comes from the settings of the user, never from those of a workspace', () => {
    const entry = { id: 'x', passwordCommand: ['op', 'read', 'op://a/b'] };
    assert.deepEqual(decodeProfiles([entry], 'user').profiles[0]?.passwordCommand, [
      'op',
      'read',
      'op://a/b',
    ]);
    const { profiles, problems } = decodeProfiles([entry], 'workspace');
    assert.deepEqual(profiles, []);
    assert.equal(problems[0]?.problem, 'commandInWorkspace');
    for (const bad of ['op read', [], [''], [1], ['a\0'], {}, [['a']]]) {
      const decoded = decodeProfiles([{ id: 'x', passwordCommand: bad }], 'user');
      assert.equal(decoded.problems[0]?.problem, 'badCommand', JSON.stringify(bad));
    }
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
